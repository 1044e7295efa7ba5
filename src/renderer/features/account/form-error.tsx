import type { AppError } from '../../../shared/errors.ts';
import { KeyRound, LogIn } from 'lucide-react';
import { formatDuration } from '../../i18n/format.ts';
import { useAccount, useApp, useTexts } from '../../state/context.tsx';
import { errorText } from '../../state/errors.ts';
import { retryKeychain } from '../../state/keychain.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';

/** Validation errors of the service by field. */
export const fieldErrors = (failed: AppError | null): Partial<Record<string, string>> =>
  Object.fromEntries(
    (failed?.detail.fields ?? []).map(({ field, code }) => [
      field.split(/[./]/).find(Boolean) ?? field,
      code,
    ]),
  );

/** Errors that belong to no field: no connection, too many attempts, a failing service. */
export function FormError({
  failed,
  spoken = [],
}: {
  failed: AppError | null;
  /** Codes shown elsewhere on the screen. */ spoken?: readonly AppError['code'][];
}) {
  const app = useApp();
  const { account } = useTexts();
  if (!failed || spoken.includes(failed.code)) return null;
  const { retryAfterMs } = failed.detail;
  const waitWords =
    failed.code === 'too-many-attempts'
      ? account.tooManyAttempts
      : failed.code === 'rate-limited'
        ? account.rateLimited
        : null;
  return (
    <InlineAlert
      title={
        waitWords && retryAfterMs !== undefined
          ? waitWords(formatDuration(Math.ceil(retryAfterMs / 1000)))
          : errorText(app, failed)
      }
      tone="danger"
      urgent
    />
  );
}

/** Locked, absent and unreadable keychains need different texts; none of them loses anything. */
export function KeychainNotice() {
  const app = useApp();
  const { account } = useTexts();
  const keychain = useAccount()?.keychain ?? 'ok';
  const checking = useTask();
  if (keychain === 'ok') return null;
  const [title, text] = account.keychain[keychain];
  return (
    <InlineAlert
      action={
        keychain === 'unreadable' ? undefined : (
          <Button
            isPending={checking.isPending}
            size={28}
            onPress={() => void checking.run(() => retryKeychain(app))}
          >
            {account.checkAgain}
          </Button>
        )
      }
      icon={KeyRound}
      title={title}
      tone="warning"
    >
      {text}
    </InlineAlert>
  );
}

export function SessionEndedNotice() {
  const { account } = useTexts();
  return useAccount()?.sessionEnded ? (
    <InlineAlert icon={LogIn} title={account.sessionEnded} tone="warning">
      {account.sessionEndedText}
    </InlineAlert>
  ) : null;
}
