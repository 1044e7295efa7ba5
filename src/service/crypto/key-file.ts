import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** @returns null where there is no such file */
export async function readKeyFile(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Readable by the owner only. Fsynced before the rename: data made with a lost key is lost too. */
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
  // Windows cannot sync a folder.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
