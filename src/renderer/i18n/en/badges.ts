export const badges = {
  embargo: 'Embargo',
  embargoUntil: (moment: string) => `Embargo ${moment}`,
  restricted: 'Restricted',
  updated: 'Updated',
  withdrawn: 'Withdrawn',
  here: 'Already here',
};
