import type { MessageBus } from 'dbus-native';
import { existsSync } from 'node:fs';

/** Timeout for a property that the Secret Service holds in memory, ms. */
const TIMEOUT_MS = 2_000;

/**
 * Address of the session bus: from the environment, else the socket in the user's runtime folder.
 */
function busAddress(): string | null {
  const named = process.env['DBUS_SESSION_BUS_ADDRESS'];
  if (named) return named;
  const socket = `${process.env['XDG_RUNTIME_DIR'] ?? ''}/bus`;
  return existsSync(socket) ? `unix:path=${socket}` : null;
}

/**
 * Reads the `Locked` property of the default collection (Secret Service API 0.2), without a prompt.
 *
 * @returns `unknown` if there is no bus, service or collection; `unanswered` if the service does
 * not respond
 */
export async function collectionState(): Promise<'locked' | 'unlocked' | 'unknown' | 'unanswered'> {
  const address = busAddress();
  if (address === null) return 'unknown';
  const { createClient, TimeoutError, variantValue } = (await import('dbus-native')).default;
  let bus: MessageBus | null = null;
  try {
    bus = createClient({ busAddress: address });
    // An unreachable bus emits `error` on the connection; the calls then reject too.
    bus.connection.on('error', () => undefined);
    const collection = await call<string>(
      bus,
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service',
      'ReadAlias',
      ['default'],
    );
    if (collection === '/') return 'unknown';
    const locked = await call<unknown>(bus, collection, 'org.freedesktop.DBus.Properties', 'Get', [
      'org.freedesktop.Secret.Collection',
      'Locked',
    ]);
    return variantValue<boolean>(locked) ? 'locked' : 'unlocked';
  } catch (thrown) {
    return thrown instanceof TimeoutError ? 'unanswered' : 'unknown';
  } finally {
    void bus?.close().catch(() => undefined);
  }
}

const call = async <T>(
  bus: MessageBus,
  path: string,
  iface: string,
  member: string,
  body: string[],
): Promise<T> =>
  bus.invoke<T>(
    {
      destination: 'org.freedesktop.secrets',
      path,
      interface: iface,
      member,
      signature: 's'.repeat(body.length),
      body,
    },
    { timeout: TIMEOUT_MS },
  );
