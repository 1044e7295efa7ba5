import {
  FolderX,
  KeyRound,
  LogIn,
  Mail,
  MonitorSmartphone,
  ScrollText,
  ShieldAlert,
  Unplug,
  Webhook,
  WifiOff,
  Wrench,
  X,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { formatMoment, formatWhen } from '../i18n/format.ts';
import {
  useAccount,
  useConnection,
  useApp,
  useLanguage,
  useLibrary,
  useNow,
  useRoute,
  useTexts,
  useTransfers,
} from '../state/context.tsx';
import { stationLink } from '../contract/station-bridge.ts';
import { useReportError } from '../state/errors.ts';
import { retryKeychain } from '../state/keychain.ts';
import { useStationSessions } from '../state/station.ts';
import { pendingScreen } from '../state/account-screen.ts';
import { Button, IconButton } from '../ui/controls/button.tsx';
import { InlineAlert } from '../ui/display/inline-alert.tsx';
import css from './shell.module.css';

const ABSENCE_SHOWN = 'desk.keychain-absent-shown';
/** Ids of sessions whose banner was closed in this page. */
const OTHERS_CLOSED = 'desk.other-browsers-closed';

/**
 * Banners that concern the whole app: no connection, a keychain that does not answer, an ended
 * session.
 */
export function Banners() {
  return (
    <div className={css.banners}>
      <StationBanner />
      <RecoveryBanner />
      <KeychainBanner />
      <OfflineBanner />
      <OtherBrowserBanner />
      <CodeBanner />
      <NoticeBanners />
      <TermsBanner />
      <WebhookBanner />
      <WatchFolderBanner />
    </div>
  );
}

/** In a browser: what is shown is what the station said last. */
function StationBanner() {
  const { station } = useTexts();
  const state = useStore(stationLink, (link) => link.state);
  if (state === 'well') return null;
  if (state === 'lost')
    return (
      <InlineAlert icon={Unplug} shape="banner" title={station.lost} tone="warning">
        {station.lostText}
      </InlineAlert>
    );
  return (
    <InlineAlert
      action={
        // Not by itself: something may be half written here.
        <Button size={28} onPress={() => location.reload()}>
          {station.reload}
        </Button>
      }
      icon={Unplug}
      shape="banner"
      title={station.back}
      tone="warning"
    >
      {station.backText}
    </InlineAlert>
  );
}

/**
 * Damage that was repaired: what it was, what became of it, what to do. Shown until it is closed.
 */
function RecoveryBanner() {
  const app = useApp();
  const { shell, common } = useTexts();
  const reportError = useReportError();
  const items = useStore(app.recoveries, ({ value }) => value?.items) ?? [];
  if (items.length === 0) return null;
  const dismiss = (): void => void app.recoveries.call('app.recoveries-dismiss').catch(reportError);
  return (
    <InlineAlert
      action={<IconButton icon={X} label={common.close} size={28} onPress={dismiss} />}
      icon={Wrench}
      shape="banner"
      title={shell.repaired}
      tone="warning"
    >
      {items.map((item) => shell.recoveries[item.kind](item)).join(' ')}
    </InlineAlert>
  );
}

function OfflineBanner() {
  const app = useApp();
  const { shell } = useTexts();
  const reportError = useReportError();
  const language = useLanguage();
  const connection = useConnection();
  const route = useRoute((state) => state.current.name);
  const now = useNow(60_000);
  const hasCatalogue = (useLibrary()?.assets ?? 0) > 0;
  if (connection?.state !== 'offline') return null;
  const { lastSeenAt } = connection;
  const text =
    (route === 'catalogue' || route === 'asset') && hasCatalogue
      ? shell.offlineCatalogue
      : route === 'articles'
        ? shell.offlineArticles
        : shell.offlineDownloads;
  const retryNow = (): void => void app.library.call('library.sync').catch(reportError);
  return (
    <InlineAlert
      action={
        <Button size={28} onPress={retryNow}>
          {shell.retryNow}
        </Button>
      }
      icon={WifiOff}
      shape="banner"
      title={
        lastSeenAt === null
          ? shell.offlineNow
          : shell.offlineSince(formatWhen(lastSeenAt, now, language))
      }
      tone="warning"
    >
      {text}
    </InlineAlert>
  );
}

/** Another browser has the station open too: who, and a way to be alone. */
function OtherBrowserBanner() {
  const app = useApp();
  const { station, common } = useTexts();
  const reportError = useReportError();
  const language = useLanguage();
  const now = useNow(60_000);
  const [closed, setClosed] = useState(
    () => new Set(sessionStorage.getItem(OTHERS_CLOSED)?.split(' ')),
  );
  const { own, sessions } = useStationSessions();
  const other = sessions.find(({ id, isOpen }) => isOpen && id !== own && !closed.has(id));
  if (own === null || !other) return null;
  const close = (): void => {
    const all = new Set([...closed, other.id]);
    sessionStorage.setItem(OTHERS_CLOSED, [...all].join(' '));
    setClosed(all);
  };
  const disconnect = (): void =>
    void app.station.call('station.end-session', { id: other.id }).catch(reportError);
  return (
    <InlineAlert
      action={
        <>
          <Button size={28} onPress={disconnect}>
            {station.disconnect}
          </Button>
          <IconButton icon={X} label={common.close} size={28} onPress={close} />
        </>
      }
      icon={MonitorSmartphone}
      shape="banner"
      title={station.alsoOpen(other)}
    >
      {station.alsoOpenText(formatMoment(other.beganAtMs, now, language), other.from)}
    </InlineAlert>
  );
}

function KeychainBanner() {
  const app = useApp();
  const { shell, common } = useTexts();
  const account = useAccount();
  const [wasShown, setShown] = useState(() => sessionStorage.getItem(ABSENCE_SHOWN) !== null);
  const waiting = useTransfers((state) => state.totals?.counts.waiting ?? 0);
  if (!account) return null;
  // A computer without a keychain will keep lacking one, so this is shown once per start.
  const dismiss = (): void => {
    sessionStorage.setItem(ABSENCE_SHOWN, 'yes');
    setShown(true);
  };
  const signIn = (
    <Button
      icon={LogIn}
      size={28}
      onPress={() => app.route.getState().go({ name: 'account', screen: 'sign-in' })}
    >
      {shell.signIn}
    </Button>
  );
  const isSignedIn = account.status === 'signed-in';
  if (account.keychain === 'locked') {
    return (
      <InlineAlert
        action={
          <Button size={28} onPress={() => void retryKeychain(app)}>
            {shell.checkKeychain}
          </Button>
        }
        icon={KeyRound}
        shape="banner"
        title={shell.keychainLocked}
        tone="warning"
      >
        {isSignedIn ? shell.keychainLockedSignedIn : shell.keychainLockedText(waiting)}
      </InlineAlert>
    );
  }
  if (account.keychain === 'unanswered') {
    return (
      <InlineAlert
        action={
          <Button size={28} onPress={() => void retryKeychain(app)}>
            {shell.checkKeychain}
          </Button>
        }
        icon={KeyRound}
        shape="banner"
        title={shell.keychainUnanswered}
        tone="warning"
      >
        {isSignedIn ? shell.keychainUnansweredSignedIn : shell.keychainUnansweredText}
      </InlineAlert>
    );
  }
  if (account.keychain === 'unreadable') {
    return (
      <InlineAlert
        action={isSignedIn ? undefined : signIn}
        icon={KeyRound}
        shape="banner"
        title={shell.keychainUnreadable}
        tone="warning"
      >
        {isSignedIn ? shell.keychainUnreadableSignedIn : shell.keychainUnreadableText}
      </InlineAlert>
    );
  }
  if (account.sessionEnded)
    return (
      <InlineAlert
        action={signIn}
        icon={LogIn}
        shape="banner"
        title={shell.sessionEnded}
        tone="warning"
      >
        {shell.sessionEndedText}
      </InlineAlert>
    );
  if (account.keychain === 'absent' && isSignedIn && !wasShown) {
    return (
      <InlineAlert
        action={<IconButton icon={X} label={common.close} size={28} onPress={dismiss} />}
        icon={KeyRound}
        shape="banner"
        title={shell.keychainAbsent}
        tone="warning"
      >
        {app.info.shell === 'station' ? shell.keychainAbsentStation : shell.keychainAbsentText}
      </InlineAlert>
    );
  }
  return null;
}

/** Security notices of the account; a closed one is not shown again. */
function NoticeBanners() {
  const app = useApp();
  const { account: words, common } = useTexts();
  const reportError = useReportError();
  const language = useLanguage();
  const now = useNow(60_000);
  const notices = useAccount()?.notices ?? [];
  if (notices.length === 0) return null;
  const read = (): void => void app.account.call('account.notices-read').catch(reportError);
  return (
    <InlineAlert
      action={<IconButton icon={X} label={common.close} size={28} onPress={read} />}
      icon={ShieldAlert}
      shape="banner"
      title={words.noticesTitle}
      tone="warning"
    >
      {notices.map(({ code, at }) => words.notices[code](formatWhen(at, now, language))).join(' ')}
    </InlineAlert>
  );
}

function TermsBanner() {
  const app = useApp();
  const { account: words } = useTexts();
  if (!useAccount()?.termsDue) return null;
  return (
    <InlineAlert
      action={
        <Button
          icon={ScrollText}
          size={28}
          onPress={() => app.downloads.setState({ openDialog: 'new-terms' })}
        >
          {words.readTerms}
        </Button>
      }
      icon={ScrollText}
      shape="banner"
      title={words.termsDue}
      tone="warning"
    >
      {words.termsDueText}
    </InlineAlert>
  );
}

/** Nothing more is sent to these until somebody switches them on again. */
function WebhookBanner() {
  const { automation: words } = useTexts();
  const items = useStore(useApp().webhooks, ({ value }) => value?.items) ?? [];
  const off = items.filter((one) => one.off !== null).map(({ name }) => name);
  if (off.length === 0) return null;
  return (
    <InlineAlert
      action={<ShowAutomation />}
      icon={Webhook}
      shape="banner"
      title={words.bannerWebhooks(off.join(', '))}
      tone="warning"
    >
      {words.bannerWebhooksText}
    </InlineAlert>
  );
}

function WatchFolderBanner() {
  const { automation: words } = useTexts();
  const isAway = useStore(useApp().watchFolder, ({ value }) => value?.state === 'away');
  if (!isAway) return null;
  return (
    <InlineAlert
      action={<ShowAutomation />}
      icon={FolderX}
      shape="banner"
      title={words.bannerFolder}
      tone="warning"
    >
      {words.bannerFolderText}
    </InlineAlert>
  );
}

function ShowAutomation() {
  const app = useApp();
  const { automation: words } = useTexts();
  return (
    <Button
      size={28}
      onPress={() => app.route.getState().go({ name: 'settings', section: 'automation' })}
    >
      {words.open}
    </Button>
  );
}

/**
 * A code is still awaited. Not shown on the page where the email arrives, which has a button of its
 * own.
 */
function CodeBanner() {
  const app = useApp();
  const { account: words } = useTexts();
  const account = useAccount();
  const route = useRoute((state) => state.current.name);
  const now = useNow(60_000);
  const screen = account && pendingScreen(account, now);
  const flow = account?.pendingFlow;
  if (!screen || !flow || route === 'mailbox') return null;
  const enter = (): void => app.route.getState().go({ name: 'account', screen });
  return (
    <InlineAlert
      action={
        <Button size={28} onPress={enter}>
          {flow.codeProved ? words.setPassword : words.enterCode}
        </Button>
      }
      icon={Mail}
      shape="banner"
      title={flow.codeProved ? words.passwordDue : words.codeSent}
    >
      {flow.codeProved ? null : words.codeSentTo(flow.email)}
    </InlineAlert>
  );
}
