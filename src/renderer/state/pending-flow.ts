import type { AppContext } from './app.ts';
import type { AccountView } from './views.ts';
import type { AccountScreen } from './route.ts';

/** A flow expires a day after its code was sent; an older one is not worth opening. */
const FLOW_LIFE_MS = 23 * 60 * 60 * 1000;

/** The screen where an awaited code is entered, or the one after it. */
export const screenOf = ({
  purpose,
  codeProved,
}: NonNullable<AccountView['pendingFlow']>): AccountScreen =>
  codeProved ? 'new-password' : purpose === 'email-change' ? 'email-code' : 'code';

/** Opens the app at the code that is still awaited. Runs once, when the account is first known. */
export function openPendingFlow(app: AppContext): () => void {
  const stop = app.account.subscribe(check);
  function check(): void {
    const account = app.account.getState().value;
    if (!account || account.status === 'loading') return;
    stop();
    const flow = account.pendingFlow;
    const { current, history, go } = app.route.getState();
    const isFirstPage = current.name === 'catalogue' && history.length === 0;
    const now = Date.now() + (app.connection.getState().value?.clockOffsetMs ?? 0);
    if (
      !flow ||
      (account.status === 'signed-in' && flow.purpose !== 'email-change') ||
      !isFirstPage ||
      now > flow.codeExpiresAt + FLOW_LIFE_MS
    )
      return;
    go({ name: 'account', screen: screenOf(flow) });
  }
  check();
  return stop;
}
