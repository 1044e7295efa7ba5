import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bytesIn, withRange } from '../../../src/main/transfers/ranges.ts';
import type { Range } from '../../../src/main/transfers/ranges.ts';
import { metalinkOf } from './metalink.ts';
import { NameWatcher } from './name-watcher.ts';
import { Origin, content } from './origin.ts';
import { startDesk } from './process.ts';
import type { DeskProcess } from './process.ts';

const KIB = 1024;
const BLOCK = 4 * KIB;
const FILES = 50;

type BatchFile = { name: string; bytes: Buffer; kind: 'pieces' | 'hash' | 'tag' };

/** Small, medium and large files: with pieces, with a hash, with an ETag only. */
function filesOf(seed: number, random: () => number): BatchFile[] {
  return Array.from({ length: FILES }, (_, i): BatchFile => {
    const kind = (['pieces', 'hash', 'tag'] as const)[i % 3] ?? 'tag';
    const size =
      i < 5
        ? 8.5 * KIB * KIB + random() * 2 * KIB * KIB
        : i < 20
          ? 200 * KIB + random() * 1800 * KIB
          : 1 + random() * 60 * KIB;
    return {
      name: `${kind}-${i}.mov`,
      bytes: content(Math.floor(size), seed * FILES + i + 1),
      kind,
    };
  });
}

/** Ranges of the requests with these Range headers. */
function asked(headers: readonly (string | undefined)[], total: number): Range[] {
  return headers.reduce<Range[]>((ranges, header) => {
    const match = /^bytes=(\d+)-(\d*)$/u.exec(header ?? '');
    return withRange(
      ranges,
      match ? [Number(match[1]), match[2] ? Number(match[2]) + 1 : total] : [0, total],
    );
  }, []);
}

/** Correct ranges on disk, to the block. */
function onDisk(found: Buffer, bytes: Buffer): Range[] {
  let ranges: Range[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const end = Math.min(at + BLOCK, bytes.length);
    if (found.subarray(at, end).equals(bytes.subarray(at, end)))
      ranges = withRange(ranges, [at, end]);
  }
  return ranges;
}

const overlapBytes = (a: readonly Range[], b: readonly Range[]): number =>
  a.reduce(
    (sum, [from, to]) =>
      sum +
      bytesIn(
        b.map(([start, end]): Range => [
          Math.max(from, start),
          Math.max(Math.max(from, start), Math.min(to, end)),
        ]),
      ),
    0,
  );

/**
 * One batch of files from one origin into one folder, by a program that is killed again and again.
 */
export class KillBatch {
  readonly #folder: string;
  readonly #origin: Origin;
  readonly #files: BatchFile[];
  readonly #watcher: NameWatcher;
  /** Ranges on disk at the last kill. */
  #before = new Map<string, Range[]>();
  /**
   * Bytes that were on disk at a kill and requested again by the next run, one number per
   * unfinished file.
   */
  readonly again: number[] = [];
  /** The same over all files, one number per kill. */
  readonly againInAll: number[] = [];
  kills = 0;

  private constructor(folder: string, origin: Origin, files: BatchFile[]) {
    this.#folder = folder;
    this.#origin = origin;
    this.#files = files;
    this.#watcher = new NameWatcher(this.#to, (name, found) =>
      files.some((file) => file.name === name && file.bytes.equals(found)),
    );
  }

  static async start(folder: string, seed: number, random: () => number): Promise<KillBatch> {
    const origin = await Origin.start();
    const files = filesOf(seed, random);
    for (const { name, bytes } of files) origin.serve(`/${name}`, bytes);
    await mkdir(path.join(folder, 'to'), { recursive: true });
    const listed = files.filter(({ kind }) => kind !== 'tag');
    const entries = listed.map(({ name, bytes, kind }) => ({
      name,
      bytes,
      url: `${origin.url}/${name}`,
      pieceBytes: kind === 'pieces' ? 256 * KIB : null,
    }));
    await writeFile(path.join(folder, 'batch.meta4'), metalinkOf(entries));
    return new KillBatch(folder, origin, files);
  }

  get #to(): string {
    return path.join(this.#folder, 'to');
  }

  /**
   * Runs the program and kills it after this time.
   * @returns true if it ended before
   */
  async run(killAfterMs: number | null): Promise<boolean> {
    for (const file of this.#origin.files.values()) file.ranges.length = 0;
    const tags = this.#files
      .filter(({ kind }) => kind === 'tag')
      .map(({ name }) => `${this.#origin.url}/${name}`);
    const limit = killAfterMs === null ? [] : ['--limit', '12M'];
    const desk: DeskProcess = startDesk(
      [
        'get',
        path.join(this.#folder, 'batch.meta4'),
        ...tags,
        '--home',
        path.join(this.#folder, 'home'),
        '--to',
        this.#to,
        ...limit,
      ],
      ({ type }) => {
        // A kill at a random time is what is tested; it counts from the first line of the program.
        if (type === 'get' && killAfterMs !== null)
          setTimeout(() => desk.kill('SIGKILL'), killAfterMs);
      },
    );
    const exit = await desk.ended;
    this.#compare();
    if (exit !== null && exit !== 0)
      throw new Error(`It ended with ${exit}: ${JSON.stringify(desk.lines.at(-1))}`);
    if (exit === null) {
      this.kills++;
      await this.#look();
    }
    return exit === 0;
  }

  /** Everything wrong at the end: each file must be there once, correct, and nothing else. */
  async end(): Promise<string[]> {
    const wrong = (await this.#watcher.end()).map((name) => `${name} was seen with wrong content`);
    await this.#origin.stop();
    const found = await readdir(this.#to);
    for (const { name, bytes } of this.#files) {
      if (!found.includes(name)) wrong.push(`${name} is lost`);
      else if (!(await readFile(path.join(this.#to, name))).equals(bytes))
        wrong.push(`${name} is wrong`);
    }
    const extra = found.filter((name) => !this.#files.some((file) => file.name === name));
    return [...wrong, ...extra.map((name) => `${name} is too much`)];
  }

  /** Compares the requests after a kill with the ranges on disk. */
  #compare(): void {
    if (this.kills === 0) return;
    const each = this.#files.map(({ name, bytes }) => {
      const before = this.#before.get(name) ?? [];
      const again = overlapBytes(
        asked(this.#origin.files.get(`/${name}`)?.ranges ?? [], bytes.length),
        before,
      );
      if (again > 0 || (before.length > 0 && bytesIn(before) < bytes.length))
        this.again.push(again);
      return again;
    });
    this.againInAll.push(each.reduce((sum, bytes) => sum + bytes, 0));
  }

  async #look(): Promise<void> {
    this.#before = new Map();
    for (const { name, bytes } of this.#files) {
      const target = path.join(this.#to, name);
      const found = await readFile(target)
        .catch(() => readFile(`${target}.part`))
        .catch(() => Buffer.alloc(0));
      this.#before.set(name, onDisk(found, bytes));
    }
  }
}
