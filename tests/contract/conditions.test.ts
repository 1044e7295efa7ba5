import { describe, expect, test } from 'vitest';
import { endpointNames, endpointOf } from '../../src/shared/api/endpoints.ts';
import { startTested, type Tested } from './support/service.ts';

const BEFORE = 'Wed, 31 Dec 2025 23:59:59 GMT';
const SINCE = 'Thu, 01 Jan 2026 00:00:00 GMT';
const AFTER = 'Sun, 01 Feb 2026 00:00:00 GMT';
/** The same moment in the two forms that must still be read (RFC 9110 5.6.7). */
const AFTER_OLD = ['Sunday, 01-Feb-26 00:00:00 GMT', 'Sun Feb  1 00:00:00 2026'];

async function opened() {
  const service = await startTested();
  const { accessToken: token } = await service.signUp('ada@station.example');
  const { body } = await service.ask('authoriseDownload', {
    body: { packageId: 'pkg_ast_open', rev: 1, acknowledge: ['rst_ast_open'] },
    token,
  });
  const { body: asset } = await service.ask('getAsset', { params: { id: 'ast_open' }, token });
  const urls = {
    origin: body.urls[0]?.url ?? '',
    media: new URL(asset.thumbnails[0]?.url ?? '', service.url).href,
  };
  return { service, token, urls };
}
type Ask = (headers?: Record<string, string>, method?: string) => Promise<Response>;
const asking =
  (url: string): Ask =>
  async (headers = {}, method = 'GET') => {
    const response = await fetch(url, { method, headers });
    await response.body?.cancel();
    return response;
  };

describe.each(['origin', 'media'] as const)('conditions of /%s', (place) => {
  test('are evaluated in the order of RFC 9110 13.2.2', async () => {
    const { urls } = await opened();
    const ask = asking(urls[place]);
    const etag = (await ask()).headers.get('etag') ?? '';
    const rows: [Record<string, string>, number][] = [
      [{ 'if-match': etag }, 200],
      [{ 'if-match': '*' }, 200],
      [{ 'if-match': `"a,b", ${etag}` }, 200],
      [{ 'if-match': '"other"' }, 412],
      // By strong comparison: a weak tag matches nothing.
      [{ 'if-match': `W/${etag}` }, 412],
      [{ 'if-none-match': `W/${etag}` }, 304],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-none-match': '"other"' }, 200],
      [{ 'if-unmodified-since': BEFORE }, 412],
      [{ 'if-unmodified-since': SINCE }, 200],
      [{ 'if-unmodified-since': AFTER }, 200],
      [{ 'if-unmodified-since': 'yesterday' }, 200],
      [{ 'if-unmodified-since': '2025-01-01' }, 200],
      [{ 'if-modified-since': BEFORE }, 200],
      [{ 'if-modified-since': SINCE }, 304],
      [{ 'if-modified-since': AFTER }, 304],
      [{ 'if-modified-since': '2026-02-01' }, 200],
      ...AFTER_OLD.map((date): [Record<string, string>, number] => [
        { 'if-modified-since': date },
        304,
      ]),
      // A tag decides alone where there is one.
      [{ 'if-match': etag, 'if-unmodified-since': BEFORE }, 200],
      [{ 'if-none-match': '"other"', 'if-modified-since': AFTER }, 200],
      [{ 'if-match': '"other"', 'if-none-match': etag }, 412],
      [{ 'if-unmodified-since': BEFORE, 'if-none-match': etag }, 412],
      [{ 'if-match': etag, 'if-none-match': etag }, 304],
      // A range comes last.
      [{ range: 'bytes=0-0', 'if-modified-since': AFTER }, 304],
      [{ range: 'bytes=0-0', 'if-match': etag, 'if-range': etag }, 206],
      [{ range: 'bytes=99999999999-', 'if-match': '"other"' }, 412],
      [{ range: 'bytes=0-0', 'if-range': SINCE }, 206],
      [{ range: 'bytes=0-0', 'if-range': AFTER }, 200],
      [{ range: 'bytes=0-0', 'if-range': `W/${etag}` }, 200],
    ];
    const seen: [Record<string, string>, number][] = [];
    for (const [headers] of rows) seen.push([headers, (await ask(headers)).status]);
    expect(seen).toEqual(rows);
  });

  test('no refusal is kept by a cache', async () => {
    const { urls } = await opened();
    const ask = asking(urls[place]);
    for (const [headers, status] of [
      [{ range: 'bytes=99999999999-' }, 416],
      [{ 'if-match': '"other"' }, 412],
    ] as const) {
      const response = await ask(headers);
      expect([
        response.status,
        response.headers.get('cache-control'),
        response.headers.get('etag'),
      ]).toEqual([status, 'no-store', null]);
    }
  });
});

describe('conditions of documents', () => {
  test('If-Match and If-None-Match of what is read', async () => {
    const { service, token } = await opened();
    for (const path of ['/v1/catalogue/assets/ast_open', '/v1/meta', '/v1/account']) {
      const ask: Ask = (headers = {}, method = 'GET') =>
        asking(`${service.url}${path}`)({ authorization: `Bearer ${token}`, ...headers }, method);
      const etag = (await ask({ 'accept-encoding': 'identity' })).headers.get('etag') ?? '';
      const packed = (await ask({ 'accept-encoding': 'gzip' })).headers.get('etag') ?? '';
      const status = async (headers: Record<string, string>, method?: string) =>
        (await ask(headers, method)).status;
      expect([
        await status({ 'if-match': etag }),
        await status({ 'if-match': packed }),
        await status({ 'if-match': '*' }),
        await status({ 'if-match': '"other"' }),
        await status({ 'if-match': `W/${etag}` }),
      ]).toEqual([200, 200, 200, 412, 412]);
      expect([
        await status({ 'if-none-match': `W/${etag}` }),
        await status({ 'if-none-match': packed }),
        await status({ 'if-none-match': '"x", *' }),
        await status({ 'if-none-match': etag }, 'HEAD'),
      ]).toEqual([304, 304, 200, 304]);
      // There is no date of the last change, so conditions on one are no conditions.
      expect([
        await status({ 'if-modified-since': AFTER }),
        await status({ 'if-unmodified-since': BEFORE }),
      ]).toEqual([200, 200]);
    }
  });

  test('an account is changed only under its own strong tag', async () => {
    const { service, token } = await opened();
    const etag = (await service.ask('getAccount', { token })).headers.get('etag') ?? '';
    const patch = (tag: string) => ({
      token,
      body: { displayName: 'Ada' },
      headers: { 'if-match': tag },
    });
    await service.refused('patchAccount', patch(`W/${etag}`), 'edit-conflict');
    const { status, headers } = await service.ask('patchAccount', {
      ...patch(etag),
      headers: { 'if-match': etag, 'if-none-match': '*' },
    });
    expect(status).toBe(200);
    await service.refused(
      'putTerms',
      { token, body: { version: '2026-01' }, headers: { 'if-match': etag } },
      'edit-conflict',
    );
    await service.refused(
      'putNewsletter',
      {
        token,
        body: { subscribed: true, consentVersion: '2026-01' },
        headers: { 'if-match': etag },
      },
      'edit-conflict',
    );
    expect(
      (
        await service.ask('putTerms', {
          token,
          body: { version: '2026-01' },
          headers: { 'if-match': headers.get('etag') ?? '' },
        })
      ).status,
    ).toBe(200);
    expect((await service.ask('putTerms', { token, body: { version: '2026-01' } })).status).toBe(
      200,
    );
  });
});

const urlOf = (service: Tested, path: string): string =>
  `${service.url}${path.replaceAll(/\{\w+\}/g, 'ast_open')}`;
/** Of an answer, but what changes with each. */
const steady = ({ headers }: Response): [string, string][] =>
  [...headers].filter(
    ([name]) =>
      !/^(?:x-request-id|ratelimit|date|connection|keep-alive|transfer-encoding)/.test(name),
  );

describe('methods', () => {
  test('HEAD is answered as GET is, without the body', async () => {
    const { service, token, urls } = await opened();
    const paths = endpointNames
      .map(endpointOf)
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => urlOf(service, path));
    for (const url of [...paths, `${service.url}/health`, urls.media]) {
      const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
      const got = await fetch(url, { headers });
      await got.body?.cancel();
      const head = await fetch(url, { headers, method: 'HEAD' });
      expect([url, head.status, await head.text()]).toEqual([url, got.status, '']);
      const isSame = got.ok && !url.endsWith('/export');
      expect([url, isSame ? steady(head) : []]).toEqual([url, isSame ? steady(got) : []]);
    }
    expect(
      (await fetch(urls.media, { method: 'HEAD', headers: { range: 'bytes=0-0' } })).status,
    ).toBe(200);
  });

  test('a method that is not there is 405 with what there is, whatever was sent', async () => {
    const { service, urls } = await opened();
    const { pathname: media } = new URL(urls.media);
    const { pathname: origin } = new URL(urls.origin);
    const byPath = Map.groupBy(endpointNames.map(endpointOf), ({ path }) => path);
    const allowed = new Map(
      [...byPath].map(([path, all]): [string, string[]] => [
        path,
        all.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
      ]),
    );
    for (const [path, methods] of [
      ...allowed,
      ['/health', ['GET', 'HEAD']],
      [media, ['GET', 'HEAD']],
      [origin, ['GET']],
    ] as [string, string[]][]) {
      for (const method of [
        'GET',
        'HEAD',
        'POST',
        'PUT',
        'PATCH',
        'DELETE',
        'OPTIONS',
        'PROPFIND',
      ].filter((one) => !methods.includes(one))) {
        const response = await fetch(urlOf(service, path), {
          method,
          headers: { 'content-type': 'text/xml' },
          ...(['GET', 'HEAD'].includes(method) ? {} : { body: '<x/>' }),
        });
        expect([
          path,
          method,
          response.status,
          response.headers.get('allow')?.split(', ').toSorted(),
        ]).toEqual([path, method, 405, methods.toSorted()]);
        expect([response.headers.get('content-type'), await response.text()]).toEqual([
          'application/problem+json; charset=utf-8',
          expect.stringMatching(method === 'HEAD' ? /^$/ : /\/method-not-allowed"/),
        ]);
      }
    }
    expect(
      (
        await fetch(`${service.url}/v1/nowhere`, {
          method: 'POST',
          headers: { 'content-type': 'text/xml' },
          body: '<x/>',
        })
      ).status,
    ).toBe(404);
  });

  test('the mailbox of the demo keeps to the same', async () => {
    const service = await startTested();
    const url = `${service.mailboxUrl}/messages`;
    const head = await fetch(url, { method: 'HEAD' });
    const deleted = await fetch(url, { method: 'DELETE' });
    expect([
      head.status,
      await head.text(),
      deleted.status,
      deleted.headers.get('allow'),
      (await fetch(`${service.mailboxUrl}/other`)).status,
    ]).toEqual([200, '', 405, 'GET, HEAD', 404]);
  });
});
