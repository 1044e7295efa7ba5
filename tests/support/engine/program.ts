/**
 * A program that runs `get`, `queue`, `verify` and `repair` on a home without a service, for tests
 * that start, stop and kill it; `rights` sets those to the package of `PackageService`. With `--feed` the targets of `get` are packages of that feed.
 */
import { parseArgs } from 'node:util';
import { startTransferWorker } from '../../../src/main/threads/transfers.ts';
import { runGet } from '../../../src/main/cli/get.ts';
import { Output } from '../../../src/main/cli/output.ts';
import { ownTerminal } from '../../../src/main/cli/terminal.ts';
import { QUEUE_ACTIONS } from '../../../src/main/cli/queue.ts';
import { runRepair, runVerify } from '../../../src/main/cli/verify.ts';
import { signedOutSource } from '../fakes/package-source.ts';
import { openFeed } from '../sources/feed-packages.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    home: { type: 'string' },
    to: { type: 'string' },
    limit: { type: 'string' },
    sha256: { type: 'string' },
    connections: { type: 'string' },
    hash: { type: 'boolean' },
    strict: { type: 'boolean' },
    metalink: { type: 'string' },
    feed: { type: 'string' },
    'file-name': { type: 'string' },
  },
});
const feed = values.feed === undefined ? null : await openFeed(values.feed, values.to ?? '');
const transfers = await startTransferWorker({
  home: values.home ?? '',
  source: feed?.source ?? signedOutSource,
});
const out = new Output(true, ownTerminal());
const [command, ...rest] = positionals;

const FACTS = {
  date: '2026-11-24',
  place: 'Velatro',
  title: 'Low cloud',
  id: 'LOW-1',
  language: 'en',
  format: 'broadcast',
  rendition: '1080i50',
};
const resolveTarget = async (target: string) => ({
  ...(feed?.items.find(({ packageId }) => packageId === target) ??
    (await signedOutSource.manifest())),
  facts: FACTS,
});

async function run(): Promise<number> {
  const { metalink } = values;
  if (command === 'verify')
    return runVerify({ transfers, out }, rest[0] ?? '', metalink ? { metalink } : {});
  if (command === 'repair')
    return runRepair({ transfers, out }, rest[0] ?? '', metalink ? { metalink } : {});
  if (command === 'queue')
    return QUEUE_ACTIONS[rest[0] ?? '']?.run({ transfers, out }, rest.slice(1), {}) ?? 2;
  if (command === 'rights') {
    const rights = {
      assetId: 'ast_1',
      source: 'https://service.example',
      state: rest[0] === 'withdrawn' ? ('withdrawn' as const) : null,
      embargoUntil: null,
      embargoEndsMs: null,
      refusal: null,
      packages: [{ packageId: 'pkg_1', rev: 1 }],
    };
    await transfers.setRights([rights], 1);
    out.line({ type: 'set' });
    return out.done();
  }
  const { to = '', limit, sha256, connections, hash, strict, 'file-name': fileName } = values;
  const options = {
    to,
    format: 'broadcast' as const,
    ...(limit ? { limit } : {}),
    ...(sha256 ? { sha256 } : {}),
    ...(connections ? { connections } : {}),
    ...(hash ? { hash } : {}),
    ...(strict ? { strict } : {}),
    ...(fileName === undefined ? {} : { fileName }),
  };
  return runGet({ transfers, destination: '', resolveTarget, out }, rest, options);
}

try {
  process.exitCode = await run();
} catch (thrown) {
  process.exitCode = out.failed(thrown);
} finally {
  await transfers.close();
  feed?.close();
}
