import path from 'node:path';
import type { Disk, DiskEntry, DiskFile } from '../../../src/main/transfers/ports.ts';
import { AppError } from '../../../src/shared/errors.ts';

const BLOCK = 4096;
/** `bytes` is the page cache, `medium` the content at the last fsync. */
type Inode = { bytes: Buffer; medium: Buffer };
type Names = Map<string, Inode>;
/** Names that change in one step; null for a deleted one. */
type Change = [name: string, inode: Inode | null][];

function apply(names: Names, change: Change): void {
  for (const [name, inode] of change) {
    if (inode) names.set(name, inode);
    else names.delete(name);
  }
}

const missing = (name: string) => new AppError('destination-missing', `${name}: ENOENT`);

/**
 * Each unsynced block keeps its new or its old bytes, or zeros if there were none; the length is
 * the new or the old one.
 */
function afterLoss({ bytes, medium }: Inode, random: () => number): Inode {
  const left = Buffer.alloc(random() < 0.5 ? bytes.length : medium.length);
  for (let at = 0; at < left.length; at += BLOCK) {
    const source = random() < 0.5 ? bytes : medium;
    left.set(source.subarray(at, Math.min(at + BLOCK, left.length)), at);
  }
  return { bytes: left, medium: Buffer.from(left) };
}

/**
 * A disk in memory that distinguishes the page cache from the medium, so that a test can cut the
 * power at any moment.
 */
export class PowerDisk implements Disk {
  #names: Names = new Map();
  #mediumNames: Names = new Map();
  /**
   * Changes of names since the last fsync of a folder, in order: a journalling file system loses
   * the last ones.
   */
  #changes: Change[] = [];
  readonly #folders = new Set<string>(['/']);
  readonly #boot: number;
  /** Called before and after each change; for a change of length only after it. */
  onChange: (what: 'name' | 'write' | 'length' | 'sync', name: string) => void = () => {};

  constructor(boot = 1) {
    this.#boot = boot;
  }

  /** The disk as found after a power loss at this moment; nothing here changes. */
  afterPowerLoss(random: () => number): PowerDisk {
    const after = new PowerDisk(this.#boot + 1);
    const names = new Map(this.#mediumNames);
    for (const change of this.#changes.slice(0, Math.floor(random() * (this.#changes.length + 1))))
      apply(names, change);
    after.#take(names, this.#folders, (inode) => afterLoss(inode, random));
    after.#mediumNames = new Map(after.#names);
    return after;
  }

  /** The disk as found after a kill at this moment; nothing here changes. */
  afterKill(): PowerDisk {
    const after = new PowerDisk(this.#boot);
    const copies = after.#take(this.#names, this.#folders, ({ bytes, medium }) => ({
      bytes: Buffer.from(bytes),
      medium,
    }));
    const copyOf = (inode: Inode): Inode => copies.get(inode) ?? inode;
    after.#mediumNames = new Map(
      [...this.#mediumNames].map(([name, inode]) => [name, copyOf(inode)]),
    );
    after.#changes = this.#changes.map((change) =>
      change.map(([name, inode]) => [name, inode && copyOf(inode)]),
    );
    return after;
  }

  #take(
    names: Names,
    folders: ReadonlySet<string>,
    copy: (inode: Inode) => Inode,
  ): Map<Inode, Inode> {
    const copies = new Map<Inode, Inode>();
    for (const [name, inode] of names) {
      const copied = copies.get(inode) ?? copy(inode);
      copies.set(inode, copied);
      this.#names.set(name, copied);
    }
    for (const folder of folders) this.#folders.add(folder);
    return copies;
  }

  /** Names of all files with the content a program reads. */
  contents(): Map<string, Buffer> {
    return new Map([...this.#names].map(([name, { bytes }]) => [name, bytes]));
  }

  /** Adds a file that was always there. */
  put(name: string, bytes: Buffer): void {
    const inode = { bytes, medium: bytes };
    this.#names.set(name, inode);
    this.#mediumNames.set(name, inode);
  }

  async open(name: string, mode: 'read' | 'write' | 'new'): Promise<DiskFile> {
    if (mode === 'new') {
      if (this.#names.has(name)) throw new AppError('exists', name);
      if (!this.#folders.has(path.dirname(name))) throw missing(name);
      const inode = { bytes: Buffer.alloc(0), medium: Buffer.alloc(0) };
      this.#change([[name, inode]]);
    }
    const inode = this.#names.get(name);
    if (!inode) throw missing(name);
    return this.#fileOf(inode, name);
  }

  async entry(name: string): Promise<DiskEntry | null> {
    const inode = this.#names.get(name);
    if (inode) return { kind: 'file', bytes: inode.bytes.length };
    return this.#folders.has(name) ? { kind: 'folder', bytes: 0 } : null;
  }

  async move(from: string, to: string): Promise<void> {
    const inode = this.#names.get(from);
    if (!inode) throw missing(from);
    if (this.#names.has(to)) throw new AppError('exists', to);
    this.#change([
      [from, null],
      [to, inode],
    ]);
  }

  async replace(from: string, to: string): Promise<void> {
    const inode = this.#names.get(from);
    if (!inode) throw missing(from);
    this.#change([
      [from, null],
      [to, inode],
    ]);
  }

  async copy(from: string, to: string): Promise<void> {
    const inode = this.#names.get(from);
    if (!inode) throw missing(from);
    this.#change([[to, { bytes: Buffer.from(inode.bytes), medium: Buffer.alloc(0) }]]);
  }

  async entries(folder: string): Promise<{ name: string; kind: 'file' | 'folder' }[]> {
    const inside = (name: string) => path.dirname(name) === folder && name !== '/';
    const found = [
      ...[...this.#names.keys()]
        .filter(inside)
        .map((name) => ({ name: path.basename(name), kind: 'file' as const })),
      ...[...this.#folders]
        .filter(inside)
        .map((name) => ({ name: path.basename(name), kind: 'folder' as const })),
    ];
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *list(folder: string): AsyncGenerator<{ name: string; kind: 'file' | 'folder' }> {
    yield* await this.entries(folder);
  }

  async remove(name: string): Promise<void> {
    if (this.#names.has(name)) this.#change([[name, null]]);
  }

  async makeFolder(folder: string): Promise<void> {
    for (let at = folder; !this.#folders.has(at); at = path.dirname(at)) this.#folders.add(at);
  }

  async removeEmptyFolder(): Promise<void> {}

  async syncFolder(folder: string): Promise<void> {
    this.onChange('sync', folder);
    for (const change of this.#changes.splice(0)) apply(this.#mediumNames, change);
    this.onChange('sync', folder);
  }

  async realPath(name: string): Promise<string> {
    if (!this.#folders.has(name) && !this.#names.has(name)) throw missing(name);
    return name;
  }

  async freeBytes(): Promise<number> {
    return 2 ** 40;
  }
  async maxFileBytes(): Promise<null> {
    return null;
  }
  bootId(): string {
    return `boot ${this.#boot}`;
  }

  #change(change: Change): void {
    this.onChange('name', change[0]?.[0] ?? '');
    apply(this.#names, change);
    this.#changes.push(change);
    this.onChange('name', change[0]?.[0] ?? '');
  }

  #fileOf(inode: Inode, name: string): DiskFile {
    const resize = (bytes: number) => {
      const resized = Buffer.alloc(bytes);
      inode.bytes.copy(resized);
      inode.bytes = resized;
    };
    return {
      write: async (chunks, position) => {
        this.onChange('write', name);
        const bytes = Buffer.concat(chunks);
        if (position + bytes.length > inode.bytes.length) resize(position + bytes.length);
        bytes.copy(inode.bytes, position);
        this.onChange('write', name);
      },
      read: async (into, position) =>
        inode.bytes.copy(into, 0, position, position + into.byteLength),
      truncate: async (bytes) => {
        resize(bytes);
        this.onChange('length', name);
      },
      sync: async () => {
        this.onChange('sync', name);
        const claimed = Buffer.from(inode.bytes);
        // As long as a disk takes: writes that come meanwhile are not part of this fsync.
        await new Promise((resolve) => setTimeout(resolve, 2));
        inode.medium = claimed;
        this.onChange('sync', name);
      },
      realPath: () => name,
      close: async () => {},
    };
  }
}
