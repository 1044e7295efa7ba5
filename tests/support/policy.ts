import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Shows a folder's files as root's, and on top of those of /etc, to one command alone. */
const UNDER = [
  'unshare',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  'mount -t overlay overlay -o "lowerdir=$0:/etc" /etc && exec "$@"',
];

/** What keeps a command from being run under a policy here; null for nothing. */
export const policyMissing: string | null =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0
    ? null
    : 'unshare (a mount namespace of its own)';

/**
 * What a command is begun with so that it finds a policy where the administrator's is: no option
 * names another place.
 *
 * @param folder of the test alone
 */
export function underPolicy(folder: string, policy: unknown): string[] {
  const etc = path.join(folder, 'etc');
  const place = path.join(etc, 'multimedia-desk');
  mkdirSync(place, { recursive: true });
  // Whatever the umask: what others may write isn't used.
  for (const one of [etc, place]) chmodSync(one, 0o755);
  const file = path.join(place, 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  chmodSync(file, 0o644);
  return [...UNDER, etc];
}
