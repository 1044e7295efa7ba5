import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const cache = path.resolve(import.meta.dirname, '../../.cache/server-package');
/** What the package needs of Debian beside what is always there, and a reader of manuals. */
const PACKAGES = 'man-db,systemd-standalone-sysusers';
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

const isThere = (command: string): boolean =>
  spawnSync('which', [command], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } }).status === 0;

/** Why there can be no Debian of its own here; empty if there can. */
export const whyNoRoot =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'needs root'
    : isThere('debootstrap')
      ? ''
      : 'no debootstrap here';

/** Release and mirror of this computer's own Debian. */
function mirror(): { suite: string; url: string } {
  const os = readFileSync('/etc/os-release', 'utf8');
  const sources = ['/etc/apt/sources.list', ...readdirSync('/etc/apt/sources.list.d')]
    .map((name) => path.resolve('/etc/apt/sources.list.d', name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return {
    suite: /^VERSION_CODENAME=(\w+)/mu.exec(os)?.[1] ?? 'stable',
    url:
      /^(?:URIs:|deb)\s.*?(https?:\S+debian\/?)(?=\s|$)/mu.exec(sources)?.[1] ??
      'http://deb.debian.org/debian',
  };
}

/** A minimal Debian, made once and kept. */
function template(): string {
  const made = path.join(cache, 'root');
  if (existsSync(made)) return made;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(path.join(cache, 'new-'));
  const { suite, url } = mirror();
  const { status, stdout, stderr } = spawnSync(
    'debootstrap',
    ['--variant=minbase', `--include=${PACKAGES}`, suite, fresh, url],
    { encoding: 'utf8', env: { PATH } },
  );
  if (status !== 0) throw new Error(`debootstrap: ${stdout.slice(-2000)} ${stderr}`);
  renameSync(fresh, made);
  return made;
}

type Call = { user?: string; env?: NodeJS.ProcessEnv; input?: string };
type Result = { code: number | null; out: string; err: string };

/** A Debian of its own, in a folder: nothing of this computer's environment is in it. */
export type DebianRoot = {
  folder: string;
  /** Starts a program in it, as root or a user. */
  start(args: readonly string[], call?: Call): ChildProcess;
  /** Runs a program in it to its end. */
  run(args: readonly string[], call?: Call): Promise<Result>;
  /** Every file and folder in it, sorted. */
  files(): string[];
  remove(): void;
};

export function startDebianRoot(): DebianRoot {
  const source = template();
  const folder = mkdtempSync(path.join(cache, 'test-'));
  execFileSync('cp', ['-a', '--reflink=auto', `${source}/.`, folder]);
  // Other users than root live in it.
  chmodSync(folder, 0o755);
  const start: DebianRoot['start'] = (args, { user, env = {}, input } = {}) => {
    const child = spawn(
      'chroot',
      [...(user === undefined ? [] : [`--userspec=${user}:`]), folder, ...args],
      { env: { PATH, LANG: 'C.UTF-8', ...env }, stdio: 'pipe' },
    );
    // A program that reads nothing may have ended already.
    child.stdin.on('error', () => undefined).end(input ?? '');
    return child;
  };
  return {
    folder,
    start,
    async run(args, call) {
      const child = start(args, call);
      const [out, err, code] = await Promise.all([
        text(child.stdout as NodeJS.ReadableStream),
        text(child.stderr as NodeJS.ReadableStream),
        new Promise<number | null>((resolve) => child.once('exit', resolve)),
      ]);
      return { code, out, err };
    },
    // Links aren't followed: some lead out of it.
    files: () =>
      execFileSync('find', ['.', '-xdev', '-path', './dev', '-prune', '-o', '-printf', '/%P\\n'], {
        cwd: folder,
        encoding: 'utf8',
      })
        .trimEnd()
        .split('\n')
        .toSorted(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
