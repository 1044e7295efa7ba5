import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DamagedData, requireFile } from '../store/damage.ts';

const KEY_BYTES = 32;
/** Checksum that detects a flipped bit in a stored key. */
const checkOf = (key: Buffer): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, 8);

/** A key and its checksum, as a line of a file. */
export const keyLine = (key: Buffer): string => `${key.toString('base64url')} ${checkOf(key)}\n`;

/** @throws DamagedData for a line that is not an intact key */
export function keyOfLine(line: string, file: string): Buffer {
  const [text = '', check] = line.split(' ');
  const key = Buffer.from(text, 'base64url');
  if (key.length !== KEY_BYTES || check !== checkOf(key))
    throw new DamagedData(file, 'holds a line that is not a key');
  return key;
}

/**
 * @returns null if the file does not exist
 * @throws DamagedData
 */
export async function readKeyFile(file: string): Promise<Buffer | null> {
  requireFile(file);
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new DamagedData(file, 'can’t be read', { cause: error });
  }
}

/**
 * Writes with mode 0600. Fsynced before the rename: data sealed with a lost key would be lost too.
 */
export async function writeKeyFile(file: string, data: string | Buffer): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  // Windows can’t sync a folder.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
