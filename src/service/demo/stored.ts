import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { DemoBytes } from './types.ts';

type Size = { bytes: number; sha256: string };

/** Bytes by ID. The add methods throw on a duplicate ID. */
export type Stored = {
  addFile(id: string, file: string, mediaType: string, size: Size): void;
  addText(id: string, mediaType: string, text: string): Size;
  add(bytes: DemoBytes): void;
  get(id: string): DemoBytes | undefined;
};

async function readPart(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export function textBytes(id: string, mediaType: string, text: string): DemoBytes {
  const content = Buffer.from(text);
  return {
    id,
    mediaType,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    read: async (offset, length) => Buffer.from(content.subarray(offset, offset + length)),
  };
}

export function createStored(demoDir: string): Stored {
  const known = new Map<string, DemoBytes>();
  const add = (entry: DemoBytes): void => {
    if (known.has(entry.id)) throw new Error(`two contents for ${entry.id}`);
    known.set(entry.id, entry);
  };
  return {
    addFile(id, file, mediaType, { bytes, sha256 }) {
      const read = (offset: number, length: number): Promise<Buffer> =>
        readPart(path.join(demoDir, file), offset, Math.max(0, Math.min(length, bytes - offset)));
      add({ id, bytes, sha256, mediaType, read });
    },
    addText(id, mediaType, text) {
      const made = textBytes(id, mediaType, text);
      add(made);
      return { bytes: made.bytes, sha256: made.sha256 };
    },
    add,
    get: (id) => known.get(id),
  };
}
