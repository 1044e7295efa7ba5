import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Addresses that are not of the public internet: this computer, local networks, shared and reserved
 * ranges, groups (IANA’s special-purpose registries, RFC 6890).
 */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4');
/** Of IPv6 only what is given out as public (RFC 4291 §2.4) is. */
const PUBLIC = new BlockList();
PUBLIC.addSubnet('2000::', 3, 'ipv6');
/** Addresses in which one of IPv4 stands: mapped, translated (RFC 6052), 6to4 (RFC 3056). */
const MAPPED = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/u;
const TRANSLATED = /^\[64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})\]$/u;
const SIX_TO_FOUR = /^\[2002:([\da-f]{0,4}):([\da-f]{0,4})[:\]]/u;
/** Teredo (RFC 4380), examples (RFC 3849, RFC 9637), ORCHID. */
const RESERVED = new BlockList();
RESERVED.addSubnet('2001::', 23, 'ipv6');
RESERVED.addSubnet('2001:db8::', 32, 'ipv6');
RESERVED.addSubnet('3fff::', 20, 'ipv6');

const isPrivateV4 = (address: string): boolean => PRIVATE.check(address, 'ipv4');

/** @param address of IPv4 or IPv6, without brackets; what is neither counts as private */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return isPrivateV4(address);
  // One of a network card, `fe80::1%eth0`, is local.
  if (family !== 6 || address.includes('%')) return true;
  const { hostname } = new URL(`http://[${address}]/`);
  const within = MAPPED.exec(hostname) ?? TRANSLATED.exec(hostname) ?? SIX_TO_FOUR.exec(hostname);
  if (within) {
    const [high = 0, low = 0] = within.slice(1).map((group) => Number.parseInt(group || '0', 16));
    return isPrivateV4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  return !PUBLIC.check(address, 'ipv6') || RESERVED.check(address, 'ipv6');
}

/** As `URL` serialises it: true for a literal address that isn't public. */
export const isPrivateLiteral = (hostname: string): boolean => {
  const bare = hostname.replace(/^\[(.*)\]$/u, '$1');
  return isIP(bare) !== 0 && isPrivateAddress(bare);
};

/** `code` of the error for a name that leads into the local network. */
export const PRIVATE_ADDRESS = 'EPRIVATE';

/**
 * Looks names up for a connection, and refuses one of which an address isn't public: what is looked
 * up is what is connected to, so that a name can't change in between.
 */
export const publicLookup =
  (resolve: LookupFunction = systemLookup): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      const isRefused = error === null && addresses.some(isPrivateAddress);
      if (!isRefused) callback(error, found, family);
      else
        callback(
          Object.assign(new Error(`${hostname} leads into the local network`), {
            code: PRIVATE_ADDRESS,
          }),
          [],
        );
    });
