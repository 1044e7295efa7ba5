import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { errorText } from './enqueue.ts';

/**
 * Looks at the keychain again. What came of it is said: a dialog where it is still locked, for
 * there is something to be done. Never rejects.
 */
export async function retryKeychain(app: AppContext): Promise<void> {
  const toasts = app.toasts.getState();
  try {
    const found = await app.client.call('account.keychain-retry');
    app.account.apply(found);
    app.downloads.setState({ openDialog: found.keychain === 'locked' ? 'keychain' : null });
    const { account } = texts[app.settings.getState().value?.language ?? 'en'];
    if (found.keychain !== 'ok' && found.keychain !== 'locked')
      toasts.show(account.keychain[found.keychain][0] ?? '');
  } catch (error) {
    toasts.show(errorText(app, error));
  }
}

/** A keychain that has opened, asked or by itself, is said. @returns stops it */
export function announceKeychain(app: AppContext): () => void {
  return app.account.subscribe(({ value: now }, { value: before }) => {
    // What is unreadable ends with a sign-in, which says so itself.
    if (
      now?.keychain !== 'ok' ||
      !before ||
      before.keychain === 'ok' ||
      before.keychain === 'unreadable'
    )
      return;
    const { account } = texts[app.settings.getState().value?.language ?? 'en'];
    app.toasts
      .getState()
      .show(now.profile ? account.keychainOpenFor(now.profile.email) : account.keychainOpen);
    const { current, leaveAccount } = app.route.getState();
    // Asked to sign in, which is no longer needed.
    if (
      now.status === 'signed-in' &&
      current.name === 'account' &&
      (current.screen === 'landing' || current.screen === 'sign-in')
    )
      leaveAccount();
  });
}
