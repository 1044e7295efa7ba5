import { AppError } from '../../../shared/errors.ts';
import type { Disk } from '../ports.ts';

/** How much room is missing travels with `disk-full`. */
export class NoRoom extends AppError {
  readonly shortBytes: number;

  constructor(folder: string, shortBytes: number) {
    super('disk-full', `${shortBytes} bytes are missing on the volume of ${folder}`, {
      retryable: true,
    });
    this.shortBytes = shortBytes;
  }
}

/** Throws `NoRoom` if the volume of the folder does not have so many bytes left. */
export async function needRoom(disk: Disk, folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await disk.freeBytes(folder);
  if (neededBytes > freeBytes) throw new NoRoom(folder, neededBytes - freeBytes);
}

/**
 * Keeps a record that may be older. The home's volume may be full while the destination's is not:
 * more is fetched again, and that is all.
 */
export function unlessFull(save: () => void): void {
  try {
    save();
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'disk-full')) throw thrown;
  }
}
