import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A socket in the home, which only its owner can open; on Windows a pipe named after it. Long homes would exceed the 104 bytes of a socket's name. */
function socketOf(home: string): string {
  const name = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\multimedia-desk-${name}`;
  const inHome = path.join(home, 'station.sock');
  return inHome.length < 100 ? inHome : path.join(os.tmpdir(), `multimedia-desk-${name}.sock`);
}

/** Hands a fresh link to whoever may open the socket. @returns how to stop. */
export async function serveLinks(home: string, link: () => string): Promise<() => void> {
  const file = socketOf(home);
  rmSync(file, { force: true });
  const server = net.createServer((socket) => socket.end(link()));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  return () => server.close();
}

/** A fresh link of the station that runs on this home; null when none does. */
export function askForLink(home: string): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(socketOf(home));
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.on('end', () => resolve(text));
    socket.on('error', () => resolve(null));
  });
}
