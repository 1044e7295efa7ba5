/** Top-level IPTC media topics. */
export const SUBJECTS = {
  culture: ['01000000', 'arts, culture, entertainment and media'],
  economy: ['04000000', 'economy, business and finance'],
  environment: ['06000000', 'environment'],
  science: ['13000000', 'science and technology'],
  society: ['14000000', 'society'],
  weather: ['17000000', 'weather'],
} as const;
