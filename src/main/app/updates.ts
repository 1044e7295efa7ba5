import type { UpdatesView } from '../../shared/contract/updates.ts';
import { systemClock, type Clock } from '../../shared/clock.ts';
import type { Log } from '../adapters/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { TransferTotals, TransfersApi } from '../transfers/api.ts';
import type { UpdateSource } from '../updates/ports.ts';
import { Updates, type UpdateRules } from '../updates/updates.ts';

/** How many of those that wait are looked at: the first ones go on first. */
const LOOKED_AT = 200;

/** Whether a transfer runs, or goes on without somebody. */
async function isBusy(
  transfers: Pick<TransfersApi, 'list'>,
  { counts, paused, limit }: TransferTotals,
): Promise<boolean> {
  if (counts.active > 0) return true;
  if (counts.waiting === 0 || paused || limit.isPaused) return false;
  const { rows } = await transfers.list('waiting', { offset: 0, count: LOOKED_AT });
  return rows.some(
    ({ state }) =>
      state.phase === 'queued' || (state.phase === 'waiting' && state.untilMs !== null),
  );
}

type Options = {
  source: UpdateSource;
  settings: Settings;
  transfers: Pick<TransfersApi, 'list' | 'totals' | 'onChanged'>;
  version: string;
  clock?: Clock;
  log: Log;
  onChanged(view: UpdatesView): void;
  /** Ends the program, which then calls `finish`. */
  quit(): void;
};

/** The updates of a program that updates itself. */
export type ProgramUpdates = {
  readonly view: UpdatesView;
  check(): UpdatesView;
  /** @throws what `Updates.requestRestart` throws */
  install(): Promise<UpdatesView>;
  close(): Promise<void>;
  /** Installs what is ready, after everything is closed. Never throws. */
  finish(): void;
};

export async function startUpdates({
  source,
  settings,
  transfers,
  version,
  clock = systemClock,
  log,
  onChanged,
  quit,
}: Options): Promise<ProgramUpdates> {
  const rules = (): UpdateRules => ({
    isOn: settings.view.updates === 'on',
    channel: settings.view.updateChannel,
  });
  const updates = new Updates({
    source,
    clock,
    version,
    rules: rules(),
    onChanged,
    log: (message) => log.info(message),
  });
  const follow = async (totals: TransferTotals): Promise<void> =>
    updates.setBusy(await isBusy(transfers, totals));
  await follow(await transfers.totals());
  settings.listen(() => updates.setRules(rules()));
  transfers.onChanged(
    ({ totals }) => void follow(totals).catch((thrown: unknown) => log.error('updates', thrown)),
  );
  updates.start();
  return {
    get view() {
      return updates.view;
    },
    check: () => updates.check(),
    async install() {
      // Changes are told at most four times a second: one may have started since.
      await follow(await transfers.totals());
      updates.requestRestart();
      quit();
      return updates.view;
    },
    close: () => updates.close(),
    finish() {
      try {
        updates.finish();
      } catch (thrown) {
        log.error('updates: it isn’t installed', thrown);
      }
    },
  };
}
