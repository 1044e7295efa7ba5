import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { ContentSource } from '../../../src/service/content/library.ts';
import { startService } from '../../../src/service/index.ts';
import { asset, fixtureContent } from '../../contract/support/fixture.ts';
import { PASSWORD } from '../../contract/support/service.ts';
import { CHEAP } from '../service/demo.ts';
import { desk, type Run } from '../app/desk.ts';
import { describeMaster, startGeneratedOrigin, type GeneratedFile } from './generated-origin.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const EMAIL = 'ingest@station.example';
const ROOT = 'GENERATED-MASTER';

/** One asset with one package of one file. */
function contentOf({ bytes, sha256, pieceBytes, hashes }: GeneratedFile): ContentSource {
  const fixture = fixtureContent();
  const file = {
    id: 'fil_generated',
    path: 'generated.mov',
    mediaType: 'video/quicktime',
    role: 'video' as const,
    required: true,
    bytes,
    sha256,
  };
  return {
    ...fixture,
    assets: [
      asset('ast_generated', {
        restrictions: [],
        packages: [
          {
            id: 'pkg_generated',
            rev: 1,
            label: { en: 'Broadcast' },
            purpose: 'broadcast',
            rootName: ROOT,
            files: [file],
            bytes,
          },
        ],
      }),
    ],
    file: (id) =>
      id === file.id
        ? {
            id,
            mediaType: file.mediaType,
            bytes,
            sha256,
            pieces: () => ({ pieceBytes, hashes }),
            read: () => Promise.reject(new Error('Its origin is elsewhere')),
          }
        : fixture.file(id),
  };
}

/** Turns the lowest bit of one byte. */
export async function flip(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
  await handle.close();
}

async function signUp(
  run: (args: string[], input?: string) => Promise<Run>,
  mailboxUrl: string | null,
): Promise<void> {
  await run(
    [
      'account',
      'register',
      '--email',
      EMAIL,
      '--name',
      'Ingest',
      '--organisation',
      'Station',
      '--country',
      'be',
      '--password-stdin',
      '--accept-terms',
    ],
    `${PASSWORD}\n`,
  );
  const mailbox = async () =>
    (
      (await (await fetch(`${mailboxUrl}/messages?to=${EMAIL}`)).json()) as {
        messages: { code: string | null }[];
      }
    ).messages;
  await expect.poll(mailbox).toHaveLength(1);
  const [letter] = await mailbox();
  expect(await run(['account', 'verify', '--code', letter?.code ?? ''])).toMatchObject({ code: 0 });
}

/**
 * A master of this length, fetched by the real program from a generated origin, one byte of it
 * flipped: `verify` must name file and piece, `repair` must fetch that piece and nothing else, by
 * the origin's own log. Needs a keyring, and twice its length of disk. Prints figures.
 */
export async function flippedByte(bytes: number, pieceBytes: number, at: number): Promise<void> {
  const folder = temporaryFolder();
  const origin = await startGeneratedOrigin(bytes);
  const service = await startService({
    content: contentOf(describeMaster(bytes, pieceBytes)),
    limits: 'relaxed',
    scryptCost: CHEAP,
    origin: origin.url,
  });
  const run = (args: string[], input?: string) =>
    desk(args, {
      home: path.join(folder, 'home'),
      service: service.url,
      ...(input === undefined ? {} : { input }),
    });
  const timed = async (name: string, args: string[]): Promise<Run> => {
    const startedAtMs = performance.now();
    const result = await run(args);
    process.stdout.write(`${name}: ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s\n`);
    return result;
  };
  const to = path.join(folder, 'ingest');
  const root = path.join(to, ROOT);
  const piece = Math.floor(at / pieceBytes);
  try {
    await signUp(run, service.mailboxUrl);
    expect(await timed('get', ['get', 'ast_generated', '--to', to])).toMatchObject({
      code: 0,
      result: { ok: true },
    });
    expect(origin.log.reduce((sum, answer) => sum + answer.bytes, 0)).toBe(bytes);
    expect(await timed('verify', ['verify', root])).toMatchObject({ code: 0 });
    await flip(path.join(root, 'generated.mov'), at);
    origin.log.length = 0;
    expect(await timed('verify after the flip', ['verify', root])).toMatchObject({
      code: 5,
      result: {
        ok: false,
        code: 'hash-mismatch',
        files: [{ path: 'generated.mov', ok: false, badPieces: [piece] }],
      },
    });
    expect(origin.log).toEqual([]);
    expect(await timed('repair', ['repair', root])).toMatchObject({
      code: 0,
      result: { ok: true, files: [{ ok: true, badPieces: [piece], downloadedBytes: pieceBytes }] },
    });
    expect(origin.log).toEqual([
      {
        path: '/pkg_generated/generated.mov',
        range: `bytes=${piece * pieceBytes}-${(piece + 1) * pieceBytes - 1}`,
        bytes: pieceBytes,
      },
    ]);
    expect(await timed('verify after the repair', ['verify', root])).toMatchObject({ code: 0 });
  } finally {
    await service.close();
    await origin.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
