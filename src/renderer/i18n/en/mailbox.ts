export const mailbox = {
  title: 'Inbox',
  lead: 'Email from the demo. It stays in this app and is never sent.',
  empty: 'No email yet',
  emptyText: 'Codes and notices arrive here. Create an account to get the first one.',
  to: (address: string) => `To ${address}`,
  copy: 'Copy code',
  copied: 'Copied',
};
