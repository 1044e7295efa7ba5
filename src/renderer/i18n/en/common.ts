export const common = {
  product: 'Multimedia Desk',
  catalogue: 'Catalogue',
  news: 'News',
  downloads: 'Downloads',
  settings: 'Settings',
  account: 'Account',
  mailbox: 'Inbox',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  retry: 'Retry',
  undo: 'Undo',
};
