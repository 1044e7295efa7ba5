export const badges = {
  embargo: 'Embargo',
  embargoUntil: (moment: string) => `Embargo ${moment}`,
  restricted: 'Restricted',
  updated: 'Updated',
  withdrawn: 'Withdrawn',
  'on-hold': 'On hold',
  expired: 'Expired',
  barred: 'Not cleared',
  here: 'Downloaded',
  unlisted: 'No longer listed',
  'link-only': 'Link only',
};
