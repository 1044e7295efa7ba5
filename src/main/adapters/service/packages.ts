import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../fs/atomic-write.ts';
import { hasErrno, saveError } from '../fs/errors.ts';
import * as z from 'zod';
import { DEMO_MANIFEST_KEY } from '../../../shared/api/demo-key.ts';
import { download, urlsAnswer } from '../../../shared/api/downloads.ts';
import { meta } from '../../../shared/api/meta.ts';
import type { SignedUrl } from '../../../shared/api/common.ts';
import { AppError } from '../../../shared/errors.ts';
import { isEmbargoAcknowledgement } from '../../../shared/model/rights.ts';
import type { AuthorisedUrl, PackageSource, TrustedKey } from '../../transfers/ports.ts';
import type { ServiceClient } from './client.ts';
import { checksum } from '../sqlite/kit.ts';

type WithToken = <T>(work: (token: string) => Promise<T>) => Promise<T>;

const toUrl = (wire: SignedUrl): AuthorisedUrl => ({
  fileId: wire.fileId,
  originId: wire.originId,
  url: wire.url,
  headers: wire.headers,
  expiresAtMs: Date.parse(wire.expiresAt),
  ranges: wire.ranges,
  etag: wire.etag,
  bytes: wire.bytes,
});
const pinnedByOrigin = z.record(
  z.string(),
  z.array(z.object({ keyId: z.string(), publicKey: z.string() })),
);
/**
 * Without the checksum a flipped bit in an origin would pin whatever key is offered next. The first
 * version had the record alone.
 */
const keyFile = z
  .object({ keys: pinnedByOrigin, checksum: z.number() })
  .refine(({ keys, checksum: sum }) => checksum(JSON.stringify(keys)) === sum)
  .transform(({ keys }) => keys)
  .or(pinnedByOrigin);

/**
 * Keys that may sign manifests of one service. The demo's is shipped; another service's are pinned
 * when first met, and only what is pinned counts from then on: a manifest signed by a changed key
 * is `untrusted-key`.
 */
export function trustedKeys(
  client: ServiceClient,
  home: string,
  scope: string,
): Promise<TrustedKey[]> {
  if (scope === 'demo') return Promise.resolve([DEMO_MANIFEST_KEY]);
  const keys = turn.then(() => pinnedKeys(client, path.join(home, 'trusted-keys.json'), scope));
  turn = keys.catch(() => undefined);
  return keys;
}

export type KeyChange = { origin: string; pinned: TrustedKey[]; offered: TrustedKey[] };

/**
 * What is pinned of a service, and what it names now. @throws `forbidden` for the demo, whose key
 * is shipped.
 */
export async function keyChange(
  client: ServiceClient,
  home: string,
  scope: string,
): Promise<KeyChange> {
  if (scope === 'demo')
    throw new AppError('forbidden', 'The key of the demo is shipped with the program');
  const pinned = await readPinned(path.join(home, 'trusted-keys.json'));
  return { origin: scope, pinned: pinned[scope] ?? [], offered: await serviceKeys(client) };
}

/**
 * Trusts the keys that the service names now in place of those that were pinned, if they are still
 * the ones that a person has looked at.
 * @throws `untrusted-key` when the service names others meanwhile, or none
 */
export function acceptKeys(
  client: ServiceClient,
  home: string,
  scope: string,
  seen: readonly TrustedKey[],
): Promise<void> {
  const accepted = turn.then(async () => {
    const { offered } = await keyChange(client, home, scope);
    const isSame =
      offered.length > 0 &&
      offered.length === seen.length &&
      offered.every(({ keyId, publicKey }) =>
        seen.some((key) => key.keyId === keyId && key.publicKey === publicKey),
      );
    if (!isSame)
      throw new AppError(
        'untrusted-key',
        'The service names other keys than those that were looked at',
      );
    const file = path.join(home, 'trusted-keys.json');
    await keep(file, { ...(await readPinned(file)), [scope]: offered });
  });
  turn = accepted.catch(() => undefined);
  return accepted;
}

async function serviceKeys(client: ServiceClient): Promise<TrustedKey[]> {
  const { manifestKeys } = await client.call({ method: 'GET', path: '/meta', answer: meta });
  return manifestKeys.map(({ keyId, publicKey }) => ({ keyId, publicKey }));
}

/**
 * All keys pinned in this home, of whichever service; asks nobody. The demo's is nobody's secret:
 * it counts only where the demo is used.
 */
export async function pinnedKeysOf(home: string, demo: boolean): Promise<TrustedKey[]> {
  const pinned = Object.values(await readPinned(path.join(home, 'trusted-keys.json'))).flat();
  return demo ? [...pinned, DEMO_MANIFEST_KEY] : pinned;
}

/**
 * Several transfers ask at once at the first use of a service: one after the other, so that they
 * see one and the same pin.
 */
let turn: Promise<unknown> = Promise.resolve();

async function pinnedKeys(
  client: ServiceClient,
  file: string,
  scope: string,
): Promise<TrustedKey[]> {
  const pinned = await readPinned(file);
  const known = pinned[scope];
  if (known) return known;
  const keys = await serviceKeys(client);
  // A service that names none yet is asked again: nothing pinned would be nothing trusted for good.
  if (keys.length > 0) await keep(file, { ...pinned, [scope]: keys });
  return keys;
}

/**
 * On the medium before it takes the old one's place: after a power cut there is the one or the
 * other.
 */
async function keep(file: string, pinned: z.infer<typeof pinnedByOrigin>): Promise<void> {
  try {
    await writeFileAtomic(
      file,
      JSON.stringify({ keys: pinned, checksum: checksum(JSON.stringify(pinned)) }, null, 2),
      { durable: true },
    );
  } catch (thrown) {
    throw saveError(thrown, 'The signing keys of the service can’t be saved');
  }
}

/** A damaged file is no reason to trust whoever answers now: it takes a person to move it away. */
async function readPinned(file: string): Promise<z.infer<typeof pinnedByOrigin>> {
  try {
    return keyFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return {};
    throw new AppError(
      'untrusted-key',
      `The trusted keys in ${file} cannot be read. Move the file away to trust the keys that the service names now.`,
      { cause: thrown },
    );
  }
}

/**
 * Manifests have five levels. Much deeper ones overflow the stack when serialised or cloned to
 * another thread.
 */
const MAX_MANIFEST_LEVELS = 100;

/** Breadth-first, without recursion. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let open = [value];
  for (let level = 0; level <= levels && open.length > 0; level++) {
    open = open.flatMap((one): unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  }
  return open.length > 0;
}

/** What of packages is one service's. */
export type ServiceSource = Omit<PackageSource, 'keptKeys'>;

/** Packages of the service, for who is signed in. */
export function createPackageSource(
  client: ServiceClient,
  withToken: WithToken,
  keys: () => Promise<TrustedKey[]>,
  newKey: () => string,
): ServiceSource {
  return {
    manifest: async (packageId, rev) => {
      const manifest = await withToken((token) =>
        client.call({
          method: 'GET',
          path: `/packages/${encodeURIComponent(packageId)}/manifest`,
          query: { rev },
          token,
          answer: z.unknown(),
        }),
      );
      if (isDeeperThan(MAX_MANIFEST_LEVELS, manifest))
        throw new AppError(
          'manifest-invalid',
          `The manifest is not valid: it has more than ${MAX_MANIFEST_LEVELS} levels`,
          { retryable: false },
        );
      return manifest;
    },
    trustedKeys: keys,
    authorise: async ({ packageId, rev, fileIds, acknowledge }) => {
      const idempotencyKey = newKey();
      // The consent to an embargo is ours: the service knows restrictions.
      const restrictions = acknowledge.filter((id) => !isEmbargoAcknowledgement(id));
      const body = {
        packageId,
        rev,
        fileIds,
        ...(restrictions.length > 0 ? { acknowledge: restrictions } : {}),
      };
      const answer = await withToken((token) =>
        client.call({
          method: 'POST',
          path: '/downloads',
          token,
          idempotencyKey,
          body,
          answer: download,
        }),
      );
      return {
        downloadId: answer.downloadId,
        maxParallel: answer.maxParallel,
        urls: answer.urls.map(toUrl),
      };
    },
    renew: async (downloadId, fileIds, excludeOriginIds = []) => {
      const body = { fileIds, ...(excludeOriginIds.length > 0 ? { excludeOriginIds } : {}) };
      const answer = await withToken((token) =>
        client.call({
          method: 'POST',
          path: `/downloads/${encodeURIComponent(downloadId)}/urls`,
          token,
          body,
          answer: urlsAnswer,
        }),
      );
      return answer.urls.map(toUrl);
    },
  };
}
