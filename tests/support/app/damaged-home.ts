import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readSync,
  openSync,
  closeSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ServiceClient } from '../../../src/main/adapters/service/client.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { RecoveryReport } from '../../../src/shared/contract/app.ts';
import { PASSWORD, startDemo } from '../service/demo.ts';
import { FaultOrigin } from '../engine/fault-origin.ts';
import { content } from '../engine/origin.ts';
import { settled } from '../engine/bench.ts';
import { connect } from '../../../src/main/adapters/sqlite/kit.ts';
import { CRC } from '../../../src/main/adapters/sqlite/library/schema.ts';
import { trustedKeys } from '../../../src/main/adapters/service/trusted-keys.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openApplication } from './application.ts';

/** Nobody answers there: what is read comes from the home. */
const AWAY = 'http://127.0.0.1:9';
const EMAIL = 'keeper@station.example';
const QUERY = { text: '', sort: 'newest' } as const;
const ALL = { offset: 0, count: 1000 };

export const DAMAGES = [
  'bit',
  'cut',
  'zeros',
  'swap',
  'empty',
  'folder',
  'link',
  'loop',
  'pipe',
] as const;
export type Damage = { file: string; kind: (typeof DAMAGES)[number]; text: string };

/** What a person would miss, by the file that it is kept in. */
export type Content = {
  settings: object;
  transfers: Record<string, unknown>;
  articles: Record<string, unknown>;
  assets: Record<string, unknown>;
};

async function contentOf({ services }: Application): Promise<Content> {
  const { rev: _, ...settings } = services.settings.view;
  const { rows } = await services.transfers.list('all', ALL);
  const transfers = await Promise.all(
    rows.map(
      async (row) =>
        [
          row.id,
          { row: { ...row, place: null }, files: await services.transfers.report(row.id) },
        ] as const,
    ),
  );
  const { items } = await services.articles.list(ALL_ARTICLES, ALL);
  const articles = await Promise.all(
    items.map(async (row) => {
      const article = await services.articles.get(row.id).catch(() => null);
      // A picture that can't be read is not here, and says so; it is fetched again.
      return [row.id, { row, article: article && { ...article, pictures: 0, bytes: 0 } }] as const;
    }),
  );
  const assets = (await services.library.catalogue.search(QUERY, ALL)).items.map(
    (row) => [row.id, row] as const,
  );
  return {
    settings,
    transfers: Object.fromEntries(transfers),
    articles: Object.fromEntries(articles),
    assets: Object.fromEntries(assets),
  };
}

/**
 * A home with something in every file: a queue, a library that was read in, settings, pins, a demo
 * with an account.
 */
export class DamagedHomes {
  readonly #pristine = new Map<'closed' | 'killed', string>();
  #content: Content | null = null;

  /** Takes some seconds. */
  static async make(): Promise<DamagedHomes> {
    const homes = new DamagedHomes();
    const home = temporaryFolder();
    const service = await startDemo({ limits: 'relaxed' });
    const origin = await FaultOrigin.start({ secure: false });
    const application = await openApplication(home, { serviceUrl: service.url });
    application.services.settings.set({
      destination: path.join(home, 'to'),
      theme: 'dark',
      limitBytesPerSecond: 5_000_000,
      activeTransfers: 2,
    });
    await fillQueue(application, origin, path.join(home, 'to'));
    await fillLibrary(application);
    const client = {
      api: { getMeta: async () => ({ manifestKeys: [{ keyId: 'key_1', publicKey: 'AAAA' }] }) },
    } as unknown as ServiceClient;
    await trustedKeys(client, home, 'https://files.example');
    await application.close();
    // The library of the service that is away from now on is the one that was filled.
    const library = connect(path.join(home, 'library.sqlite'));
    library.prepare('UPDATE source SET id = ? WHERE id = ?').run(AWAY, service.url);
    library.exec(`UPDATE source SET id_crc = ${CRC.sourceId}`);
    library.close();
    await homes.#addDemoAccount(home);
    await origin.stop();
    await service.close();
    await homes.#keep(home);
    return homes;
  }

  async #addDemoAccount(home: string): Promise<void> {
    const application = await openApplication(home, { demo: true });
    const session = application.services.session();
    await session.account.register({
      email: EMAIL,
      password: PASSWORD,
      displayName: 'Keeper',
      organisation: 'Station',
      country: 'NO',
      newsletter: false,
      language: 'en',
    });
    const code = async (): Promise<string | null> =>
      (await application.services.demo()?.messages())?.find(({ to }) => to === EMAIL)?.code ?? null;
    let arrived = await code();
    for (let tries = 0; arrived === null && tries < 600; tries++, arrived = await code())
      await wait(50);
    await session.account.verify(arrived ?? '');
    await application.close();
  }

  /**
   * Once closed as it should be, and once as a kill leaves it: with logs, and without a word on its
   * end.
   */
  async #keep(home: string): Promise<void> {
    const application = await openApplication(home, { serviceUrl: AWAY });
    const before = await contentOf(application);
    for (const id of Object.keys(before.articles).slice(3, 9))
      await application.services.articles.mark([id], { read: true, position: 0.25 });
    for (const id of Object.keys(before.transfers).slice(0, 10))
      await application.services.transfers.setOptions(id, { deadlineMs: 1_900_000_000_000 });
    this.#content = await contentOf(application);
    for (const state of ['killed', 'closed'] as const) {
      if (state === 'closed') await application.close();
      const kept = temporaryFolder();
      cpSync(home, kept, { recursive: true });
      this.#pristine.set(state, kept);
    }
  }

  /** A copy of it, under the same path, since paths are in it. */
  copy(state: 'closed' | 'killed', home: string): void {
    rmSync(home, { recursive: true, force: true });
    cpSync(this.#pristine.get(state) ?? '', home, { recursive: true });
  }

  /** Every file below the home but what was downloaded. */
  files(state: 'closed' | 'killed'): string[] {
    const root = this.#pristine.get(state) ?? '';
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('to') && statSync(path.join(root, name)).isFile())
      .toSorted();
  }

  /**
   * Starts on the damaged home, reads everything, and says what is wrong: a fault that names no
   * file, or something that is missing or changed without a word. Empty if all is well.
   */
  async look(home: string, { file }: Damage): Promise<{ wrong: string[]; outcome: string }> {
    const service = file.startsWith('demo') ? { demo: true as const } : { serviceUrl: AWAY };
    let application: Application;
    try {
      application = await openApplication(home, service);
    } catch (thrown) {
      return {
        wrong: namesFile(thrown, home) ? [] : [`does not start: ${String(thrown)}`],
        outcome: 'clear error',
      };
    }
    try {
      const wrong =
        'demo' in service
          ? await this.#lookAtDemo(application)
          : await this.#lookAtContent(application);
      return {
        wrong,
        outcome:
          application.services.recoveries.view.items
            .map(({ kind }) => kind)
            .toSorted()
            .join('+') || 'nothing lost',
      };
    } catch (thrown) {
      // The library opens with the first call that needs it.
      return namesFile(thrown, home)
        ? { wrong: [], outcome: 'clear error' }
        : {
            wrong: [
              `cannot be read: ${thrown instanceof Error ? (thrown.stack ?? '') : String(thrown)}`,
            ],
            outcome: 'fault',
          };
    } finally {
      await application.close();
    }
  }

  async #lookAtDemo(application: Application): Promise<string[]> {
    const told = application.services.recoveries.view.items.map(({ kind }) => kind);
    if (told.includes('demo-rebuilt')) return [];
    const answer = await fetch(`${application.services.demo()?.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: EMAIL,
        password: PASSWORD,
        device: { name: 'd', platform: 'p', appVersion: '1.0.0' },
      }),
    });
    return answer.status === 201
      ? []
      : [`the account of the demo is gone without a word: ${answer.status} ${await answer.text()}`];
  }

  async #lookAtContent(application: Application): Promise<string[]> {
    const found = await contentOf(application);
    const told = application.services.recoveries.view.items;
    const before = this.#content;
    if (!before) throw new Error('There is nothing to compare with');
    return [
      ...silent('settings', before.settings, found.settings, told, [
        'settings-rebuilt',
        'settings-changed',
      ]),
      ...silent('transfers', before.transfers, found.transfers, told, [
        'queue-rebuilt',
        'queue-damaged',
      ]),
      // What is said of rights and storage follows from the settings.
      ...silent('articles', before.articles, found.articles, told, [
        'settings-changed',
        'library-rebuilt',
        'library-damaged',
      ]),
      ...silent('assets', before.assets, found.assets, told, [
        'settings-changed',
        'library-rebuilt',
        'library-damaged',
      ]),
    ];
  }
}

const namesFile = (thrown: unknown, home: string): boolean =>
  thrown instanceof AppError && thrown.code !== 'bug' && thrown.message.includes(home);

/** What differs, unless damage to it was told. */
function silent(
  name: string,
  before: object,
  found: object,
  told: readonly RecoveryReport[],
  kinds: readonly RecoveryReport['kind'][],
): string[] {
  if (told.some(({ kind }) => kinds.includes(kind))) return [];
  const keys = Object.keys({ ...before, ...found }).filter(
    (key) => !isDeepStrictEqual(Reflect.get(before, key), Reflect.get(found, key)),
  );
  return keys
    .slice(0, 3)
    .map(
      (key) =>
        `${name}: ${key} is ${JSON.stringify(Reflect.get(found, key))?.slice(0, 300) ?? 'missing'} and was ${JSON.stringify(Reflect.get(before, key))?.slice(0, 300) ?? 'not there'}`,
    );
}

async function fillQueue(
  { services }: Application,
  origin: FaultOrigin,
  destination: string,
): Promise<void> {
  mkdirSync(destination);
  const item = (name: string) => ({
    url: `${origin.url}/${name}`,
    metalink: false,
    destination,
    sha256: null,
    hashAnyway: true,
  });
  for (let n = 0; n < 4; n++) origin.serve(`/done-${n}.mov`, content(2000 + n, n));
  const ids = await services.transfers.enqueue(
    Array.from({ length: 4 }, (_, n) => item(`done-${n}.mov`)),
  );
  await services.transfers.configure({});
  for (const id of ids) await settled(services.transfers as never, id);
  await services.transfers.pauseAll(true);
  await services.transfers.enqueue(Array.from({ length: 30 }, (_, n) => item(`later-${n}.mov`)));
}

async function fillLibrary({ services }: Application): Promise<void> {
  await services.session().sync();
  const { items } = await services.articles.list(ALL_ARTICLES, ALL);
  await services.articles.mark(
    items.slice(0, 6).map(({ id }) => id),
    { read: true, position: 0.5 },
  );
}

/** Each file of the home as often as another; those of a folder count as one. */
function chosen(files: readonly string[], random: () => number): string {
  const groups = [...Map.groupBy(files, (file) => file.split(path.sep)[0]).values()];
  const group = groups[Math.floor(random() * groups.length)] ?? [];
  return group[Math.floor(random() * group.length)] ?? '';
}

/** One piece of damage, chosen by numbers from 0 to 1. */
export function damage(
  home: string,
  files: readonly string[],
  kind: Damage['kind'],
  random: () => number,
): Damage {
  const file = chosen(files, random);
  const name = path.join(home, file);
  const { size } = statSync(name);
  const at = Math.floor(random() * size);
  const replace = (place: () => void): void => {
    rmSync(name);
    place();
  };
  const text = `${kind} in ${file} at ${at} of ${size}`;
  switch (kind) {
    case 'bit':
      flip(name, at, 1 << Math.floor(random() * 8));
      break;
    case 'cut':
      truncateSync(name, at);
      break;
    case 'zeros':
      overwrite(name, at, Buffer.alloc(Math.min(512, size - at)));
      break;
    case 'swap': {
      const other = path.join(home, chosen(files, random));
      const [mine, theirs] = [readFileSync(name), readFileSync(other)];
      writeFileSync(name, theirs);
      writeFileSync(other, mine);
      return { file, kind, text: `${text} with ${path.relative(home, other)}` };
    }
    case 'empty':
      truncateSync(name, 0);
      break;
    case 'folder':
      replace(() => mkdirSync(name));
      break;
    case 'link':
      replace(() => symlinkSync('/nowhere/at/all', name));
      break;
    case 'loop':
      replace(() => symlinkSync(path.basename(name), name));
      break;
    case 'pipe':
      replace(() => void execFileSync('mkfifo', [name]));
      break;
    default:
      throw new Error(`No damage of the kind ${String(kind satisfies never)}`);
  }
  return { file, kind, text };
}

function flip(name: string, at: number, bit: number): void {
  const handle = openSync(name, 'r+');
  const byte = Buffer.alloc(1);
  if (readSync(handle, byte, 0, 1, at) === 1)
    writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ bit]), 0, 1, at);
  closeSync(handle);
}

function overwrite(name: string, at: number, bytes: Buffer): void {
  const handle = openSync(name, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}
