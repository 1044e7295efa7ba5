import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { command } from './define.ts';
import { MAX_CERTIFICATES_CHARACTERS } from '../model/document-limits.ts';
import { instant } from './common.ts';

/** One part of the way to the service. */
const HOPS = ['name', 'proxy', 'tls', 'service', 'servers', 'sources'] as const;
export type HopKind = (typeof HOPS)[number];

/** What a host shows of itself. */
const certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** Names it is for. */
  names: z.array(z.string()),
  /** SHA-256, hexadecimal. */
  fingerprint: z.string(),
  validFrom: instant,
  validTo: instant,
});

export const hop = z.object({
  kind: z.enum(HOPS),
  /** `none`: there is nothing to be tested, such as no proxy. `not-reached`: one before it fails. */
  state: z.enum(['ok', 'failed', 'not-reached', 'none']),
  /** What it took; null if it wasn't tried. */
  ms: z.number().nullable(),
  /** Hosts it is about; of `servers` and `sources` all of them, of a proxy `host:port`. */
  hosts: z.array(z.string()),
  /** Of `name` the addresses found; of `service` the version of its interface; of `proxy` the user. */
  found: z.array(z.string()),
  /** Who has chosen the proxy. */
  by: z.enum(['settings', 'script', 'system', 'environment']).nullable(),
  /** Hosts that can't be reached. */
  failed: z.array(z.string()),
  code: z.enum(ERROR_CODES).nullable(),
  /** Why, of `tls`. */
  fault: z
    .enum([
      'untrusted',
      'inspected',
      'expired',
      'not-yet-valid',
      'other-name',
      'certificate-wanted',
    ])
    .nullable(),
  /** In English, for IT. */
  detail: z.string().nullable(),
  certificate: certificate.nullable(),
});
export type Hop = z.infer<typeof hop>;

export const connectionTest = z.object({
  at: instant,
  ms: z.number(),
  /** Host that was to be reached; null where no service is set up. */
  host: z.string().nullable(),
  hops: z.array(hop),
});
export type ConnectionTest = z.infer<typeof connectionTest>;

const proxyName = z.string().min(1).max(300);
const certificateFile = z.object({
  file: z.string(),
  /** Whose it is; empty where the file can't be read. */
  names: z.array(z.string()),
  /** When the first of them ends, ms since 1970. */
  validUntil: z.number().nullable(),
  /** Why it isn't used; null if it is. */
  fault: z.string().nullable(),
});
export type CertificateFile = z.infer<typeof certificateFile>;

/** Where a secret is: what isn't `kept` is forgotten when the program ends. */
const secretState = z.enum(['kept', 'locked', 'absent']);
export type SecretState = z.infer<typeof secretState>;

export const networkArea = {
  /** Tests the way to the service, part by part, and to what else was reached before. */
  'network.test': command(z.void(), connectionTest),
  /** The report of a test as text, to be sent to those who run the network. */
  'network.report': command(
    z.strictObject({ test: connectionTest }),
    z.object({ text: z.string(), name: z.string() }),
  ),
  /**
   * The proxies that may be in use, each with the user that is known for it; passwords stay in the
   * keychain.
   */
  'network.logins': command(
    z.void(),
    z.object({ items: z.array(z.object({ proxy: proxyName, user: z.string().nullable() })) }),
  ),
  /** Keeps user and password for a proxy (`host:port`) in the keychain; null forgets them. */
  'network.set-login': command(
    z.strictObject({
      proxy: proxyName,
      login: z
        .strictObject({ user: z.string().min(1).max(256), password: z.string().max(1024) })
        .nullable(),
    }),
    secretState,
  ),
  /** What the files of the settings say. */
  'network.certificates': command(
    z.void(),
    z.object({
      authorities: z.array(certificateFile),
      clients: z.array(certificateFile.extend({ host: z.string() })),
    }),
  ),
  /** Trusts the authorities of a PEM document beside the system's. @throws `usage` if it has none */
  'network.add-authority': command(
    z.strictObject({ text: z.string().max(MAX_CERTIFICATES_CHARACTERS) }),
    z.void(),
  ),
  /** No longer trusts the authorities of a file of the settings. */
  'network.remove-authority': command(z.strictObject({ file: z.string().max(4096) }), z.void()),
  /** Shows a host the certificate of a file. @throws `usage` if it can't be used, `not-found` */
  'network.set-client-certificate': command(
    z.strictObject({
      host: z.string().trim().min(1).max(255),
      /** Null for none any more. */
      file: z.string().max(4096).nullable(),
      passphrase: z.string().max(1024).nullable(),
    }),
    secretState,
  ),
} as const;
