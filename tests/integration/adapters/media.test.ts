import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createMediaHandler, type MediaSources } from '../../../src/main/adapters/service/media.ts';
import { createPictureFiles } from '../../../src/main/adapters/fs/file-cache.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const page = '<script>alert(1)</script>';
function handler(
  given: { status?: number; type?: string; mediaType?: string },
  folder = temporaryFolder(),
) {
  const body = Readable.from([page]);
  const sources: MediaSources = {
    client: {
      bytes: async () => Buffer.from(page),
      stream: async () => ({
        status: given.status ?? 200,
        headers: given.type === undefined ? {} : { 'content-type': given.type, 'set-cookie': 'x' },
        body,
      }),
    },
    thumbnailUrl: async () => '/t',
    previewUrl: async () => '/p',
  };
  const picture = async () => ({
    mediaType: given.mediaType ?? 'image/jpeg',
    bytes: Buffer.from(page),
  });
  return { ask: createMediaHandler(() => sources, picture, folder), body };
}
const inert = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
};

describe('what a service sends is never a page', () => {
  test('a preview that is HTML, an error page or nothing we know is not passed on', async () => {
    for (const given of [
      { type: 'text/html' },
      { type: 'image/svg+xml' },
      { type: 'application/javascript' },
      {},
      { type: 'video/mp4', status: 302 },
      { type: 'video/mp4', status: 500 },
    ]) {
      const { ask, body } = handler(given);
      expect(await ask('proxy/ast_1', null)).toMatchObject({ status: 503, body: null });
      expect(body.destroyed).toBe(true);
    }
    const answer = await handler({ type: 'video/mp4', status: 206 }).ask(
      'proxy/ast_1',
      'bytes=0-1',
    );
    expect(answer).toMatchObject({
      status: 206,
      headers: { ...inert, 'content-type': 'video/mp4' },
    });
  });

  test('a picture is a picture, whatever the service calls it', async () => {
    for (const mediaType of [
      'text/html',
      'image/svg+xml',
      'image/png; x',
      'image/png\r\nset-cookie: x',
    ]) {
      expect((await handler({ mediaType }).ask('article/med_1', null)).headers).toMatchObject({
        ...inert,
        'content-type': 'application/octet-stream',
      });
    }
    expect(
      (await handler({ mediaType: 'image/webp' }).ask('article/med_1', null)).headers,
    ).toMatchObject({ ...inert, 'content-type': 'image/webp' });
    expect((await handler({}).ask('thumb/ast_1', null)).headers).toMatchObject({
      ...inert,
      'content-type': 'image/jpeg',
    });
  });

  test('a name that makes no sense is not there', async () => {
    for (const name of ['', 'thumb', 'thumb/', 'thumb/a/b', 'thumb/%E0', 'other/x'])
      expect(await handler({}).ask(name, null)).toMatchObject({ status: 404 });
  });

  test('a picture that cannot be kept is shown all the same, also when it is asked for twice at once', async () => {
    const file = path.join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    const { ask } = handler({}, path.join(file, 'below-a-file'));
    expect(await Promise.all([ask('thumb/ast_1', null), ask('thumb/ast_1', null)])).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);
    await expect(
      createPictureFiles(path.join(file, 'below-a-file')).put(
        createHash('sha256').update('x').digest('hex'),
        Buffer.from('x'),
      ),
    ).rejects.toMatchObject({ code: 'disk-error' });
    const { ask: askTwice } = handler({});
    expect(
      (await Promise.all(Array.from({ length: 20 }, () => askTwice('thumb/ast_1', null)))).map(
        ({ status }) => status,
      ),
    ).toEqual(Array.from({ length: 20 }, () => 200));
  });
});
