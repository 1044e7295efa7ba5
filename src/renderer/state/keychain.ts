import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { useAccount, useApp } from './context.tsx';
import { reportError } from './errors.ts';
import type { AppInfo } from './views.ts';

/**
 * Checks the keychain again and reports the result: a dialog if it is still locked, otherwise a
 * toast. Never rejects.
 */
export async function retryKeychain(app: AppContext): Promise<void> {
  try {
    const found = await app.account.call('account.keychain-retry');
    app.downloads.setState({ openDialog: found.keychain === 'locked' ? 'keychain' : null });
    const { account } = texts[app.settings.getState().value?.language ?? 'en'];
    if (found.keychain !== 'ok' && found.keychain !== 'locked')
      app.toasts.getState().show(account.keychain[found.keychain][0] ?? '');
  } catch (error) {
    reportError(app, error);
  }
}

/** Where secrets are kept: `none` where they are forgotten with the program. */
export function useSecretStore(): AppInfo['vault'] | 'none' {
  const { vault } = useApp().info;
  const isAbsent = useAccount()?.keychain === 'absent';
  return vault === 'keychain' && isAbsent ? 'none' : vault;
}

/**
 * Announces a keychain that opens, on request or by itself.
 * @returns a function that stops it
 */
export function announceKeychain(app: AppContext): () => void {
  return app.account.subscribe(({ value: now }, { value: before }) => {
    // An unreadable keychain is resolved by signing in, which announces itself.
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
    // The sign-in prompt is no longer needed.
    if (
      now.status === 'signed-in' &&
      current.name === 'account' &&
      (current.screen === 'landing' || current.screen === 'sign-in')
    )
      leaveAccount();
  });
}
