import type { Desk } from '../../stores/desk.ts';

/** To the clipboard, and says so. */
export async function copyText(desk: Desk, text: string, said: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  desk.toasts.getState().show(said);
}
