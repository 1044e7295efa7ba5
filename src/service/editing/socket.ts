import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { EditRefused } from './request.ts';
import type { Editor } from './editor.ts';

/** `sun_path` holds 104 bytes on macOS, 108 elsewhere, terminator included. */
const MAX_NAME = 100;
/** Of a request, which ends with a line feed. */
const MAX_LENGTH = 256 * 1024;
/** Time for an editor to send the request, and to read the answer. */
const PATIENCE_MS = 10_000;

const socketIn = (dataDir: string): string => path.join(path.resolve(dataDir), 'editor.sock');
/** Holds the socket’s path where the folder’s path is too long for a socket name. */
const noteIn = (dataDir: string): string => path.join(path.resolve(dataDir), 'editor.sock-at');
const pipeName = (dataDir: string): string =>
  `\\\\.\\pipe\\multimedia-service-${createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16)}`;

/** In the data folder, or in a new folder that only its owner can enter. */
function bindSocket(dataDir: string): { file: string; remove(): void } {
  if (process.platform === 'win32') return { file: pipeName(dataDir), remove: () => undefined };
  const file = socketIn(dataDir);
  // The store’s lock is held, so these are of a service that died.
  rmSync(file, { force: true });
  rmSync(noteIn(dataDir), { force: true });
  if (Buffer.byteLength(file) <= MAX_NAME)
    return { file, remove: () => rmSync(file, { force: true }) };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'multimedia-editor-'));
  const elsewhere = path.join(folder, 'editor.sock');
  writeFileSync(noteIn(dataDir), elsewhere, { mode: 0o600 });
  return {
    file: elsewhere,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      rmSync(noteIn(dataDir), { force: true });
    },
  };
}

function findSocket(dataDir: string): string {
  if (process.platform === 'win32') return pipeName(dataDir);
  try {
    return readFileSync(noteIn(dataDir), 'utf8');
  } catch {
    return socketIn(dataDir);
  }
}

/** One line of JSON each way. */
const editorAsked = z.union([
  z.strictObject({ list: z.literal(true) }),
  z.strictObject({ asset: z.string(), edit: z.unknown() }),
]);
export type EditorAsked = z.infer<typeof editorAsked>;
const editorAnswer = z.union([
  z.strictObject({ ok: z.unknown() }),
  z.strictObject({ refused: z.string() }),
]);
export type EditorAnswer = z.infer<typeof editorAnswer>;

async function answerTo(line: string, editor: Editor): Promise<EditorAnswer> {
  try {
    const asked = editorAsked.parse(JSON.parse(line));
    return { ok: await ('list' in asked ? editor.list() : editor.edit(asked.asset, asked.edit)) };
  } catch (error) {
    if (error instanceof EditRefused) return { refused: error.message };
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      return { refused: 'The service doesn’t know this request; is it of another version?' };
    throw error;
  }
}

/**
 * Takes edits from the owner of the data folder, who alone can write to the socket. It speaks only
 * when spoken to, because other users may read a Windows pipe, but not write to it.
 * @returns a function that stops serving
 */
export async function serveEditors(dataDir: string, editor: Editor): Promise<() => void> {
  const { file, remove } = bindSocket(dataDir);
  const open = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let asked = '';
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    // An editor that goes away early must not crash the service.
    socket.on('error', () => socket.destroy());
    socket.on('data', (part: string) => {
      const isComplete = asked.endsWith('\n');
      asked += part;
      if (isComplete || asked.length > MAX_LENGTH) socket.destroy();
      else if (asked.endsWith('\n')) {
        // Hashing a corrected master may take longer than the patience for a silent editor.
        socket.setTimeout(0);
        answerTo(asked, editor)
          .then((answer) => socket.end(`${JSON.stringify(answer)}\n`))
          .catch(() => socket.destroy());
      }
    });
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(file, resolve);
    });
    if (process.platform !== 'win32') chmodSync(file, 0o600);
  } catch (error) {
    server.close();
    remove();
    throw error;
  }
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
    remove();
  };
}

/**
 * Asks the service that runs on a data folder.
 * @returns null if none runs there
 * @throws if it ended before it answered
 */
export function askService(dataDir: string, asked: EditorAsked): Promise<EditorAnswer | null> {
  return new Promise((resolve, reject) => {
    let text = '';
    let isConnected = false;
    const socket = net.connect(findSocket(dataDir), () => {
      isConnected = true;
      socket.write(`${JSON.stringify(asked)}\n`);
    });
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.on('error', (error) => (isConnected ? reject(error) : resolve(null)));
    socket.on('close', () => {
      try {
        resolve(editorAnswer.parse(JSON.parse(text)));
      } catch {
        reject(
          new Error(
            'The service ended before it answered; `edits` shows whether the edit was made',
          ),
        );
      }
    });
  });
}
