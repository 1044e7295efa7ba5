import { createMutex } from '../../../shared/mutex.ts';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../fs/atomic-write.ts';
import { hasErrno, saveError } from '../fs/errors.ts';
import * as z from 'zod';
import { DEMO_MANIFEST_KEY } from '../../../shared/api/demo-key.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceKey, TrustedKey } from '../../transfers/ports.ts';
import type { ServiceClient } from './client.ts';
import { checksum } from '../sqlite/kit.ts';
/** Serialises access: at the first use of a service several transfers pin its keys at once. */
const mutex = createMutex();

const pinnedByOrigin = z.record(
  z.string(),
  z.array(z.object({ keyId: z.string(), publicKey: z.string() })),
);

/**
 * The checksum matters: a bit flip in an origin would pin whichever key is offered next. Files of
 * the first version have the bare record.
 */
const keyFile = z
  .object({ keys: pinnedByOrigin, checksum: z.number() })
  .refine(({ keys, checksum: sum }) => checksum(JSON.stringify(keys)) === sum)
  .transform(({ keys }) => keys)
  .or(pinnedByOrigin);

/**
 * Keys that may sign manifests of one service: the built-in one for the demo, else those pinned on
 * first use (TOFU). A manifest signed with any other key is `untrusted-key`.
 */
export function trustedKeys(
  client: ServiceClient,
  home: string,
  scope: string,
): Promise<TrustedKey[]> {
  if (scope === 'demo') return Promise.resolve([DEMO_MANIFEST_KEY]);
  return mutex(() => pinnedKeys(client, path.join(home, 'trusted-keys.json'), scope));
}

export type KeyChange = { origin: string; pinned: TrustedKey[]; offered: TrustedKey[] };

/**
 * Reads the pinned keys of a service and those it offers now.
 *
 * @throws `forbidden` for the demo, whose key is built in
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
 * Replaces the pinned keys with the offered ones, if those are still the ones that the user
 * reviewed.
 *
 * @throws `untrusted-key` if the service now offers others, or none
 */
export function acceptKeys(
  client: ServiceClient,
  home: string,
  scope: string,
  seen: readonly TrustedKey[],
): Promise<void> {
  return mutex(async () => {
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
        'The service now uses different keys from those you reviewed',
      );
    const file = path.join(home, 'trusted-keys.json');
    await writePinned(file, { ...(await readPinned(file)), [scope]: offered });
  });
}

async function serviceKeys(client: ServiceClient): Promise<TrustedKey[]> {
  const { manifestKeys } = await client.api.getMeta({});
  return manifestKeys.map(({ keyId, publicKey }) => ({ keyId, publicKey }));
}

/**
 * All keys pinned in this home, read offline. The demo's key is public, so it counts only in the
 * demo.
 */
export async function pinnedKeysOf(home: string, demo: boolean): Promise<ServiceKey[]> {
  const pinned = Object.entries(await readPinned(path.join(home, 'trusted-keys.json'))).flatMap(
    ([service, keys]) => keys.map((key) => ({ ...key, service })),
  );
  return demo ? [...pinned, { ...DEMO_MANIFEST_KEY, service: 'demo' }] : pinned;
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
  // Not pinned if empty: no key would ever be trusted then.
  if (keys.length > 0) await writePinned(file, { ...pinned, [scope]: keys });
  return keys;
}

/** Durable: after a power loss either the old or the new file is there. */
async function writePinned(file: string, pinned: z.infer<typeof pinnedByOrigin>): Promise<void> {
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

/**
 * Reads the pinned keys. A damaged file is an error, not a reason to trust whichever key is offered
 * now: a person has to move it away.
 */
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
