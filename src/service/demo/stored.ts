import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Master } from '../media/v210-master.ts';
import type { DemoBytes } from './types.ts';

type Size = { bytes: number; sha256: string };

/** Bytes by ID. The add methods throw on a duplicate ID. */
export type Stored = {
  addFile(id: string, file: string, mediaType: string, size: Size): void;
  addText(id: string, mediaType: string, text: string): Size;
  /** `make` is called on the first read. */
  addReader(
    id: string,
    mediaType: string,
    size: Size,
    make: () => Master,
    pieces: NonNullable<DemoBytes['pieces']>,
  ): void;
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
      const content = Buffer.from(text);
      const size = {
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
      add({
        id,
        mediaType,
        ...size,
        read: async (offset, length) => Buffer.from(content.subarray(offset, offset + length)),
      });
      return size;
    },
    addReader(id, mediaType, { bytes, sha256 }, make, pieces) {
      let master: Master | undefined;
      add({
        id,
        bytes,
        sha256,
        mediaType,
        pieces,
        read: async (offset, length) => {
          master ??= make();
          return master.read(offset, length);
        },
      });
    },
    get: (id) => known.get(id),
  };
}
