import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { errorText } from './enqueue.ts';

/**
 * Looks at the keychain again. What came of it is said: a dialog where it is still locked, for
 * there is something to be done. Never rejects.
 */
export async function lookAtKeychain(desk: AppContext): Promise<void> {
  const toasts = desk.toasts.getState();
  try {
    const found = await desk.client.call('account.keychain-retry');
    desk.account.apply(found);
    desk.downloads.setState({ openDialog: found.keychain === 'locked' ? 'keychain' : null });
    const { account } = texts[desk.settings.getState().value?.language ?? 'en'];
    if (found.keychain !== 'ok' && found.keychain !== 'locked')
      toasts.show(account.keychain[found.keychain][0] ?? '');
  } catch (error) {
    toasts.show(errorText(desk, error));
  }
}

/** A keychain that has opened, asked or by itself, is said. @returns stops it */
export function announceKeychain(desk: AppContext): () => void {
  return desk.account.subscribe(({ value: now }, { value: before }) => {
    // What is unreadable ends with a sign-in, which says so itself.
    if (
      now?.keychain !== 'ok' ||
      !before ||
      before.keychain === 'ok' ||
      before.keychain === 'unreadable'
    )
      return;
    const { account } = texts[desk.settings.getState().value?.language ?? 'en'];
    desk.toasts
      .getState()
      .show(now.profile ? account.keychainOpenFor(now.profile.email) : account.keychainOpen);
    const { current, leaveAccount } = desk.route.getState();
    // Asked to sign in, which is no longer needed.
    if (
      now.status === 'signed-in' &&
      current.name === 'account' &&
      (current.screen === 'landing' || current.screen === 'sign-in')
    )
      leaveAccount();
  });
}
