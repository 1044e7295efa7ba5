import { Monitor, MonitorSmartphone, Server } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { Returned } from '../../../shared/contract/define.ts';
import type { DeskContract } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { formatWhen } from '../../i18n/format.ts';
import { useConnection, useDesk, useLanguage, useNow, useTexts } from '../../stores/context.tsx';
import { errorText } from '../../stores/downloads.ts';
import { useTask } from '../../stores/use-task.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/column.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EntryList, SettingLine, SettingRow } from '../../ui/setting.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { PasswordField } from './password-field.tsx';
import { Trouble } from './troubles.tsx';

type Session = Returned<DeskContract, 'account.sessions'>['items'][number];

const SYSTEMS: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** Where the account is open; ending one asks for the password when it was not given lately. */
export function Sessions() {
  const { account } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const { items, failed, load } = useSessions();
  const ending = useEnding(load);
  const hasOthers = (items ?? []).some(({ current }) => !current);
  const entries = (items ?? []).map((session) => ({
    id: session.id, icon: session.current ? Monitor : session.platform === 'linux' ? Server : MonitorSmartphone, tone: session.current ? ('success' as const) : undefined,
    text: [session.deviceName, session.current ? account.thisDevice : (SYSTEMS[session.platform] ?? session.platform), session.ipMasked].filter(Boolean).join(', '),
    end: session.current ? account.now : (
      <>
        {formatWhen(session.lastSeenAt, now, language)}
        <Button aria-label={account.endSessionOf(session.deviceName)} isPending={ending.busy && ending.target === session} size={28} onPress={() => ending.start(session)}>{account.endSession}</Button>
      </>
    ),
  }));
  return (
    <>
      <SettingRow text={failed ? account.sessionsOffline : account.sessionsText} title={account.sessions}>
        {failed ? <Trouble failed={failed} /> : items === null ? <Skeleton height="2rem" /> : <EntryList entries={entries} label={account.sessions} />}
        {hasOthers && <SettingLine><Button isPending={ending.busy && ending.target === 'others'} onPress={() => ending.start('others')}>{account.endOthers}</Button></SettingLine>}
      </SettingRow>
      <Reauth ending={ending} />
    </>
  );
}

function useSessions() {
  const desk = useDesk();
  const state = useConnection()?.state;
  const [items, setItems] = useState<Session[] | null>(null);
  const { failed, run } = useTask();
  const load = useCallback(async (): Promise<void> => {
    await run(async () => setItems((await desk.client.call('account.sessions')).items));
  }, [desk, run]);
  useEffect(() => {
    if (state !== undefined) void load();
  }, [load, state]);
  return { items, failed, load };
}

/** One session, or all but this one. */
type Target = Session | 'others';

function useEnding(reload: () => Promise<void>) {
  const desk = useDesk();
  const { account } = useTexts();
  const [target, setTarget] = useState<Target | null>(null);
  const [isAsking, setAsking] = useState(false);
  const { busy, failed, run, clear } = useTask();
  const close = (): void => {
    setTarget(null);
    setAsking(false);
    clear();
  };
  /** @returns what is said of it. */
  const revoke = async (which: Target, proof: { password?: string }): Promise<string> => {
    if (which === 'others') return account.othersEndedToast((await desk.client.call('account.sessions-revoke-others', proof)).revoked);
    await desk.client.call('account.session-revoke', { id: which.id, ...proof });
    return account.sessionEndedToast(which.deviceName);
  };
  const end = async (which: Target, password?: string): Promise<void> => {
    let refused: unknown = null;
    let said = '';
    const done = await run(async () => {
      try {
        said = await revoke(which, password === undefined ? {} : { password });
      } catch (thrown) {
        refused = thrown;
        throw thrown;
      }
    });
    if (done) {
      close();
      desk.toasts.getState().show(said);
      await reload();
    } else if (refused instanceof AppError && refused.code === 'reauth-required') setAsking(true);
    else if (password === undefined) desk.toasts.getState().show(errorText(desk, refused));
  };
  const start = (which: Target): void => {
    setTarget(which);
    void end(which);
  };
  return { target, isAsking, busy, failed, start, end, close };
}

function Reauth({ ending }: { ending: ReturnType<typeof useEnding> }) {
  const { account, common } = useTexts();
  const [password, setPassword] = useState('');
  const { target, failed, busy, isAsking } = ending;
  const wasRefused = failed?.code === 'invalid-credentials';
  const close = (): void => {
    setPassword('');
    ending.close();
  };
  const submit = (): void => {
    if (target === null || password === '') return;
    setPassword('');
    void ending.end(target, password);
  };
  return (
    <Dialog
      isOpen={isAsking} title={account.reauthTitle} onClose={close}
      actions={
        <>
          <Button onPress={close}>{common.cancel}</Button>
          <Button isPending={busy} tone="main" onPress={submit}>{account.endSession}</Button>
        </>
      }
    >
      <p>{target === null || target === 'others' ? account.reauthOthers : account.reauthText(target.deviceName)}</p>
      <Form failed={failed} onSubmit={submit}>
        <PasswordField autoFocus autoComplete="current-password" error={wasRefused && password === '' ? account.wrongPassword : null} label={account.password} value={password} onChange={setPassword} />
        <Trouble failed={failed} spoken={['reauth-required', 'invalid-credentials']} />
      </Form>
    </Dialog>
  );
}
