import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DamagedData } from '../store/damage.ts';
import { keyLine, keyOfLine, readKeyFile, writeKeyFile } from './key-file.ts';

/** Keys of one installation, stored outside the database: a copy of the database alone is useless. */
export type Secrets = {
  /** HMAC-SHA-256 with a key derived for each purpose. */
  mac(purpose: string, ...parts: string[]): Buffer;
  seal(plain: string): string;
  /** @throws if the text was sealed with another key */
  unseal(sealed: string): string;
};

export function createSecrets(root: Buffer): Secrets {
  const key = (purpose: string) => createHmac('sha256', root).update(purpose).digest();
  const macKeys = new Map<string, Buffer>();
  const sealKey = key('seal');
  return {
    mac(purpose, ...parts) {
      const macKey = macKeys.get(purpose) ?? key(`mac:${purpose}`);
      macKeys.set(purpose, macKey);
      const mac = createHmac('sha256', macKey);
      for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part);
      return mac.digest();
    },
    seal(plain) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    unseal(sealed) {
      const raw = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', sealKey, raw.subarray(0, 12));
      decipher.setAuthTag(raw.subarray(12, 28));
      return Buffer.concat([decipher.update(raw.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}

/**
 * Reads the root key of the installation or creates it (mode 0600).
 * @param isNew whether the key may be absent
 * @throws DamagedData
 */
export async function loadSecrets(dataDir: string, isNew: boolean): Promise<Secrets> {
  const file = join(dataDir, 'service.key');
  const stored = await readKeyFile(file);
  // The first version stored the bare 32 bytes.
  if (stored?.length === 32) return createSecrets(stored);
  if (stored !== null) return createSecrets(keyOfLine(stored.toString('latin1').trimEnd(), file));
  if (!isNew) throw new DamagedData(file, 'is missing');
  const root = randomBytes(32);
  await writeKeyFile(file, keyLine(root));
  return createSecrets(root);
}
