/*
 * Films, posts and pages that a page shows in a frame. They are never loaded: a link to their page
 * stands in.
 */
import { webAddress } from './article-pictures.ts';
import { elementsOf, type HtmlElement } from './html-tree.ts';

const NAMES = new Set(
  'iframe video audio object embed amp-youtube amp-vimeo amp-dailymotion amp-video amp-audio amp-iframe amp-twitter amp-instagram amp-facebook amp-soundcloud'.split(
    ' ',
  ),
);
export const isEmbed = ({ name }: HtmlElement): boolean => NAMES.has(name);

type Kind = 'video' | 'audio' | 'post' | 'map' | 'page';
type Words = Record<Kind, string> & { at: (what: string, host: string) => string };
const ENGLISH: Words = {
  video: 'Video',
  audio: 'Audio',
  post: 'Post',
  map: 'Map',
  page: 'Page',
  at: (what, host) => `${what} at ${host}`,
};
const FRENCH: Words = {
  video: 'Vidéo',
  audio: 'Son',
  post: 'Publication',
  map: 'Carte',
  page: 'Page',
  at: (what, host) => `${what} sur ${host}`,
};

const HOSTS: readonly (readonly [Kind, RegExp])[] = [
  [
    'video',
    /(?:^|\.)(?:youtube\.com|youtube-nocookie\.com|youtu\.be|vimeo\.com|dailymotion\.com|twitch\.tv|brightcove\.(?:net|com)|jwplayer\.com|jwplatform\.com|kaltura\.com|wistia\.(?:com|net)|streamable\.com|rumble\.com)$/u,
  ],
  [
    'audio',
    /(?:^|\.)(?:soundcloud\.com|spotify\.com|podcasts\.apple\.com|deezer\.com|acast\.com|audioboom\.com|mixcloud\.com)$/u,
  ],
  [
    'post',
    /(?:^|\.)(?:twitter\.com|x\.com|facebook\.com|instagram\.com|tiktok\.com|linkedin\.com|threads\.net|bsky\.app|reddit\.com)$/u,
  ],
  ['map', /(?:^|\.)(?:openstreetmap\.org|maps\.google\.[a-z.]+|mapbox\.com|umap\..+)$/u],
];
/** Frames that nobody reads. */
const UNREAD =
  /(?:^|\.)(?:googletagmanager\.com|doubleclick\.net|googlesyndication\.com|adservice\.google\.[a-z.]+|amazon-adsystem\.com|taboola\.com|outbrain\.com|criteo\.com|recaptcha\.net|hotjar\.com)$/u;

function kindOf(name: string, { hostname, pathname }: URL): Kind {
  if (/video|youtube|vimeo|dailymotion/u.test(name)) return 'video';
  if (/audio|soundcloud/u.test(name)) return 'audio';
  if (/twitter|instagram|facebook/u.test(name)) return 'post';
  const known = HOSTS.find(([, pattern]) => pattern.test(hostname));
  if (known) return known[0];
  if (/\/maps?(?:\/|$)/u.test(pathname)) return 'map';
  return /\/videos?\/|\/player\//u.test(pathname) ? 'video' : 'page';
}

/** The page of a film, where the address in the frame shows the player alone. */
function pageOf(url: URL): string {
  const [, id] = /^\/embed\/([\w-]{5,20})$/u.exec(url.pathname) ?? [];
  if (/(?:^|\.)youtube(?:-nocookie)?\.com$/u.test(url.hostname) && id !== undefined)
    return `https://www.youtube.com/watch?v=${id}`;
  const [, film] = /^\/video\/(\d{3,15})$/u.exec(url.pathname) ?? [];
  if (url.hostname === 'player.vimeo.com' && film !== undefined) return `https://vimeo.com/${film}`;
  const [, daily] = /^\/embed\/video\/(\w{3,15})$/u.exec(url.pathname) ?? [];
  if (/(?:^|\.)dailymotion\.com$/u.test(url.hostname) && daily !== undefined)
    return `https://www.dailymotion.com/video/${daily}`;
  // PeerTube.
  return url.href.replace(/\/videos\/embed\/(?=[\w-]{10,40}(?:\?|$))/u, '/w/');
}

const AMP_PAGES: Record<string, (id: string) => string> = {
  'amp-youtube': (id) => `https://www.youtube.com/watch?v=${id}`,
  'amp-vimeo': (id) => `https://vimeo.com/${id}`,
  'amp-dailymotion': (id) => `https://www.dailymotion.com/video/${id}`,
  'amp-twitter': (id) => `https://twitter.com/i/status/${id}`,
  'amp-instagram': (id) => `https://www.instagram.com/p/${id}/`,
};
const LATE = ['data-src', 'data-lazy-src', 'data-url', 'data-href', 'src', 'data'];

/**
 * A link to what is embedded: to its page, or to the one that shows it if it is a bare file.
 *
 * @returns null for what has no address, or that nobody reads
 */
export function embedLink(
  embed: HtmlElement,
  base: string | null,
  language: string,
): { href: string; name: string } | null {
  const { name, attributes } = embed;
  const id = [...attributes].find(([key]) => /^data-[a-z]*id$|^data-shortcode$/u.test(key))?.[1];
  const amp = AMP_PAGES[name];
  const isFile = ['video', 'audio', 'amp-video', 'amp-audio'].includes(name);
  const own = amp && id !== undefined && /^[\w-]{3,40}$/u.test(id) ? amp(id) : undefined;
  const given =
    own ??
    [embed, ...elementsOf(embed.children)]
      .flatMap((part) => LATE.map((key) => part.attributes.get(key)))
      .find((address) => address !== undefined && webAddress(address, base) !== null);
  const address = given === undefined ? null : webAddress(given, base);
  if (address === null) return null;
  const target = new URL(isFile ? (base ?? address) : address);
  if (UNREAD.test(target.hostname)) return null;
  const href = isFile ? target.href : pageOf(target);
  const words = language.toLowerCase().startsWith('fr') ? FRENCH : ENGLISH;
  const host = new URL(href).hostname.replace(/^www\./u, '');
  return { href, name: words.at(words[kindOf(name, target)], host) };
}
