import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** `sun_path` holds 104 bytes on macOS, 108 elsewhere, terminator included. */
const MAX_NAME = 100;
const ASK = 'link\n';
/** Time for a client to send its request. */
const PATIENCE_MS = 5000;

const socketIn = (home: string): string => path.join(path.resolve(home), 'station.sock');
/** Holds the socket's path where the home's path is too long for a socket name. */
const noteIn = (home: string): string => path.join(path.resolve(home), 'station.sock-at');
const pipeName = (home: string): string =>
  `\\\\.\\pipe\\multimedia-desk-${createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16)}`;

/**
 * Chooses the socket's path: in the home, or in a new folder that only its owner can enter. Never
 * predictable for other users.
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
 * Sends fresh links to the owner of the home, who alone can write to the socket. It answers only
 * after a request, because other users may read a Windows pipe, but not write to it.
 * @returns a function that stops serving
 */
export async function serveLinks(home: string, link: () => string): Promise<() => void> {
  const { file, remove } = bindSocket(home);
  const server = net.createServer((socket) => {
    let asked = '';
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    // A client that disconnects early must not crash the station.
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
 * Asks the station running on this home for a fresh link; null if none runs, or if the answer isn't
 * a link.
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
