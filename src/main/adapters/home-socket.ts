import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';

/** `sun_path` holds 104 bytes on macOS, 108 elsewhere, terminator included. */
const MAX_NAME = 100;
/** Sizes of a message and of its head, 32 bits each. */
const SIZES_BYTES = 8;
/** Of a message to a client, which trusts its home: a document of any size that fits a text. */
const MAX_ANSWER_BYTES = 1024 * 1024 * 1024;

/** What a message says, and the bytes of a document where it brings one. */
export type Message<Head = unknown> = { head: Head; body: Buffer };

/** A message as it crosses: its size, the size of its head, the head as JSON, the body. */
export function frame(head: object, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const sizes = Buffer.alloc(SIZES_BYTES);
  sizes.writeUInt32BE(4 + text.byteLength + body.byteLength, 0);
  sizes.writeUInt32BE(text.byteLength, 4);
  return Buffer.concat([sizes, text, body]);
}

/** Puts messages together from the parts in which they arrive. */
export class FrameReader {
  /** Largest message that is taken, in bytes. */
  maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** @throws RangeError for a message that is too large, SyntaxError for one that is none */
  *read(part: Buffer): Generator<Message> {
    this.#parts.push(part);
    this.#bytes += part.byteLength;
    while (this.#bytes >= SIZES_BYTES) {
      const sizes = this.#first(SIZES_BYTES);
      const size = 4 + sizes.readUInt32BE(0);
      const bodyAt = SIZES_BYTES + sizes.readUInt32BE(4);
      if (size > this.maxBytes) throw new RangeError(`A message of ${size} bytes`);
      if (bodyAt > size) throw new SyntaxError('A head larger than its message');
      if (this.#bytes < size) return;
      const message = this.#first(size);
      this.#drop(size);
      yield {
        head: JSON.parse(message.toString('utf8', SIZES_BYTES, bodyAt)) as unknown,
        body: message.subarray(bodyAt, size),
      };
    }
  }

  /** At least the first `size` bytes, in one piece. */
  #first(size: number): Buffer {
    const [first] = this.#parts;
    if (first && first.byteLength >= size) return first;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [whole];
    return whole;
  }

  #drop(size: number): void {
    this.#parts = this.#parts.flatMap((part) =>
      part.byteLength > size ? [part.subarray(size)] : [],
    );
    this.#bytes -= size;
  }
}

/** One end of a connection. */
export type Peer = {
  /** Without effect once the connection has ended. */
  send(head: object, body?: Uint8Array): void;
  /** Sends what was given, then ends the connection. */
  end(): void;
  destroy(): void;
  /** What the other end has yet to take, in bytes. */
  readonly pendingBytes: number;
  /** Resolves once the other end has taken everything, or has gone. */
  drained(): Promise<void>;
};

type Listening = {
  /** A message that makes no sense ends the connection. */
  onMessage(message: Message): void;
  onClose(): void;
};

function peerOf(socket: net.Socket, reader: FrameReader, { onMessage, onClose }: Listening): Peer {
  const waiting = new Set<() => void>();
  const goOn = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  socket.on('data', (part: Buffer) => {
    try {
      for (const message of reader.read(part)) onMessage(message);
    } catch {
      socket.destroy();
    }
  });
  // A peer that resets its connection must not end the process.
  socket.on('error', () => socket.destroy());
  socket.on('drain', goOn);
  socket.on('close', () => {
    goOn();
    onClose();
  });
  return {
    send(head, body) {
      if (socket.writable) socket.write(frame(head, body));
    },
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    get pendingBytes() {
      return socket.writableLength;
    },
    drained: () =>
      socket.writableNeedDrain && !socket.destroyed
        ? new Promise((resolve) => void waiting.add(resolve))
        : Promise.resolve(),
  };
}

/** Where the socket is, and the secret by which both ends show that they can read the home. */
const note = z.strictObject({ socket: z.string().min(1), key: z.base64url().min(43) });
type Note = z.infer<typeof note>;

const noteIn = (home: string): string => path.join(path.resolve(home), 'station.sock-at');
const proofOf = (key: string, by: 'client' | 'server', nonce: string): string =>
  createHmac('sha256', key).update(`${by} ${nonce}`).digest('base64url');

function isProof(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}

/**
 * Chooses the socket's path: in the home, or in a new folder that only its owner can enter. Never
 * predictable for other users.
 */
function socketFor(home: string): { file: string; remove(): void } {
  if (process.platform === 'win32')
    return {
      file: `\\\\.\\pipe\\multimedia-desk-${randomBytes(16).toString('hex')}`,
      remove: () => undefined,
    };
  const file = path.join(path.resolve(home), 'station.sock');
  rmSync(file, { force: true });
  if (Buffer.byteLength(file) <= MAX_NAME)
    return { file, remove: () => rmSync(file, { force: true }) };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-'));
  return {
    file: path.join(folder, 'station.sock'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Time for a server to say who it is, ms: one that is stopped never does. */
const HELLO_MS = 10_000;
/** First message of a client, which is answered with the proof of the server. */
const hello = z.strictObject({
  type: z.literal('hello'),
  nonce: z.string().min(22).max(64),
  proof: z.string(),
});
type Hello = z.infer<typeof hello>;
const MAX_HELLO_BYTES = 1024;

export type HomeServer = {
  /** Disconnects everybody. */
  close(): void;
};

/**
 * Serves the owner of a home, who alone can write to the socket: its mode says so, on Windows the
 * pipe's default rights. Nothing is said before a peer has said hello, because other users may read
 * a Windows pipe. For the holder of the home's lock.
 *
 * @param about is told to each client, with the proof
 * @param patienceMs time for the first two messages
 * @param maxBytes of a message, once hello was said
 */
export async function serveHomeSocket(
  home: string,
  { about, patienceMs, maxBytes }: { about: object; patienceMs: number; maxBytes: number },
  onPeer: (peer: Peer) => Listening,
): Promise<HomeServer> {
  const { file, remove } = socketFor(home);
  const key = randomBytes(32).toString('base64url');
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const reader = new FrameReader(MAX_HELLO_BYTES);
    let listening: Listening | null = null;
    let isWaiting = true;
    const late = setTimeout(() => socket.destroy(), patienceMs);
    const peer = peerOf(socket, reader, {
      onMessage(message) {
        if (listening) {
          if (isWaiting) clearTimeout(late);
          isWaiting = false;
          return listening.onMessage(message);
        }
        const { nonce, proof } = hello.parse(message.head);
        if (!isProof(proof, proofOf(key, 'client', nonce))) return socket.destroy();
        reader.maxBytes = maxBytes;
        listening = onPeer(peer);
        peer.send({ ...about, proof: proofOf(key, 'server', nonce) });
      },
      onClose() {
        clearTimeout(late);
        listening?.onClose();
      },
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  if (process.platform !== 'win32') chmodSync(file, 0o600);
  rmSync(noteIn(home), { force: true });
  writeFileSync(noteIn(home), JSON.stringify({ socket: file, key } satisfies Note), {
    mode: 0o600,
    flag: 'wx',
  });
  return {
    close() {
      rmSync(noteIn(home), { force: true });
      server.close();
      for (const socket of sockets) socket.destroy();
      remove();
    },
  };
}

/** Null where there is none, or it is another user's, whom only root takes at their word. */
function readNote(home: string): (Note & { owner: number }) | null {
  try {
    // A FIFO in its place would block.
    const opened = openSync(noteIn(home), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const [found, own] = [fstatSync(opened), process.getuid?.() ?? 0];
      if (!found.isFile() || (own !== 0 && found.uid !== own)) return null;
      return { ...note.parse(JSON.parse(readFileSync(opened, 'utf8'))), owner: found.uid };
    } finally {
      closeSync(opened);
    }
  } catch {
    return null;
  }
}

/**
 * Connects to the process that serves this home. Costs the look at one file where there is none.
 *
 * @param about what that process must say of itself
 * @returns also the id of the user who serves it; null if none does, or if the one that answers
 * hasn't proved that it can read the home
 */
export function connectToHome<About>(
  home: string,
  about: z.ZodType<About>,
  listening: Listening,
): Promise<{ about: About; owner: number; peer: Peer } | null> {
  const known = readNote(home);
  if (!known) return Promise.resolve(null);
  const nonce = randomBytes(16).toString('base64url');
  const expected = z.looseObject({ proof: z.string() });
  return new Promise((resolve) => {
    let isKnown = false;
    const socket = net.connect(known.socket);
    const late = setTimeout(() => socket.destroy(), HELLO_MS);
    const peer = peerOf(socket, new FrameReader(MAX_ANSWER_BYTES), {
      onMessage(message) {
        if (isKnown) return listening.onMessage(message);
        const { proof, ...rest } = expected.parse(message.head);
        if (!isProof(proof, proofOf(known.key, 'server', nonce))) return socket.destroy();
        clearTimeout(late);
        isKnown = true;
        resolve({ about: about.parse(rest), owner: known.owner, peer });
      },
      onClose() {
        clearTimeout(late);
        resolve(null);
        if (isKnown) listening.onClose();
      },
    });
    const own = proofOf(known.key, 'client', nonce);
    socket.once('connect', () => peer.send({ type: 'hello', nonce, proof: own } satisfies Hello));
  });
}
