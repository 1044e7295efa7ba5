import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A socket's name has at most 104 bytes on macOS, 108 elsewhere. */
const MAX_NAME = 100;
const ASK = 'link\n';
/** For a client to ask. */
const PATIENCE_MS = 5000;

const socketIn = (home: string): string => path.join(path.resolve(home), 'station.sock');
/** Says where the socket is when the home's path is too long to hold it. */
const noteIn = (home: string): string => path.join(path.resolve(home), 'station.sock-at');
const pipeName = (home: string): string =>
  `\\\\.\\pipe\\multimedia-desk-${createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16)}`;

/**
 * A new place for the socket: the home, or a new folder that only its owner can enter. Never a name
 * others can foresee.
 */
function bindSocket(home: string): { file: string; remove(): void } {
  if (process.platform === 'win32') return { file: pipeName(home), remove: () => undefined };
  const file = socketIn(home);
  rmSync(file, { force: true });
  rmSync(noteIn(home), { force: true });
  if (Buffer.byteLength(file) <= MAX_NAME)
    return { file, remove: () => rmSync(file, { force: true }) };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-'));
  const elsewhere = path.join(folder, 'station.sock');
  writeFileSync(noteIn(home), elsewhere, { mode: 0o600 });
  return {
    file: elsewhere,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      rmSync(noteIn(home), { force: true });
    },
  };
}

function findSocket(home: string): string {
  if (process.platform === 'win32') return pipeName(home);
  try {
    return readFileSync(noteIn(home), 'utf8');
  } catch {
    return socketIn(home);
  }
}

/**
 * Hands a fresh link to the owner of the home: the socket is theirs alone. It answers only who
 * writes to it first, because a Windows pipe may be read, but not written, by others. @returns how
 * to stop.
 */
export async function serveLinks(home: string, link: () => string): Promise<() => void> {
  const { file, remove } = bindSocket(home);
  const server = net.createServer((socket) => {
    let asked = '';
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    // Who goes away before the answer must not end the station.
    socket.on('error', () => socket.destroy());
    socket.on('data', (part: string) => {
      asked += part;
      if (asked === ASK) socket.end(link());
      else if (!ASK.startsWith(asked)) socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  if (process.platform !== 'win32') chmodSync(file, 0o600);
  return () => {
    server.close();
    remove();
  };
}

/**
 * A fresh link of the station that runs on this home; null when none does, or when what answers is
 * no station.
 */
export function requestLink(home: string): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(findSocket(home), () => socket.write(ASK));
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.on('end', () =>
      resolve(/^http:\/\/127\.0\.0\.1:\d{1,5}\/#t=[\w-]{43}$/.test(text) ? text : null),
    );
    socket.on('error', () => resolve(null));
  });
}
