import { useEffect, useRef } from 'react';
import { useAccount, useApp } from './context.tsx';
import type { AccountScreen } from './route.ts';
import type { AccountView } from './views.ts';

/** A flow expires a day after its code was sent; an older one is not worth opening. */
const FLOW_LIFE_MS = 23 * 60 * 60 * 1000;

type Account = Pick<AccountView, 'status' | 'pendingFlow'>;

/**
 * The account screen that shows: the one that was asked for, or the one that fits the account
 * instead, e.g. not the profile without a session. `code` stands for the pending flow's screen.
 */
export function accountScreen(account: Account, wanted: AccountScreen): AccountScreen {
  const { status, pendingFlow: flow } = account;
  const isSignedIn = status === 'signed-in';
  switch (wanted) {
    case 'landing':
      return isSignedIn ? 'profile' : 'landing';
    case 'profile':
    case 'created':
    case 'password':
    case 'email':
    case 'edit':
      return isSignedIn ? wanted : 'landing';
    case 'email-code':
      if (!isSignedIn) return 'landing';
      return flow?.purpose === 'email-change' ? 'email-code' : 'profile';
    case 'code':
      if (!flow) return isSignedIn ? 'created' : 'landing';
      if (flow.purpose === 'email-change') return accountScreen(account, 'email-code');
      return flow.codeProved ? 'new-password' : 'code';
    case 'new-password':
      return flow ? accountScreen(account, 'code') : 'password-updated';
    case 'sign-in':
    case 'create':
    case 'reset':
    case 'password-updated':
    // The deletion page stays after the account is gone: it says what happens to the data.
    case 'delete':
      return wanted;
  }
  return wanted satisfies never;
}

/**
 * The screen of a flow that waits for its code or password, to open at start and to point to; null
 * without one, and for one that a session has made needless.
 */
export function pendingScreen(account: Account, nowMs: number): AccountScreen | null {
  const { status, pendingFlow: flow } = account;
  const isNeedless = status === 'signed-in' && flow?.purpose !== 'email-change';
  return !flow || isNeedless || nowMs > flow.codeExpiresAt + FLOW_LIFE_MS
    ? null
    : accountScreen(account, 'code');
}

/** Opens the app at a flow that was left waiting. Once, when the account is first known. */
export function useOpenPendingScreen(): void {
  const app = useApp();
  const account = useAccount();
  const isDone = useRef(false);
  useEffect(() => {
    if (isDone.current || !account || account.status === 'loading') return;
    isDone.current = true;
    const { current, history, go } = app.route.getState();
    const offset = app.connection.getState().value?.clockOffsetMs ?? 0;
    const screen = pendingScreen(account, Date.now() + offset);
    if (screen && current.name === 'catalogue' && history.length === 0)
      go({ name: 'account', screen });
  }, [app, account]);
}
