import { readAppLink, type AppLink } from '../../shared/model/app-link.ts';

/**
 * A link that the system has handed to the program, until a page shows it. Only the newest counts:
 * who has pressed several wants the last one. Nothing but showing follows from a link, whoever has
 * written it.
 */
export class OpenedLinks {
  #link: AppLink | null = null;
  readonly #onOpened: () => void;

  constructor(onOpened: () => void) {
    this.#onOpened = onOpened;
  }

  /** @returns whether it is a link of the program; anything else is passed by */
  open(text: string): boolean {
    const link = readAppLink(text);
    if (!link) return false;
    this.#link = link;
    this.#onOpened();
    return true;
  }

  /** Removes and returns it; of several pages only one gets it. */
  take(): AppLink | null {
    const link = this.#link;
    this.#link = null;
    return link;
  }
}
