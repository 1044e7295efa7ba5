import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import type { RecoveryReport, recoveryReports } from '../../shared/contract/app.ts';
import type { RecoveryStore } from '../adapters/fs/recoveries-file.ts';

export type RecoveriesView = z.infer<typeof recoveryReports>;

const MAX_NAMES = 50;

/** Reports of damage that was repaired, shown until dismissed, also by later runs. */
export class Recoveries {
  #view: RecoveriesView;
  readonly #onChanged: (view: RecoveriesView) => void;

  readonly #store: RecoveryStore;

  constructor(onChanged: (view: RecoveriesView) => void, store: RecoveryStore) {
    // Unrepaired damage of an earlier run is either repaired or found again by this one.
    this.#view = { rev: 0, items: store.read().filter(({ kind }) => !kind.endsWith('-damaged')) };
    this.#onChanged = onChanged;
    this.#store = store;
  }

  get view(): RecoveriesView {
    return this.#view;
  }

  /**
   * Adds a report. Reports of the same kind and file are merged; one that says nothing new is
   * neither written nor published.
   */
  add(
    kind: RecoveryReport['kind'],
    {
      file = null,
      kept = null,
      fromBackup = 0,
      lost = [],
    }: Partial<Omit<RecoveryReport, 'kind'>> = {},
  ): void {
    const before = this.#view.items.find((item) => item.kind === kind && item.file === file);
    const names = [...new Set([...(before?.lost ?? []), ...lost])].slice(0, MAX_NAMES);
    const added = { kind, file, kept, fromBackup, lost: names };
    if (before && isDeepStrictEqual(before, added)) return;
    this.#replace(
      before
        ? this.#view.items.map((item) => (item === before ? added : item))
        : [...this.#view.items, added],
    );
  }

  dismiss(): RecoveriesView {
    this.#replace([]);
    return this.#view;
  }

  #replace(items: RecoveryReport[]): void {
    if (items.length > 0 || this.#view.items.length > 0) this.#store.write(items);
    this.#view = { rev: this.#view.rev + 1, items };
    this.#onChanged(this.#view);
  }
}
