import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createByteSource,
  createHttpSource,
  type ClosableSource,
} from '../../../src/main/adapters/http/byte-source.ts';
import type { EnqueueItem } from '../../../src/main/transfers/api.ts';
import type { PackageSource } from '../../../src/main/transfers/ports.ts';
import type { TransferState } from '../../../src/shared/model/transfer.ts';
import { type FaultCase, isBeyondTelling, hasDigest } from './fault-cases.ts';
import { FaultOrigin } from './fault-origin.ts';
import { metalinkOf } from './metalink.ts';
import { NameWatcher } from './name-watcher.ts';
import { content, sha256 } from './origin.ts';
import { fasterClock } from '../fakes/clock.ts';
import { settled, startBench, type Bench } from './bench.ts';
import { PackageService } from './package.ts';
import { trusting } from '../network/ways.ts';

const PIECE_BYTES = 64 * 1024;
/** Speed of the engine's clock. */
const FASTER = 50;
/** Silence that ends a response: of an origin that falls silent, and of one that is only slow. */
const STALL_MS = { silent: 250 * FASTER, slow: 10_000 * FASTER };

export type FaultOutcome = {
  state: TransferState;
  /** Content under the final name; null for none. */
  found: Buffer | null;
  verified: boolean;
  versions: Buffer[];
  /** Final names that were seen with wrong content during the run. */
  seenWrong: string[];
  requests: Record<string, string>[];
  /** Heads of requests that were redirected through another origin. */
  led: string[];
};

/** No other origin may receive this. */
export const SECRET = 'for-the-origin-only';

/** An engine with one kind of byte source against one origin; cases run on it in turn. */
export class FaultBench {
  readonly #origin: FaultOrigin;
  readonly #source: ClosableSource;
  readonly #bench: Bench;
  readonly #service: { now: PackageService | null };
  #cases = 0;

  private constructor(
    origin: FaultOrigin,
    source: ClosableSource,
    bench: Bench,
    service: { now: PackageService | null },
  ) {
    this.#origin = origin;
    this.#source = source;
    this.#bench = bench;
    this.#service = service;
  }

  static async start({
    secure,
    source: kind,
  }: Pick<FaultCase, 'secure' | 'source'>): Promise<FaultBench> {
    const origin = await FaultOrigin.start({ secure });
    const options = { network: trusting(origin.ca) };
    const bytes = kind === 'fast' ? createByteSource(options) : createHttpSource(options);
    const service: { now: PackageService | null } = { now: null };
    const of = () => {
      if (!service.now) throw new Error('No package in this case');
      return service.now;
    };
    const source: PackageSource = {
      manifest: () => of().manifest(),
      trustedKeys: () => of().trustedKeys(),
      pinnedKeys: () => of().pinnedKeys(),
      authorise: (...args) => of().authorise(...args),
      renew: (service, id, fileIds) => of().renew(service, id, fileIds),
    };
    const bench = await startBench({
      ports: { bytes, source, clock: fasterClock(FASTER) },
      settings: { maxAttempts: 8, stallMs: STALL_MS.slow },
    });
    await mkdir(bench.to);
    return new FaultBench(origin, bytes, bench, service);
  }

  get bugs(): unknown[] {
    return this.#bench.bugs;
  }

  async end(): Promise<void> {
    await this.#bench.end();
    this.#source.close();
    await this.#origin.stop();
  }

  async run(one: FaultCase): Promise<FaultOutcome> {
    const destination = path.join(this.#bench.to, String(this.#cases++));
    await mkdir(destination);
    const bytes = content(one.bytes, 1 + (this.#cases % 50));
    const versions = [bytes];
    const name = one.delivery === 'package' ? 'Root/a.mov' : 'a.mov';
    const item = await this.#itemOf(one, bytes, destination);
    const file = this.#origin.files.get(one.delivery === 'package' ? '/pkg_1/a.mov' : '/a.mov');
    if (!file) throw new Error('Nothing is served');
    Object.assign(file, {
      faults: one.faults.map((fault) => ({ ...fault })),
      forever: one.forever,
      honoursIfRange: one.restart?.honoursIfRange ?? true,
    });
    const isRight = (seen: string, found: Buffer) =>
      seen !== name || isBeyondTelling(one) || versions.some((version) => version.equals(found));
    const watcher = new NameWatcher(destination, isRight);
    const isSilent =
      one.restart !== null ||
      one.faults.some(({ kind }) => kind === 'stall' || kind === 'no-answer');
    const settings = {
      connectionsPerFile: one.connections,
      stallMs: isSilent ? STALL_MS.silent : STALL_MS.slow,
    };
    try {
      await this.#bench.transfers.configure(settings);
      if (one.restart) file.faults.unshift({ kind: 'stall', at: one.restart.at });
      const stalled = new Promise<void>((resolve) => (this.#origin.onStall = resolve));
      let [id = ''] = await this.#bench.transfers.enqueue([item], { makeDestination: true });
      // Another connection may end the response before it stalls; then there is nothing to
      // interrupt.
      if (
        one.restart &&
        (await Promise.race([
          stalled.then(() => true),
          settled(this.#bench.transfers, id).then(() => false),
        ]))
      ) {
        await this.#bench.restart(async () => {
          const fresh =
            one.restart?.change === 'same-length'
              ? content(one.bytes, 77)
              : one.restart?.change === 'other-length'
                ? content(one.bytes + 1234, 78)
                : null;
          if (!fresh) return;
          versions.push(fresh);
          Object.assign(file, { content: fresh, etag: tagOf(one, 2) });
        });
        await this.#bench.transfers.configure(settings);
        [id = ''] = await this.#bench.transfers.enqueue([item], { makeDestination: true });
      }
      const state = await settled(this.#bench.transfers, id);
      const [report] = await this.#bench.transfers.report(id);
      const found = await readFile(path.join(destination, name)).catch(() => null);
      return {
        state,
        found,
        verified: report?.verified ?? false,
        versions,
        seenWrong: await watcher.end(),
        requests: file.requests,
        led: file.led,
      };
    } finally {
      await watcher.end();
      await rm(destination, { recursive: true });
    }
  }

  async #itemOf(one: FaultCase, bytes: Buffer, destination: string): Promise<EnqueueItem> {
    const etag = tagOf(one, 1);
    if (one.delivery === 'package') {
      this.#service.now = new PackageService(
        this.#origin,
        [{ path: 'a.mov', bytes, mediaType: 'video/quicktime' }],
        { rootName: 'Root' },
      );
      this.#service.now.headers = {
        Authorization: `Bearer ${SECRET}`,
        Cookie: `session=${SECRET}`,
        'X-Grant': SECRET,
      };
      Object.assign(this.#origin.files.get('/pkg_1/a.mov') ?? {}, { etag });
      return {
        assetId: 'ast_1',
        packageId: 'pkg_1',
        rev: 1,
        title: 'A',
        label: 'A',
        purpose: 'broadcast',
        destination,
        acknowledge: [],
      };
    }
    this.#origin.serve('/a.mov', bytes, { etag });
    const url = `${one.credentials ? this.#origin.url.replace('//', `//desk:${SECRET}@`) : this.#origin.url}/a.mov`;
    const common = { destination, sha256: null, hashAnyway: false };
    if (!one.delivery.startsWith('metalink'))
      return {
        ...common,
        url,
        metalink: false,
        sha256: hasDigest(one.delivery) ? sha256(bytes) : null,
      };
    const metalink = path.join(this.#bench.folder, `${path.basename(destination)}.meta4`);
    await writeFile(
      metalink,
      metalinkOf([
        {
          name: 'a.mov',
          bytes,
          url,
          pieceBytes: one.delivery === 'metalink with pieces' ? PIECE_BYTES : null,
        },
      ]),
    );
    return { ...common, url: metalink, metalink: true };
  }
}

const tagOf = ({ tag }: FaultCase, version: number): string | null =>
  tag === 'none' ? null : `${tag === 'weak' ? 'W/' : ''}"version-${version}"`;
