import { foldedName, pathFault, type NameFault } from './file-name.ts';

/** Whether a folded component at this depth is reserved for our own files. */
export type IsTaken = (folded: string, depth: number) => boolean;
/** Long synchronous work split at `yield`; see `inSteps`. */
export type Steps<T> = Generator<undefined, T, undefined>;

const PART = '.part';
/** Names processed per step. */
export const STEP = 64;

export const depthOf = (folded: string): number => folded.split('/').length - 1;

/** Folded paths of files and of those ancestors that could collide with a file. */
export class NameSet {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  /** Depths at which files lie; only there can a folder and a file collide. */
  readonly #depths: ReadonlySet<number>;

  constructor(depths: ReadonlySet<number>) {
    this.#depths = depths;
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  addFile(file: string): void {
    this.#files.add(file);
  }

  addFoldersOf(file: string): void {
    for (const folder of this.foldersOf(file)) this.#folders.add(folder);
  }

  /** Its ancestors at the depths of files. */
  *foldersOf(file: string): Generator<string> {
    let depth = 0;
    for (let at = file.indexOf('/'); at !== -1; at = file.indexOf('/', at + 1))
      if (this.#depths.has(depth++)) yield file.slice(0, at);
  }

  /** Whether it is the partial file of another one. */
  isPart(path: string): boolean {
    return path.endsWith(PART) && this.#files.has(path.slice(0, -PART.length));
  }

  takesFolder(folder: string): boolean {
    return !this.#files.has(folder) && !this.isPart(folder);
  }

  takesFile(file: string): boolean {
    return (
      this.takesFolder(file) &&
      ![file + PART, file].some((path) => this.#folders.has(path) || this.#files.has(path))
    );
  }
}

/**
 * The first path that must not be written, with its reason, or null if all may be: besides the
 * faults of one path, two paths that some file system takes for one, a file where another path
 * needs a folder, a partial file of another, and names that are taken.
 */
export function* pathsFault(
  paths: readonly string[],
  isTaken: IsTaken = () => false,
): Steps<{ path: string; fault: NameFault } | null> {
  const depths = new Set<number>();
  const names = new NameSet(depths);
  const folded: string[] = [];
  for (const [at, path] of paths.entries()) {
    if (at % STEP === STEP - 1) yield;
    const fault = pathFault(path);
    if (fault) return { path, fault };
    const file = foldedName(path);
    if (file.split('/').some((component, depth) => isTaken(component, depth)))
      return { path, fault: 'taken' };
    if (names.has(file)) return { path, fault: 'duplicate' };
    names.addFile(file);
    depths.add(depthOf(file));
    folded.push(file);
  }
  for (const [at, path] of paths.entries()) {
    if (at % STEP === STEP - 1) yield;
    const file = folded[at] ?? '';
    if (
      names.isPart(file) ||
      [...names.foldersOf(file)].some((folder) => !names.takesFolder(folder))
    )
      return { path, fault: 'duplicate' };
  }
  return null;
}
