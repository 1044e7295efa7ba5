import { Monitor, MonitorSmartphone, Server, SquareTerminal } from 'lucide-react';
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import type { Returned } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { formatWhen } from '../../i18n/format.ts';
import { useConnection, useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import type { LucideIcon } from '../../ui/display/icon.tsx';
import {
  EntryList,
  SettingControls,
  SettingRow,
  SettingSection,
} from '../../ui/layout/setting.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { CurrentPassword, usePassword } from './password-field.tsx';
import { FormError } from './form-error.tsx';

type Session = Returned<AppContract, 'account.sessions'>['items'][number];

/**
 * Sessions of the program name their system, and behind it where the program runs without a window
 * of its own.
 */
const PLACES = { station: Server, 'command line': SquareTerminal } as const;
const placeOf = ({ platform }: Session) =>
  (Object.keys(PLACES) as (keyof typeof PLACES)[]).find((place) =>
    platform.endsWith(`, ${place}`),
  ) ?? null;

function iconOf(session: Session): LucideIcon {
  const place = placeOf(session);
  return session.current ? Monitor : place === null ? MonitorSmartphone : PLACES[place];
}

function systemOf(session: Session, names: Record<keyof typeof PLACES, string>): string {
  const place = placeOf(session);
  return place === null
    ? session.platform
    : `${session.platform.slice(0, -place.length)}${names[place]}`;
}

/** Where the account is open; ending one asks for the password when it was not given lately. */
export function Sessions({ email }: { email: string }) {
  const { account } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const { items, failed, load } = useSessions();
  const { sectionRef, ended } = useFocusAfter(items);
  const ending = useEnding(load, ended);
  const hasOthers = (items ?? []).some(({ current }) => !current);
  const entries = (items ?? []).map((session) => ({
    id: session.id,
    icon: iconOf(session),
    tone: session.current ? ('success' as const) : undefined,
    text: [
      session.deviceName,
      session.current ? account.thisDevice : systemOf(session, account.places),
      session.ipMasked,
    ]
      .filter(Boolean)
      .join(', '),
    end: session.current ? (
      account.activeNow
    ) : (
      <>
        {formatWhen(session.lastSeenAt, now, language)}
        <Button
          aria-label={account.endSessionOf(session.deviceName)}
          isPending={ending.isPending && ending.target === session}
          size={28}
          onPress={() => ending.start(session)}
        >
          {account.endSession}
        </Button>
      </>
    ),
  }));
  return (
    <SettingSection ref={sectionRef} title={account.sessions}>
      <SettingRow
        text={failed ? account.sessionsOffline : account.sessionsText}
        title={account.sessionsRow}
      >
        {failed ? (
          <FormError failed={failed} />
        ) : items === null ? (
          <Skeleton height="2rem" />
        ) : (
          <EntryList entries={entries} label={account.sessions} />
        )}
        {hasOthers && (
          <SettingControls>
            <Button
              isPending={ending.isPending && ending.target === 'others'}
              onPress={() => ending.start('others')}
            >
              {account.endOthers}
            </Button>
          </SettingControls>
        )}
      </SettingRow>
      <Reauth email={email} ending={ending} />
    </SettingSection>
  );
}

/**
 * The button that was pressed goes with its row: the focus goes to that of the next one, of the
 * last one, or to the heading.
 */
function useFocusAfter(items: Session[] | null) {
  const sectionRef = useRef<HTMLElement>(null);
  const lost = useRef<number | null>(null);
  useEffect(() => {
    if (lost.current === null || items === null) return;
    const ends = sectionRef.current?.querySelectorAll<HTMLElement>('li button') ?? [];
    (
      ends[Math.min(lost.current, ends.length - 1)] ?? sectionRef.current?.querySelector('h2')
    )?.focus();
    lost.current = null;
  }, [items]);
  const ended = (which: Target): void => {
    const others = (items ?? []).filter(({ current }) => !current);
    lost.current = which === 'others' ? 0 : others.findIndex(({ id }) => id === which.id);
  };
  return { sectionRef, ended };
}

function useSessions() {
  const app = useApp();
  const state = useConnection()?.state;
  const [items, setItems] = useState<Session[] | null>(null);
  const { error: failed, run } = useTask();
  const load = useCallback(async (): Promise<void> => {
    await run(async () => setItems((await app.client.call('account.sessions')).items));
  }, [app, run]);
  useEffect(() => {
    if (state !== undefined) void load();
  }, [load, state]);
  return { items, failed, load };
}

/** One session, or all but this one. */
type Target = Session | 'others';

function useEnding(reload: () => Promise<void>, onEnded: (which: Target) => void) {
  const app = useApp();
  const { account } = useTexts();
  const [target, setTarget] = useState<Target | null>(null);
  const [isAsking, setAsking] = useState(false);
  const task = useTask();
  const reportError = useReportError();
  const { isPending, error: failed, run, clear } = task;
  const close = (): void => {
    setTarget(null);
    setAsking(false);
    clear();
  };
  /** @returns what is said of it. */
  const revoke = async (which: Target, proof: { password?: string }): Promise<string> => {
    if (which === 'others')
      return account.othersEndedToast(
        (await app.client.call('account.sessions-revoke-others', proof)).revoked,
      );
    await app.client.call('account.session-revoke', { id: which.id, ...proof });
    return account.sessionEndedToast(which.deviceName);
  };
  const end = async (which: Target, password?: string): Promise<void> => {
    const said = await revoke(which, password === undefined ? {} : { password });
    close();
    app.toasts.getState().show(said);
    onEnded(which);
    await reload();
  };
  const start = (which: Target): void => {
    setTarget(which);
    void run(async () => {
      try {
        await end(which);
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'reauth-required') setAsking(true);
        else reportError(thrown);
        throw thrown;
      }
    });
  };
  return { target, isAsking, task, isPending, failed, start, end, close };
}

function Reauth({ email, ending }: { email: string; ending: ReturnType<typeof useEnding> }) {
  const { account, common } = useTexts();
  const { target, failed, isPending, isAsking, task } = ending;
  const password = usePassword(task);
  const formId = useId();
  const close = (): void => {
    password.clear();
    ending.close();
  };
  const submit = (): void => {
    if (target !== null) void password.send((given) => task.run(() => ending.end(target, given)));
  };
  return (
    <Dialog
      isOpen={isAsking}
      title={account.reauthTitle}
      onClose={close}
      actions={
        <>
          <Button onPress={close}>{common.cancel}</Button>
          <Button form={formId} isPending={isPending} tone="main" type="submit">
            {target === 'others' ? account.endOthers : account.endSession}
          </Button>
        </>
      }
    >
      <p>
        {target === null || target === 'others'
          ? account.reauthOthers
          : account.reauthText(target.deviceName)}
      </p>
      <Form failed={failed} id={formId} onSubmit={submit}>
        <CurrentPassword autoFocus email={email} label={account.password} password={password} />
        <FormError failed={failed} spoken={['reauth-required', 'invalid-credentials']} />
      </Form>
    </Dialog>
  );
}
