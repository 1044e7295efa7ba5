import type { Desk } from '../../state/app.ts';
import { errorText } from '../../state/enqueue.ts';

/** To the clipboard, and says so; never rejects. */
export async function copyText(desk: Desk, text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    desk.toasts.getState().show(said);
  } catch (error) {
    desk.toasts.getState().show(errorText(desk, error));
  }
}
