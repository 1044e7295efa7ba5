export const station = {
  title: 'This link has expired',
  text: 'Each link works once, within 10 minutes. For a new one, press Enter in the terminal running “desk station”, or run:',
};
