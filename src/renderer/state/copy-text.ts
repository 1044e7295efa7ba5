import type { AppContext } from './app.ts';
import { reportError } from './errors.ts';

/** Copies to the clipboard and shows a toast. Never rejects. */
export async function copyText(app: AppContext, text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    app.toasts.getState().show(said);
  } catch (error) {
    reportError(app, error);
  }
}
