export const mailbox = {
  title: 'Mailbox',
  lead: 'Mail of the demo. It stays in this app; nothing is sent anywhere.',
  empty: 'No mail yet',
  emptyText:
    'Codes and notices of the demo arrive here. Create an account, and the first one comes.',
  to: (address: string) => `To ${address}`,
  copy: 'Copy the code',
  copied: 'Copied',
};
