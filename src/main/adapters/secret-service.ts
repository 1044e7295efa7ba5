import type { MessageBus } from 'dbus-native';
import { existsSync } from 'node:fs';

/** How long the Secret Service may take for a property that it has in memory, ms. */
const ANSWER_MS = 2_000;

/**
 * The session bus as D-Bus clients find it: the address in the environment, else the socket of the
 * user's runtime folder.
 */
function busAddress(): string | null {
  const named = process.env['DBUS_SESSION_BUS_ADDRESS'];
  if (named) return named;
  const socket = `${process.env['XDG_RUNTIME_DIR'] ?? ''}/bus`;
  return existsSync(socket) ? `unix:path=${socket}` : null;
}

/**
 * Reads the `Locked` property of the default collection (Secret Service API 0.2), which opens no
 * prompt.
 * @returns `unknown` where there is no bus, no such service or no such collection; `unanswered`
 * where the service is there and silent.
 */
export async function collectionState(): Promise<'locked' | 'unlocked' | 'unknown' | 'unanswered'> {
  const address = busAddress();
  if (address === null) return 'unknown';
  const { createClient, TimeoutError, variantValue } = (await import('dbus-native')).default;
  let bus: MessageBus | null = null;
  try {
    bus = createClient({ busAddress: address });
    // A bus that cannot be reached is an event of the connection; the calls then fail too.
    bus.connection.on('error', () => undefined);
    const collection = await ask<string>(
      bus,
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service',
      'ReadAlias',
      ['default'],
    );
    if (collection === '/') return 'unknown';
    const locked = await ask<unknown>(bus, collection, 'org.freedesktop.DBus.Properties', 'Get', [
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

const ask = async <T>(
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
    { timeout: ANSWER_MS },
  );
