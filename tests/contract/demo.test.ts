import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BODY_ELEMENTS } from '../../src/shared/api/body-elements.ts';
import { openContent } from '../../src/service/content/open.ts';
import { checkFrench } from '../support/typography.ts';
import { startTested } from './support/service.ts';
import type { Tested } from './support/service.ts';

const demoDir = fileURLToPath(new URL('../../assets/demo', import.meta.url));
const content = openContent('demo', demoDir);
const demoToken = async (service: Tested) => {
  const { body } = await service.ask('signIn', {
    body: { ...service.demoAccount, device: { name: 'x', platform: 'x', appVersion: '1' } },
  });
  return body.accessToken;
};

describe('the demo', () => {
  test('every asset, its package lists and its pictures keep the contract', async () => {
    const service = await startTested({ content });
    const token = await demoToken(service);
    const { body: changes } = await service.ask('assetChanges', { query: { limit: '500' }, token });
    expect(changes.changes.length).toBeGreaterThanOrEqual(24);
    expect(new Set(changes.changes.map(({ op }) => op))).toEqual(new Set(['upsert', 'withdraw']));
    for (const { id } of changes.changes) {
      const { body: asset } = await service.ask('getAsset', { params: { id }, token });
      expect(Buffer.byteLength(asset.searchText)).toBeLessThanOrEqual(4096);
      for (const { url } of [...asset.thumbnails, ...(asset.preview ? [asset.preview] : [])]) {
        const response = await fetch(new URL(url, service.url), {
          headers: { range: 'bytes=0-1' },
        });
        expect([url, response.status]).toEqual([url, 206]);
      }
      if (asset.expiresAt !== null && Date.parse(asset.expiresAt) <= service.clock.now()) continue;
      for (const { packageId } of asset.packageSizes) {
        const { body: manifest } = await service.ask('getManifest', {
          params: { id: packageId },
          token,
        });
        const paths = manifest.files.map(({ path }) => path);
        expect(new Set(paths.map((path) => path.normalize('NFC').toLowerCase())).size).toBe(
          paths.length,
        );
        expect(
          paths.filter(
            (path) => path.startsWith('/') || /[<>:"\\|?*]|[. ](\/|$)|(^|\/)\.\.?(\/|$)/.test(path),
          ),
        ).toEqual([]);
      }
    }
  });

  test('every article keeps the contract and its body the allowed elements', async () => {
    const service = await startTested({ content });
    const token = await demoToken(service);
    const { body: changes } = await service.ask('articleChanges', {
      query: { limit: '500' },
      token,
    });
    expect(changes.changes.length).toBeGreaterThanOrEqual(12);
    for (const { id } of changes.changes) {
      const { body: article } = await service.ask('getArticle', { params: { id }, token });
      const elements = Array.from(
        article.bodyHtml.matchAll(/<([a-z]\w*)/gi),
        ([, name = '']) => name,
      );
      expect(elements.filter((name) => !BODY_ELEMENTS.some((allowed) => allowed === name))).toEqual(
        [],
      );
      const used = Array.from(article.bodyHtml.matchAll(/src="(media:[^"]+)"/g), ([, src]) => src);
      expect(
        used.filter((src) => !article.media.some(({ placeholder }) => placeholder === src)),
      ).toEqual([]);
    }
  });

  test('every French article is set as French', async () => {
    const service = await startTested({ content });
    const token = await demoToken(service);
    const { body: changes } = await service.ask('articleChanges', {
      query: { limit: '500' },
      token,
    });
    const french = changes.changes.filter(
      (change) => 'article' in change && change.article?.language === 'fr',
    );
    expect(french.length).toBeGreaterThanOrEqual(6);
    for (const { id } of french) {
      const { body: article } = await service.ask('getArticle', { params: { id }, token });
      const { headline, alternativeHeadline, summary, correctionNote, usageTerms, media } = article;
      const texts = [
        headline,
        alternativeHeadline,
        summary,
        correctionNote,
        usageTerms,
        ...media.flatMap(({ alt, caption, credit }) => [alt, caption, credit]),
        ...article.bodyHtml.split(/<[^>]*>/u),
        ...article.bodyText.split('\n'),
      ].map((text) => text ?? '');
      expect([id, texts.flatMap(checkFrench)]).toEqual([id, []]);
    }
  });

  test('a restriction of single shots names them, in summary and detail', async () => {
    const service = await startTested({ content });
    const { body } = await service.ask('assetChanges', { query: { limit: '500' } });
    const confined = new Set<string>();
    for (const change of body.changes) {
      if (change.op === 'delete' || !change.asset) continue;
      const { body: detail } = await service.ask('getAsset', { params: { id: change.id } });
      expect(change.asset.restrictions).toEqual(detail.restrictions);
      for (const { id, shots } of detail.restrictions) {
        const marked = detail.shotlist.filter(({ restrictionIds }) => restrictionIds.includes(id));
        expect([id, shots]).toEqual([
          id,
          marked.length === 0 ? undefined : marked.map(({ n }) => n),
        ]);
        if (shots) confined.add(change.asset.slug);
      }
    }
    expect(confined.size).toBeGreaterThan(0);
  });

  test('a whole package of real files comes as its manifest says', async () => {
    const service = await startTested({ content });
    const token = await demoToken(service);
    const asset = content.assets.find(
      ({ pubStatus, restrictions, packages, embargoUntilMin }) =>
        pubStatus === 'usable' &&
        restrictions.length === 0 &&
        embargoUntilMin === undefined &&
        packages.some(({ purpose }) => purpose === 'web'),
    );
    const web = asset?.packages.find(({ purpose }) => purpose === 'web');
    const { body } = await service.ask('authoriseDownload', {
      body: { packageId: web?.id, rev: web?.rev },
      token,
    });
    for (const { url, bytes, fileId } of body.urls) {
      const response = await fetch(url);
      const received = Buffer.from(await response.arrayBuffer());
      const digest = response.headers.get('repr-digest');
      expect([received.length, digest]).toEqual([
        bytes,
        `sha-256=:${Buffer.from(web?.files.find(({ id }) => id === fileId)?.sha256 ?? '', 'hex').toString('base64')}:`,
      ]);
    }
  });
});

describe('generated assets', () => {
  test('are as many as asked for and the same every time', () => {
    const [one, other] = [openContent('bench:500', demoDir), openContent('bench:500', demoDir)];
    expect(one.assets).toHaveLength(500);
    expect(one.assets).toEqual(other.assets);
    expect(new Set(one.assets.flatMap(({ packages }) => packages.map(({ id }) => id))).size).toBe(
      one.assets.flatMap(({ packages }) => packages).length,
    );
  });

  test('keep the contract', async () => {
    const service = await startTested({ content: openContent('bench:600', demoDir) });
    const first = await service.ask('assetChanges', { query: { limit: '500' } });
    const second = await service.ask('assetChanges', {
      query: { limit: '500', since: first.body.cursor },
    });
    expect([
      first.body.changes.length,
      first.body.hasMore,
      second.body.changes.length,
      second.body.hasMore,
    ]).toEqual([500, true, 100, false]);
    const { accessToken: token } = await service.signUp('ada@station.example');
    const { packageSizes } = (await service.ask('getAsset', { params: { id: 'ast_b000123' } }))
      .body;
    expect(
      (
        await service.ask('getManifest', {
          params: { id: packageSizes[0]?.packageId ?? '' },
          token,
        })
      ).body.assetId,
    ).toBe('ast_b000123');
  });
});
