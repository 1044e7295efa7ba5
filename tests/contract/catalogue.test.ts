import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/service/clock.ts';
import { asset, fixtureContent } from './support/fixture.ts';
import { startTested } from './support/service.ts';
import type { Tested } from './support/service.ts';

const demoToken = async (service: Tested) => {
  const { body } = await service.ask('signIn', {
    body: { ...service.demoAccount, device: { name: 'x', platform: 'x', appVersion: '1' } },
  });
  return body.accessToken;
};
const ids = (items: { id: string }[]) => items.map(({ id }) => id);

describe('searching', () => {
  test('finds by words in text, names and place, without accents or case, and filters', async () => {
    const service = await startTested();
    const found = async (query: Record<string, string | string[]>) =>
      ids((await service.ask('searchAssets', { query })).body.items);
    expect(await found({})).toEqual(['ast_free', 'ast_barred', 'ast_open', 'ast_withheld']);
    expect(await found({ q: 'MARKÉT day' })).toEqual(['ast_free']);
    expect(await found({ q: 'berg premiere' })).toEqual([
      'ast_free',
      'ast_barred',
      'ast_open',
      'ast_withheld',
    ]);
    expect(await found({ q: 'berg submarine' })).toEqual([]);
    expect(await found({ topic: 'economy' })).toEqual(['ast_free']);
    expect(await found({ topic: ['economy', 'transport'], restriction: 'none' })).toEqual([
      'ast_free',
    ]);
    expect(await found({ durationMin: '15000' })).toEqual(['ast_free']);
    expect(await found({ hasCaptions: 'false' })).toEqual([]);
    expect(await found({ sort: 'duration', limit: '1' })).toEqual(['ast_free']);
    expect(
      await found({ publishedTo: new Date(service.clock.now() - 50 * MINUTE).toISOString() }),
    ).toEqual(['ast_barred', 'ast_open', 'ast_withheld']);
  });

  test('pages by a cursor that belongs to the query and lasts', async () => {
    const service = await startTested();
    const first = await service.ask('searchAssets', { query: { limit: '2' } });
    expect(first.body.totalApprox).toBe(4);
    const cursor = first.body.nextCursor ?? '';
    service.clock.advance(HOUR);
    const second = await service.ask('searchAssets', { query: { limit: '2', cursor } });
    // ast_later came in front meanwhile; nothing is given twice or left out.
    expect([...ids(first.body.items), ...ids(second.body.items)]).toEqual([
      'ast_free',
      'ast_barred',
      'ast_open',
      'ast_withheld',
    ]);
    expect(second.body.nextCursor).toBeNull();
    await service.refused(
      'searchAssets',
      { query: { limit: '2', cursor, q: 'market' } },
      'cursor-mismatch',
    );
    await service.refused('searchAssets', { query: { cursor: 'bm9uc2Vuc2U' } }, 'cursor-mismatch');
    service.clock.advance(2 * DAY);
    await service.refused('searchAssets', { query: { limit: '2', cursor } }, 'cursor-expired');
    await service.refused('searchAssets', { query: { limit: '101' } }, 'validation-failed');
    await service.refused('searchAssets', { query: { colour: 'red' } }, 'validation-failed');
  });

  test('counts each facet without its own filter', async () => {
    const service = await startTested();
    const { body, headers } = await service.ask('facetCounts', {
      query: { topic: 'economy' },
      headers: { 'accept-language': 'fr' },
    });
    expect(body.facets['topic']).toEqual([
      { value: 'transport', label: 'transport', count: 3 },
      { value: 'economy', label: 'economy', count: 1 },
    ]);
    expect(body.facets['country']).toEqual([{ value: 'FR', label: 'France', count: 1 }]);
    expect(headers.get('cache-control')).toBe('private, max-age=300');
    const page = await service.ask('searchAssets', { query: { topic: 'economy', facets: 'true' } });
    expect(page.body.facets?.['topic']).toHaveLength(2);
  });
});

describe('details', () => {
  test('in the language asked for, with a strong tag', async () => {
    const service = await startTested();
    const { body, headers } = await service.ask('getAsset', {
      params: { id: 'ast_open' },
      headers: { 'accept-language': 'fr' },
    });
    expect(body).toMatchObject({
      headline: 'Les ferries reprennent la mer',
      script: { language: 'fr' },
      location: 'Lorvik',
      badges: ['restricted'],
      preview: { url: '/media/fil_proxy.mp4', mediaType: 'video/mp4' },
      shotlist: [{ startMs: 0, durationMs: 4000, text: 'Vue large du port' }],
      soundbites: [{ startMs: 2000, role: 'Capitaine' }],
      restrictions: [{ note: 'Citer l’agence\u00a0: toujours' }],
      usageTerms: 'Gratuit pour l’information',
      history: [{ note: 'Première version' }],
      packages: [{ label: 'Antenne' }],
      packageSizes: [{ label: 'Antenne' }],
    });
    const english = await service.ask('getAsset', { params: { id: 'ast_open' } });
    expect(english.body).toMatchObject({
      soundbites: [{ role: 'Captain' }],
      restrictions: [{ note: 'Credit the agency' }],
      usageTerms: 'Free for news use',
      history: [{ note: 'First version' }],
      packages: [{ label: 'Broadcast' }],
    });
    expect(english.body.descriptionHtml).toBe(
      '<p>First crossing after the storm.</p><p>Passengers board &amp; wave.</p>',
    );
    expect(english.headers.get('etag')).not.toBe(headers.get('etag'));
    expect(
      (
        await service.ask('getAsset', {
          params: { id: 'ast_open' },
          headers: { 'if-none-match': english.headers.get('etag') ?? '' },
        })
      ).status,
    ).toBe(304);
  });

  test('what is withheld says why and has no packages', async () => {
    const service = await startTested();
    const { body } = await service.ask('getAsset', { params: { id: 'ast_withheld' } });
    expect(body).toMatchObject({
      pubStatus: 'withheld',
      statusNote: 'Rights unclear',
      packages: [],
      badges: ['restricted', 'withdrawn'],
    });
    const french = await service.ask('getAsset', {
      params: { id: 'ast_withheld' },
      headers: { 'accept-language': 'fr' },
    });
    expect(french.body.statusNote).toBe('Droits incertains');
  });

  test('an embargo hides everything from all but who may see it, until the service’s clock lifts it', async () => {
    const service = await startTested();
    const { accessToken: reader } = await service.signUp('ada@station.example');
    const editor = await demoToken(service);
    const asked = { params: { id: 'ast_embargoed' } };
    await service.refused('getAsset', asked, 'not-found');
    await service.refused('getAsset', { ...asked, token: reader }, 'not-found');
    await service.refused(
      'getManifest',
      { params: { id: 'pkg_ast_embargoed' }, token: reader },
      'not-found',
    );
    const { body } = await service.ask('getAsset', { ...asked, token: editor });
    expect(body.badges).toContain('embargoed');
    const picture = body.thumbnails[0]?.url ?? '';
    expect((await fetch(`${service.url}${picture.split('?')[0]}`)).status).toBe(404);
    expect((await fetch(`${service.url}${picture}`)).status).toBe(200);
    service.clock.advance(120 * MINUTE - 1);
    await service.refused('getAsset', asked, 'not-found');
    service.clock.advance(1);
    expect((await service.ask('getAsset', asked)).body.thumbnails[0]?.url).toBe(
      '/media/img_secret.jpg',
    );
  });
});

describe('changes', () => {
  test('a snapshot in pages, then only what is new', async () => {
    const service = await startTested();
    const seen: [string, string][] = [];
    let cursor: string | undefined;
    let hasMore = true;
    while (hasMore) {
      const { body } = await service.ask('assetChanges', {
        query: { limit: '2', ...(cursor === undefined ? {} : { since: cursor }) },
      });
      seen.push(...body.changes.map(({ op, id }): [string, string] => [op, id]));
      ({ cursor, hasMore } = body);
    }
    expect(seen).toEqual([
      ['upsert', 'ast_open'],
      ['upsert', 'ast_free'],
      ['withdraw', 'ast_withheld'],
      ['upsert', 'ast_barred'],
    ]);
    const query = { since: cursor ?? '' };
    const quiet = await service.ask('assetChanges', { query });
    expect(quiet.body).toMatchObject({ changes: [], hasMore: false, cursor, pollAfterSeconds: 60 });
    const tag = { 'if-none-match': quiet.headers.get('etag') ?? '' };
    expect((await service.ask('assetChanges', { query, headers: tag })).status).toBe(304);
    service.clock.advance(30 * MINUTE);
    const news = await service.ask('assetChanges', { query, headers: tag });
    expect(ids(news.body.changes)).toEqual(['ast_later']);
    service.clock.advance(90 * MINUTE);
    expect(
      ids((await service.ask('assetChanges', { query: { since: news.body.cursor } })).body.changes),
    ).toEqual(['ast_embargoed']);
  });

  test('what is withdrawn, held or released while it runs is news, and says which of them it is', async () => {
    const service = await startTested();
    const { accessToken: token } = await service.signUp('desk@station.example');
    let { cursor } = (await service.ask('assetChanges')).body;
    const edit = async (act: string, fields: object = {}, id = 'ast_free') => {
      const { status } = await fetch(`${service.url}/test/assets/${id}/${act}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fields),
      });
      return status;
    };
    const news = async () => {
      const { body } = await service.ask('assetChanges', { query: { since: cursor } });
      ({ cursor } = body);
      return body.changes.map((change) => [
        change.op,
        change.rev,
        'asset' in change &&
          change.asset && [
            change.asset.pubStatus,
            change.asset.badges,
            change.asset.packageSizes.length,
          ],
      ]);
    };
    expect(await edit('hold', { reason: { en: 'One shot is being checked' } })).toBe(200);
    expect(await news()).toEqual([['withdraw', 2, ['withheld', ['updated', 'withdrawn'], 0]]]);
    const order = { packageId: 'pkg_ast_free', rev: 1 };
    expect(
      await service.refused('authoriseDownload', { body: order, token }, 'asset-withdrawn'),
    ).toMatchObject({ unavailable: 'on-hold' });
    expect(await edit('lift')).toBe(200);
    expect(await edit('withdraw', { reason: { en: 'Wrong place' } })).toBe(200);
    expect(await news()).toEqual([
      ['withdraw', 4, ['canceled', ['updated', 'withdrawn'], 0]],
      ['withdraw', 4, ['canceled', ['updated', 'withdrawn'], 0]],
    ]);
    expect(
      await service.refused('authoriseDownload', { body: order, token }, 'asset-withdrawn'),
    ).toMatchObject({ unavailable: 'withdrawn' });
    expect((await service.ask('getAsset', { params: { id: 'ast_free' } })).body).toMatchObject({
      pubStatus: 'canceled',
      statusNote: 'Wrong place',
    });
    expect(await news()).toEqual([]);
    expect(await edit('lift')).toBe(409);
    expect(await edit('lift', {}, 'ast_none')).toBe(409);
  });

  test('a cursor of other rights, of other content or too old starts anew', async () => {
    const service = await startTested();
    const { body } = await service.ask('assetChanges');
    const since = body.cursor;
    await service.refused(
      'assetChanges',
      { query: { since }, token: await demoToken(service) },
      'cursor-expired',
    );
    await service.refused('assetChanges', { query: { since: 'bm9uc2Vuc2U' } }, 'cursor-mismatch');
    const other = await startTested({
      clock: service.clock,
      content: { ...fixtureContent(), assets: [asset('ast_open', { rev: 2 })] },
    });
    await other.refused('assetChanges', { query: { since } }, 'cursor-expired');
    service.clock.advance(91 * DAY);
    expect(
      (await service.refused('assetChanges', { query: { since } }, 'cursor-expired')).status,
    ).toBe(410);
  });

  test('who may see embargoed items gets them in the snapshot', async () => {
    const service = await startTested();
    const { body } = await service.ask('assetChanges', { token: await demoToken(service) });
    expect(ids(body.changes)).toContain('ast_embargoed');
  });

  test('asking again and again for nothing is slowed down', async () => {
    const service = await startTested({ limits: 'normal' });
    const { body } = await service.ask('assetChanges');
    const query = { since: body.cursor };
    for (let i = 0; i < 6; i += 1) await service.ask('assetChanges', { query });
    expect(
      (await service.refused('assetChanges', { query }, 'rate-limited')).headers.get('retry-after'),
    ).toBe('10');
  });

  test('large answers are packed for who can read it, under a tag of their own', async () => {
    const service = await startTested();
    const get = (coding: string, headers = {}) =>
      fetch(`${service.url}/v1/catalogue/changes`, {
        headers: { 'accept-encoding': coding, ...headers },
      });
    const plain = await get('identity');
    const small = await get('gzip');
    expect([plain.headers.get('content-encoding'), small.headers.get('content-encoding')]).toEqual([
      null,
      'gzip',
    ]);
    expect(small.headers.get('etag')).toBe(plain.headers.get('etag')?.replace(/"$/, '-gzip"'));
    expect(await small.json()).toEqual(await plain.json());
  });
});

describe('articles', () => {
  test('list, whole, translations, pictures anybody can read', async () => {
    const service = await startTested();
    const { body } = await service.ask('searchArticles', { query: { q: 'port', lang: 'en' } });
    expect(ids(body.items)).toEqual(['art_1']);
    const { body: whole } = await service.ask('getArticle', { params: { id: 'art_1' } });
    expect(whole).toMatchObject({
      translations: [{ id: 'art_2', language: 'fr' }],
      leadMediaId: 'med_lead',
      media: [{ mediaId: 'med_lead', placeholder: 'media:med_lead', url: '/media/med_lead.jpg' }],
    });
    const picture = await fetch(new URL(whole.media[0]?.url ?? '', service.url));
    expect([
      picture.status,
      picture.headers.get('content-type'),
      (await picture.arrayBuffer()).byteLength,
    ]).toEqual([200, 'image/jpeg', whole.media[0]?.bytes]);
    const { body: media } = await service.ask('articleMediaUrls', {
      body: { mediaIds: ['med_lead'] },
    });
    expect((await fetch(media.urls[0]?.url ?? '')).status).toBe(200);
    await service.refused('articleMediaUrls', { body: { mediaIds: ['med_none'] } }, 'not-found');
  });

  test('changes withdraw what is canceled, and its text is gone', async () => {
    const service = await startTested();
    const { body } = await service.ask('articleChanges');
    expect(body.changes.map(({ op, id }) => [op, id])).toEqual([
      ['upsert', 'art_1'],
      ['upsert', 'art_2'],
      ['withdraw', 'art_gone'],
    ]);
    expect((await service.ask('getArticle', { params: { id: 'art_gone' } })).body).toMatchObject({
      pubStatus: 'canceled',
      bodyHtml: '',
      media: [],
    });
  });
});
