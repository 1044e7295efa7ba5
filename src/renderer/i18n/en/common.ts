export const common = {
  product: 'Multimedia Desk',
  catalogue: 'Catalogue',
  news: 'News',
  downloads: 'Downloads',
  settings: 'Settings',
  account: 'Account',
  mailbox: 'Mailbox',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  retry: 'Try again',
  undo: 'Undo',
};
