import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { array, constantFrom, integer, oneof, tuple, type Arbitrary } from 'fast-check';
import { createByteSource } from '../../src/main/adapters/http/byte-source.ts';
import { parseMetalink } from '../../src/main/formats/metalink.ts';
import { ThreadHasher } from '../../src/main/threads/hashing.ts';
import type { EnqueueItem } from '../../src/main/transfers/api.ts';
import { createTransfers, type TransferService } from '../../src/main/transfers/queue/service.ts';
import { FaultOrigin, type WireFault } from '../support/engine/fault-origin.ts';
import { metalinkOf } from '../support/engine/metalink.ts';
import { content, sha256 } from '../support/engine/origin.ts';
import { PowerDisk } from '../support/power/disk.ts';
import { PowerStore } from '../support/power/store.ts';
import { drawn, isLong, randomOf, tell } from '../support/seed.ts';
import type { FileNaming } from '../../src/shared/model/file-names.ts';
import { settled } from '../support/engine/bench.ts';
import { PackageService } from '../support/engine/package.ts';
import { fasterClock } from '../support/fakes/clock.ts';
import { DIRECT } from '../support/network/ways.ts';

const RUNS = isLong ? 150 : 8;
const MIB = 1024 * 1024;
const cut = integer({ min: 1, max: 100 }).map((n): WireFault => ({ kind: 'cut', at: n / 100 }));
/** Faults that restart a file: its record and its bytes differ most easily then. */
const restarting = constantFrom<WireFault>(
  { kind: 'whole' },
  { kind: 'not-satisfiable' },
  { kind: 'wrong-total' },
  { kind: 'wrong-tag' },
);
const faults: Arbitrary<WireFault[]> = oneof(
  tuple(cut, restarting),
  tuple(cut, restarting, cut, restarting),
  array(cut, { maxLength: 3 }),
);

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** Every other batch has its files named by a template. */
const fileNaming: FileNaming = {
  template: '{folder}/{id}_{name}',
  facts: {
    date: '2026-11-24',
    place: 'Velatro',
    title: 'Harvest',
    id: 'HARVEST',
    language: 'en',
    format: 'web',
    rendition: '360p',
  },
};
const named = (file: string): string => file.replace(/[^/]+$/u, 'HARVEST_$&');

class PowerRun {
  readonly #random: () => number;
  readonly #service: PackageService;
  readonly #expected = new Map<string, Buffer>();
  readonly #items: EnqueueItem[];
  /** What `manifest.names.json` says; null for the publisher's names. */
  readonly #names: { path: string; name: string }[] | null;
  readonly #hasher: ThreadHasher;
  #disk = new PowerDisk();
  #store = new PowerStore();
  #ids: string[] = [];
  #nextId = 0;
  readonly wrong: string[] = [];
  losses = 0;
  kills = 0;

  constructor(origin: FaultOrigin, hasher: ThreadHasher, number: number) {
    this.#random = randomOf(number);
    this.#hasher = hasher;
    const bytesOf = (most: number) =>
      content(1 + Math.floor(this.#random() * most), number * 10 + this.#expected.size + 1);
    const files = [
      {
        path: 'deep/down/master.mov',
        bytes: content(2 * MIB + Math.floor(this.#random() * MIB), number * 10 + 9),
      },
      { path: 'a.srt', bytes: bytesOf(9000) },
      { path: 'b.jpg', bytes: bytesOf(90_000) },
    ];
    this.#service = new PackageService(origin, files, { rootName: 'Root' });
    const isNamed = number % 2 === 1;
    this.#names = isNamed ? files.map(({ path }) => ({ path, name: named(path) })) : null;
    for (const { path, bytes } of files)
      this.#expected.set(`/to/Root/${isNamed ? named(path) : path}`, bytes);
    const served = (name: string): Buffer => {
      const bytes = bytesOf(3 * MIB);
      origin.serve(`/${name}`, bytes);
      this.#expected.set(`/to/${name}`, bytes);
      return bytes;
    };
    const [hashed, pieces, sized] = [served('hash.mov'), served('pieces.mov'), served('sized.mov')];
    served('tag.mov');
    this.#disk.put(
      '/list.meta4',
      Buffer.from(
        metalinkOf([
          {
            name: 'pieces.mov',
            bytes: pieces,
            url: `${origin.url}/pieces.mov`,
            pieceBytes: 128 * 1024,
          },
          {
            name: 'sized.mov',
            bytes: sized,
            url: `${origin.url}/sized.mov`,
            pieceBytes: null,
            hasHash: false,
          },
        ]),
      ),
    );
    for (const [index, file] of [...origin.files.values()].entries())
      Object.assign(file, { faults: drawn(faults, number * 100 + index), slices: 12 });
    const common = { destination: '/to', hashAnyway: false };
    this.#items = [
      {
        assetId: 'ast_1',
        packageId: 'pkg_1',
        rev: 1,
        title: 'A',
        label: 'A',
        purpose: 'web',
        destination: '/to',
        acknowledge: [],
        ...(isNamed ? { fileNaming } : {}),
      },
      { ...common, url: `${origin.url}/hash.mov`, metalink: false, sha256: sha256(hashed) },
      { ...common, url: `${origin.url}/tag.mov`, metalink: false, sha256: null },
      { ...common, url: '/list.meta4', metalink: true, sha256: null },
    ];
  }

  /**
   * Cuts the power or kills the program several times at random, then lets it finish; `wrong`
   * collects violations.
   */
  async run(): Promise<void> {
    for (let left = 1 + Math.floor(this.#random() * 4); left > 0; left--) {
      // A file without a digest is most at risk when it is created or truncated: half of the cuts
      // aim at those moments.
      const file =
        this.#random() < 0.5
          ? null
          : this.#random() < 0.5
            ? '/to/tag.mov.part'
            : '/to/sized.mov.part';
      await this.#untilStop({
        file,
        count: 1 + Math.floor(this.#random() * (file === null ? 160 : 5)),
      });
    }
    await this.#untilStop(null);
    this.#disk = this.#disk.afterPowerLoss(() => 0);
    this.#look();
    const contents = this.#disk.contents();
    const beside = ['manifest.json', '.done', ...(this.#names ? ['manifest.names.json'] : [])];
    for (const name of [...this.#expected.keys(), ...beside.map((one) => `/to/Root/${one}`)])
      if (!contents.has(name)) this.wrong.push(`${name} was told as done and is lost`);
    for (const name of contents.keys())
      if (name.startsWith('/to/') && name.endsWith('.part')) this.wrong.push(`${name} is left`);
  }

  /** Runs until so many changes of the disk, or of one file's length, or to the end. */
  async #untilStop(at: { file: string | null; count: number } | null): Promise<void> {
    const bytes = createByteSource({ network: DIRECT });
    const bugs: unknown[] = [];
    const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
    let count = 0;
    this.#disk.onChange = (what, name) => {
      if (
        !at ||
        (at.file !== null && (what !== 'length' || name !== at.file)) ||
        ++count !== at.count
      )
        return;
      this.#stop();
      lose();
    };
    const transfers = createTransfers(
      {
        source: this.#service,
        bytes,
        hasher: this.#hasher,
        disk: this.#disk,
        store: this.#store,
        clock: fasterClock(50),
        parseMetalink,
        newId: () => `trf_${this.#nextId++}`,
        onBug: (bug) => bugs.push(bug),
      },
      { maxAttempts: 8, connectionsPerFile: 1 },
    );
    const ended = this.#fetch(transfers);
    await Promise.race([lost, ended]);
    await transfers.close();
    bytes.close();
    if (at && count < at.count) this.#stop();
    this.wrong.push(...bugs.map(String));
  }

  async #fetch(transfers: TransferService): Promise<void> {
    // Later runs resume by themselves.
    if (this.#ids.length === 0)
      this.#ids = await transfers.enqueue(this.#items, { makeDestination: true });
    else await transfers.configure({});
    for (const id of this.#ids) {
      const state = await settled(transfers, id);
      if (state.phase !== 'done') this.wrong.push(`ended as ${JSON.stringify(state)}`);
    }
  }

  /** Takes the state of this moment; what the stopped engine still does is discarded. */
  #stop(): void {
    const isKill = this.#random() < 0.4;
    if (isKill) this.kills++;
    else this.losses++;
    this.#disk = isKill ? this.#disk.afterKill() : this.#disk.afterPowerLoss(this.#random);
    this.#store = isKill ? this.#store.afterKill() : this.#store.afterPowerLoss(this.#random);
    this.#look();
  }

  #look(): void {
    const contents = this.#disk.contents();
    for (const [name, found] of contents) {
      const right = this.#expected.get(name);
      if (right && !right.equals(found)) this.wrong.push(`${name} is wrong under its final name`);
    }
    const manifest = contents.get('/to/Root/manifest.json');
    if (manifest && !isDeepStrictEqual(jsonOf(manifest), this.#service.json))
      this.wrong.push('manifest.json is wrong under its final name');
    const names = contents.get('/to/Root/manifest.names.json');
    const files = names && (jsonOf(names) as { files?: unknown } | null)?.files;
    if (names && !isDeepStrictEqual(files, this.#names))
      this.wrong.push('manifest.names.json is wrong under its final name');
    if (manifest && this.#names && !names) this.wrong.push('manifest.json is there without names');
    if (!contents.has('/to/Root/.done')) return;
    for (const name of ['/to/Root/manifest.json', ...this.#expected.keys()])
      if (name.startsWith('/to/Root/') && !contents.has(name))
        this.wrong.push(`the package is marked as done without ${name}`);
  }
}

test(`${RUNS} batches lose the power or are killed between two operations of the disk: nothing wrong under a final name, nothing lost that was told as done`, async () => {
  const wrong: string[] = [];
  let losses = 0;
  let kills = 0;
  const hasher = new ThreadHasher();
  try {
    for (let number = 0; number < RUNS; number++) {
      const origin = await FaultOrigin.start({ secure: false });
      const run = new PowerRun(origin, hasher, number);
      await run.run();
      await origin.stop();
      losses += run.losses;
      kills += run.kills;
      wrong.push(...run.wrong.map((line) => `batch ${number}: ${line}`));
    }
  } finally {
    await hasher.close();
  }
  tell(
    `power: ${losses} losses and ${kills} kills between two operations of the disk, over ${RUNS} batches`,
  );
  expect(wrong.join('\n')).toBe('');
});
