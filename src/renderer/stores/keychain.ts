import { texts } from '../i18n/index.ts';
import type { Desk } from './desk.ts';
import { errorText } from './downloads.ts';

/** Looks at the keychain again. What came of it is said: a dialog where it is still locked, for there is something to be done. Never rejects. */
export async function lookAtKeychain(desk: Desk): Promise<void> {
  const toasts = desk.toasts.getState();
  const { current } = desk.route.getState();
  // Asked to sign in, which is no longer needed then; that one is signed in may show before the answer is here.
  const wasAsked = current.name === 'account' && (current.screen === 'landing' || current.screen === 'sign-in');
  try {
    const found = await desk.client.call('account.keychain-retry');
    desk.account.take(found);
    desk.downloads.setState({ asks: found.keychain === 'locked' ? 'keychain' : null });
    const { account } = texts[desk.settings.getState().value?.language ?? 'en'];
    if (found.keychain === 'ok') toasts.show(found.profile ? account.keychainOpenFor(found.profile.email) : account.keychainOpen);
    else if (found.keychain !== 'locked') toasts.show(account.keychain[found.keychain][0] ?? '');
    if (found.status === 'signed-in' && wasAsked) desk.route.getState().leaveAccount();
  } catch (error) {
    toasts.show(errorText(desk, error));
  }
}
