import { useTexts } from '../../stores/context.tsx';

export function MailboxScreen() {
  const { common } = useTexts();
  return <h1>{common.mailbox}</h1>;
}
