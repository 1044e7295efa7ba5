import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** One process owns a home. A lock left by one that has died is taken over. @throws `home-in-use`. @returns the release. */
export function lockHome(home: string): () => void {
  const file = path.join(home, 'desk.lock');
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid), { mode: 0o600 });
  for (;;) {
    try {
      // Linked into place with its content: nobody ever reads a lock that says nothing yet.
      linkSync(mine, file);
      rmSync(mine);
      return () => rmSync(file, { force: true });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner !== process.pid && owner > 0 && isAlive(owner)) {
      rmSync(mine, { force: true });
      throw new AppError('home-in-use', `Another Multimedia Desk (process ${owner}) uses ${home}. Close it, or name another folder with --home.`);
    }
    rmSync(file, { force: true });
  }
}
