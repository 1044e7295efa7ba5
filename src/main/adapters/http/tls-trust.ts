import tls, { type SecureContext, type SecureContextOptions } from 'node:tls';

/** A certificate with its key: PEM, or PKCS #12 (RFC 7292). */
export type ClientIdentity = { passphrase?: string } & (
  | { cert: string; key: string }
  | { pfx: Uint8Array }
);

/** Whom TLS trusts beside the system's authorities, and who we are to a host. */
export type TlsTrust = {
  /** Certificate authorities, PEM. */
  ca?: readonly string[];
  /** For this host. */
  client?: ClientIdentity;
};

const listed = (kind: 'default' | 'system'): readonly string[] => {
  try {
    return tls.getCACertificates(kind);
  } catch {
    // What a build of Node can't read is left out.
    return [];
  }
};

/** The authorities that Node brings, and what the system has beside them. */
type Authorities = { usual: readonly string[]; more: readonly string[] };
let system: Authorities | null = null;

/** Read once in each thread. */
function systemAuthorities(): Authorities {
  if (system === null) {
    const usual = new Set(listed('default'));
    const more = [...new Set(listed('system'))].filter((one) => !usual.has(one));
    system = { usual: [...usual], more };
  }
  return system;
}

/** As `tls.createSecureContext` takes it: across threads a Buffer is none any more. */
export const asContextOptions = (client: ClientIdentity): SecureContextOptions =>
  'pfx' in client ? { ...client, pfx: Buffer.from(client.pfx) } : client;

type TlsOptions = { secureContext?: SecureContext };
const known = new WeakMap<TlsTrust, TlsOptions>();

/** As `tls.connect` takes it. Made once: some hundred authorities take some ten ms to read. */
export function tlsOptionsOf(trust: TlsTrust): TlsOptions {
  const options = known.get(trust) ?? optionsOf(trust);
  known.set(trust, options);
  return options;
}

function optionsOf({ ca = [], client }: TlsTrust): TlsOptions {
  const { usual, more } = systemAuthorities();
  if (more.length === 0 && ca.length === 0 && client === undefined) return {};
  const authorities = { ca: [...usual, ...more, ...ca] };
  return {
    secureContext: tls.createSecureContext({
      ...authorities,
      ...(client && asContextOptions(client)),
    }),
  };
}
