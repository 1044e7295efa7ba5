import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { foldedName } from '../../../shared/model/names.ts';
import type { Disk, DiskFile } from '../ports.ts';

/**
 * The disk as a transfer may change it: only below its destination. Others may write to a shared
 * destination, and put a link in the place of a folder at any time, so the real path is checked
 * before each change. A file that is opened for writing is checked once more where the system tells
 * its path; a rename or copy has only the moment between the two calls. Reading follows links.
 * @throws `not-permitted` for a folder that leads out of the destination
 */
export class ConfinedDisk implements Disk {
  readonly #disk: Disk;
  readonly #destination: string;
  #root: Promise<string> | null = null;

  constructor(disk: Disk, destination: string) {
    this.#disk = disk;
    this.#destination = destination;
  }

  async open(name: string, mode: 'read' | 'write' | 'new'): Promise<DiskFile> {
    if (mode === 'read') return this.#disk.open(name, mode);
    const folder = await this.#requireInside(path.dirname(name));
    const file = await this.#disk.open(name, mode);
    const real = file.realPath();
    // Folded, since a path is told as it was spelled when it was first looked up.
    if (real === null || foldedName(real) === foldedName(path.join(folder, path.basename(name))))
      return file;
    await file.close();
    if (mode === 'new') await this.#disk.remove(real);
    throw this.#leadsOut(path.dirname(name));
  }

  async move(from: string, to: string): Promise<void> {
    await this.#requireInside(path.dirname(to));
    await this.#disk.move(from, to);
  }

  async replace(from: string, to: string): Promise<void> {
    await this.#requireInside(path.dirname(to));
    await this.#disk.replace(from, to);
  }

  async copy(from: string, to: string): Promise<void> {
    await this.#requireInside(path.dirname(to));
    await this.#disk.copy(from, to);
  }

  /** What lies outside is not a file of this transfer: it stays. */
  async remove(name: string): Promise<void> {
    if (await this.#isInside(path.dirname(name))) await this.#disk.remove(name);
  }

  async removeEmptyFolder(name: string): Promise<void> {
    if (await this.#isInside(path.dirname(name))) await this.#disk.removeEmptyFolder(name);
  }

  /** The destination itself is never created: its volume may be unmounted. */
  async makeFolder(folder: string): Promise<void> {
    let above = folder;
    while (above.length > this.#destination.length && (await this.#realPathOf(above)) === null)
      above = path.dirname(above);
    await this.#requireInside(above);
    if (above === folder) return;
    await this.#disk.makeFolder(folder);
    await this.#requireInside(folder);
  }

  entry: Disk['entry'] = (name) => this.#disk.entry(name);
  entries: Disk['entries'] = (folder) => this.#disk.entries(folder);
  list: Disk['list'] = (folder) => this.#disk.list(folder);
  syncFolder: Disk['syncFolder'] = (folder) => this.#disk.syncFolder(folder);
  realPath: Disk['realPath'] = (name) => this.#disk.realPath(name);
  freeBytes: Disk['freeBytes'] = (folder) => this.#disk.freeBytes(folder);
  maxFileBytes: Disk['maxFileBytes'] = (folder) => this.#disk.maxFileBytes(folder);
  bootId: Disk['bootId'] = () => this.#disk.bootId();

  /** @returns its real path */
  async #requireInside(folder: string): Promise<string> {
    const real = await this.#disk.realPath(folder);
    if (await this.#contains(real)) return real;
    throw this.#leadsOut(folder);
  }

  async #isInside(folder: string): Promise<boolean> {
    const real = await this.#realPathOf(folder);
    return real !== null && (await this.#contains(real));
  }

  /** Resolved once: what takes its place later is another folder. */
  async #contains(real: string): Promise<boolean> {
    this.#root ??= this.#disk.realPath(this.#destination);
    const root = await this.#root;
    return real === root || real.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
  }

  /** Null if nothing is there. */
  async #realPathOf(name: string): Promise<string | null> {
    try {
      return await this.#disk.realPath(name);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'destination-missing') return null;
      throw thrown;
    }
  }

  #leadsOut(folder: string): AppError {
    return new AppError('not-permitted', `${folder} leads out of ${this.#destination}`, {
      retryable: false,
    });
  }
}
