export const station = {
  title: 'This link does not open the station any more',
  text: 'A link works once, for ten minutes. Press Enter where the station runs, or ask for a new one with:',
};
