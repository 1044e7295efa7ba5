import path from 'node:path';
import type * as z from 'zod';
import { settings, type settingsPatch } from '../../shared/contract/app.ts';
import { AppError } from '../../shared/errors.ts';
import type { SettingsStore } from './ports.ts';

export type SettingsView = z.infer<typeof settings>;
type Patch = z.infer<typeof settingsPatch>;
type Stored = Omit<SettingsView, 'rev'>;

const stored = settings.omit({ rev: true });

/** What the user chose. A member that is missing or makes no sense falls back to its default; the others stay. */
export class Settings {
  #rev = 0;
  #value: Stored;
  readonly #store: SettingsStore;
  readonly #listeners: Set<(view: SettingsView) => void>;

  constructor(store: SettingsStore, defaults: Pick<Stored, 'destination' | 'language'>, onChanged: (view: SettingsView) => void) {
    this.#store = store;
    this.#listeners = new Set([onChanged]);
    const initial: Stored = {
      serviceUrl: null, demo: false, folderTemplate: null, theme: 'system', readerSize: 0, readerFace: 'serif', readerTheme: 'auto', connectionsPerFile: 4, connectionsPerHost: 16,
      activeTransfers: 3, limitBytesPerSecond: null, limitHours: null, catalogueView: 'grid', housePurpose: 'broadcast', notify: 'needed', tray: true, keepAwake: true, ...defaults,
    };
    this.#value = { ...initial, ...readable(store.read()) };
  }

  get view(): SettingsView {
    return { rev: this.#rev, ...this.#value };
  }

  listen(listener: (view: SettingsView) => void): void {
    this.#listeners.add(listener);
  }

  /** @throws `usage` for a destination that hangs on where the program was started, and what the store throws; nothing is changed then. */
  set(patch: { [K in keyof Patch]?: Patch[K] | undefined }): SettingsView {
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    if (patch.destination !== undefined && !path.isAbsolute(patch.destination)) throw new AppError('usage', 'The destination must be a full path');
    return this.#replace(stored.parse({ ...this.#value, ...given }));
  }

  useService(serviceUrl: string | null, demo: boolean): SettingsView {
    return this.#replace({ ...this.#value, serviceUrl, demo });
  }

  #replace(value: Stored): SettingsView {
    this.#store.write(value);
    this.#value = value;
    this.#rev += 1;
    for (const listener of this.#listeners) listener(this.view);
    return this.view;
  }
}

function readable(raw: unknown): Partial<Stored> {
  if (typeof raw !== 'object' || raw === null) return {};
  const shape = stored.shape;
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, schema]) => {
      const parsed = schema.safeParse((raw as Record<string, unknown>)[name]);
      const isUsable = parsed.success && (name !== 'destination' || (typeof parsed.data === 'string' && path.isAbsolute(parsed.data)));
      return isUsable ? [[name, parsed.data]] : [];
    }),
  );
}
