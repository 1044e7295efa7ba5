import type * as z from 'zod';
import type { Incident, incidents } from '../shared/contract/app.ts';

export type IncidentsView = z.infer<typeof incidents>;

const MAX_NAMES = 50;

/** What the user should know of damage that the program has dealt with, until it was read. */
export class Incidents {
  #view: IncidentsView;
  readonly #onChanged: (view: IncidentsView) => void;

  constructor(onChanged: (view: IncidentsView) => void) {
    this.#view = { rev: 0, items: [] };
    this.#onChanged = onChanged;
  }

  get view(): IncidentsView {
    return this.#view;
  }

  /** Each kind once for a file: what another one of it lost is added to it. */
  add(kind: Incident['kind'], { file = null, kept = null, fromBackup = 0, lost = [] }: Partial<Omit<Incident, 'kind'>> = {}): void {
    const before = this.#view.items.find((item) => item.kind === kind && item.file === file);
    const names = [...new Set([...(before?.lost ?? []), ...lost])].slice(0, MAX_NAMES);
    const added = { kind, file, kept, fromBackup, lost: names };
    this.#become(before ? this.#view.items.map((item) => (item === before ? added : item)) : [...this.#view.items, added]);
  }

  read(): IncidentsView {
    this.#become([]);
    return this.#view;
  }

  #become(items: Incident[]): void {
    this.#view = { rev: this.#view.rev + 1, items };
    this.#onChanged(this.#view);
  }
}
