import { acknowledgedState } from '../../shared/api/rights.ts';
import { AppError } from '../../shared/errors.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';

/**
 * Shows the folder of a download; on the station, whose folders are those of another computer, says
 * where it is. Of what must not be used any more it asks first (`app.downloads`).
 *
 * @param acknowledge states that were confirmed
 */
export async function revealFolder(
  app: AppContext,
  { id, title }: { id: string; title: string },
  acknowledge: readonly string[] = [],
): Promise<void> {
  try {
    const { folder } = await app.client.call('transfers.reveal', {
      id,
      acknowledge: [...acknowledge],
    });
    const { transfers } = texts[app.settings.getState().value?.language ?? 'en'];
    if (app.info.shell === 'station') app.toasts.getState().show(transfers.inFolder(folder));
  } catch (thrown) {
    const states = thrown instanceof AppError ? (thrown.detail.restrictionIds ?? []) : [];
    if (states.length === 0 || states.some((one) => acknowledgedState(one) === null)) throw thrown;
    app.downloads.setState({ revealRequest: { id, title, states } });
  }
}

/** The words for these states: see `stateAcknowledgement`. */
export const statesOf = (states: readonly string[]): string[] =>
  states.flatMap((one) => acknowledgedState(one) ?? []);
