import { useRead } from '../../state/queries.ts';
import { Check, Copy, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import type { Returned } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { formatWhen } from '../../i18n/format.ts';
import { useAccount, useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import css from './mailbox.module.css';

type Mail = Returned<AppContract, 'mailbox.list'>['messages'][number];

/** How often the mailbox is looked into while it is open. */
const POLL_INTERVAL_MS = 2000;

function useMail(): Mail[] | null {
  const { data, isError } = useRead('mailbox.list', undefined, { everyMs: POLL_INTERVAL_MS });
  return data?.messages ?? (isError ? [] : null);
}

/** The demo's mail: where the codes arrive when nothing leaves this computer. */
export function MailboxScreen() {
  const { mailbox } = useTexts();
  const language = useLanguage();
  const now = useNow(30_000);
  const messages = useMail();
  const [openId, setOpenId] = useState<string | null>(null);
  if (messages === null) return null;
  const open = messages.find((mail) => mail.id === openId) ?? messages[0];
  if (!open)
    return (
      <div className={css.empty}>
        <EmptyState art="articles" text={mailbox.emptyText} title={mailbox.empty} />
      </div>
    );
  return (
    <div className={css.mailbox}>
      <section aria-label={mailbox.title} className={css.side}>
        <header className={css.header}>
          <h1>{mailbox.title}</h1>
          <p>{mailbox.lead}</p>
        </header>
        <ListBox
          disallowEmptySelection
          aria-label={mailbox.title}
          className={cx(css.list)}
          items={messages}
          selectedKeys={[open.id]}
          selectionBehavior="replace"
          selectionMode="single"
          onSelectionChange={(keys) => setOpenId(keys === 'all' ? null : String([...keys][0]))}
        >
          {(mail) => (
            <ListBoxItem className={cx(css.item)} id={mail.id} textValue={mail.subject}>
              <b>{mail.subject}</b>
              <time>{formatWhen(Date.parse(mail.receivedAt), now, language)}</time>
              <span>{mail.to}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </section>
      <Reading key={open.id} mail={open} now={now} />
    </div>
  );
}

function Reading({ mail, now }: { mail: Mail; now: number }) {
  const { mailbox } = useTexts();
  const language = useLanguage();
  return (
    <article className={css.mail}>
      <h2>{mail.subject}</h2>
      <p className={css.meta}>
        {mailbox.to(mail.to)}, {formatWhen(Date.parse(mail.receivedAt), now, language)}
      </p>
      {mail.code !== null && <CodeCard code={mail.code} />}
      <div className={css.text}>{mail.text}</div>
    </article>
  );
}

function CodeCard({ code }: { code: string }) {
  const app = useApp();
  const { mailbox, account } = useTexts();
  const flow = useAccount()?.pendingFlow;
  const reportError = useReportError();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(code).then(() => setCopied(true), reportError);
  };
  const enter = (): void => {
    // Back first: the page the account was asked from stays the one that is gone back to.
    const { back, go } = app.route.getState();
    back();
    go({ name: 'account', screen: 'code' });
  };
  return (
    <div className={css.card}>
      <output aria-label={account.codeLabel} className={css.code}>
        {code.slice(0, 3)}&nbsp;{code.slice(3)}
      </output>
      <div className={css.actions}>
        <Button icon={copied ? Check : Copy} onPress={copy}>
          {copied ? mailbox.copied : mailbox.copy}
        </Button>
        {flow && !flow.codeProved && (
          <Button icon={KeyRound} tone="main" onPress={enter}>
            {account.enterCode}
          </Button>
        )}
      </div>
    </div>
  );
}
