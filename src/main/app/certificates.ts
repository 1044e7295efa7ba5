import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientIdentity } from '../adapters/http/tls-trust.ts';
import { AppError } from '../../shared/errors.ts';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/gu;

/** @throws `not-found` */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw new AppError('not-found', `${file} can’t be read`, { cause: thrown });
  }
}

/**
 * The certificates of a PEM document.
 *
 * @param name of its file, for people
 * @throws `usage` if there is none
 */
export function certificatesIn(text: string, name: string): X509Certificate[] {
  const found = (text.match(PEM) ?? []).flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
  if (found.length > 0) return found;
  throw new AppError(
    'usage',
    `${name} has no certificate. Choose a file in PEM format: it begins with -----BEGIN CERTIFICATE-----`,
  );
}

/** @throws `usage` if there is none, `not-found` */
export const readCertificates = async (file: string): Promise<X509Certificate[]> =>
  certificatesIn((await readBytes(file)).toString('latin1'), path.basename(file));

/** What tells a host who we are, from a file with certificate and key. */
export function identityOf(bytes: Buffer, passphrase: string | null): ClientIdentity {
  const text = bytes.toString('latin1');
  return {
    ...(text.includes('-----BEGIN ') ? { cert: text, key: text } : { pfx: bytes }),
    ...(passphrase === null ? {} : { passphrase }),
  };
}
