import type * as z from 'zod';
import type { Log } from './adapters/log.ts';
import type { incident, incidents } from '../shared/contract/app.ts';

export type Incident = z.infer<typeof incident>;
export type IncidentsView = z.infer<typeof incidents>;

/** What the user should know of damage that the program has dealt with; each kind once, until it was read. */
export class Incidents {
  #view: IncidentsView;
  readonly #onChanged: (view: IncidentsView) => void;

  constructor(onChanged: (view: IncidentsView) => void, items: Incident[] = []) {
    this.#view = { rev: 0, items };
    this.#onChanged = onChanged;
  }

  get view(): IncidentsView {
    return this.#view;
  }

  add(kind: Incident): void {
    if (!this.#view.items.includes(kind)) this.#become([...this.#view.items, kind]);
  }

  /** For who tells it in words as well: those are for the log. */
  noting(log: Log): (message: string, incident: Incident | null) => void {
    return (message, incident) => {
      log.info(`library: ${message}`);
      if (incident) this.add(incident);
    };
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
