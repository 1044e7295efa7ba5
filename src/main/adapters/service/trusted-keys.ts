import { createMutex } from '../../../shared/mutex.ts';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../fs/atomic-write.ts';
import { hasErrno, saveError } from '../fs/errors.ts';
import * as z from 'zod';
import { DEMO_MANIFEST_KEY } from '../../../shared/api/demo-key.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TrustedKey } from '../../transfers/ports.ts';
import type { ServiceClient } from './client.ts';
import { checksum } from '../sqlite/kit.ts';
/**
 * Several transfers ask at once at the first use of a service: one after the other, so that they
 * see one and the same pin.
 */
const inTurn = createMutex();

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
  return inTurn(() => pinnedKeys(client, path.join(home, 'trusted-keys.json'), scope));
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
    throw new AppError('forbidden', 'The demo’s signing key comes with the app');
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
  return inTurn(async () => {
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
        'The service now uses other keys than those you reviewed',
      );
    const file = path.join(home, 'trusted-keys.json');
    await keep(file, { ...(await readPinned(file)), [scope]: offered });
  });
}

async function serviceKeys(client: ServiceClient): Promise<TrustedKey[]> {
  const { manifestKeys } = await client.api.getMeta({});
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
    throw saveError(thrown, 'The service’s signing keys can’t be saved');
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
      `The trusted keys in ${file} can’t be read. Move the file away to trust the keys the service uses now.`,
      { cause: thrown },
    );
  }
}
