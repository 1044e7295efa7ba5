import { ALL_ARTICLES } from '../../../src/shared/model/article-query.ts';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, type OpenedSession } from '../../support/app/session.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let service: DemoService;
const home = temporaryFolder();
const open = (): OpenedSession => openSession({ home, origin: service.url });
const everything = { text: '', sort: 'newest' } as const;

beforeAll(async () => {
  service = await startDemo();
});
afterAll(async () => {
  await service.close();
});

describe('the client and a real service', () => {
  test('an account is created by a code, kept over a restart, and signed out', async () => {
    const first = open();
    await first.account.load();
    const sent = await first.account.register({
      email: 'Ingest@station.example',
      password: PASSWORD,
      displayName: 'Ingest Desk',
      organisation: 'Station',
      country: 'BE',
      newsletter: false,
      language: 'en',
    });
    expect(sent).toMatchObject({
      status: 'signed-out',
      pendingFlow: { purpose: 'registration', email: 'Ingest@station.example', codeLength: 6 },
    });
    await expect(first.account.verify('000000')).rejects.toMatchObject({
      code: 'code-invalid',
      detail: { attemptsLeft: 4 },
    });
    const { code } = await service.nextMail('Ingest@station.example');
    const keychain = first.account.view.keychain;
    // A restart between code and sign-in, where there is a keychain to keep the flow.
    const session = keychain === 'ok' ? open() : first;
    if (session !== first) {
      await first.close();
      await session.account.load();
    }
    expect(await session.account.verify(code ?? '')).toMatchObject({
      status: 'signed-in',
      pendingFlow: null,
      profile: { email: 'Ingest@station.example', newsletter: false },
    });
    expect(await session.account.setNewsletter(true)).toMatchObject({
      profile: { newsletter: true },
    });
    expect(await session.account.sessions()).toMatchObject([{ current: true }]);
    expect(await session.account.signOut()).toMatchObject({ status: 'signed-out', profile: null });
    await session.close();
  });

  test('catalogue and articles are synced, searched, and read with the service gone', async () => {
    const other = await startDemo({ limits: 'relaxed' });
    let language = 'en';
    const session = openSession({
      home,
      origin: other.url,
      scope: 'offline',
      language: () => language,
      localAssets: () => new Set(['nothing']),
    });
    await session.sync();
    const all = await session.catalogue.search(everything, { offset: 0, count: 500 });
    expect(all.total).toBeGreaterThanOrEqual(24);
    expect(all.items).toHaveLength(all.total);
    const [first] = all.items;
    const asset = await session.catalogue.asset(first?.id ?? '');
    expect(asset.shotlist.length).toBeGreaterThan(3);
    const facets = await session.catalogue.facets(everything);
    expect(facets['rights']?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['none', 'territory', 'platform']),
    );
    const articles = await session.stories.list(ALL_ARTICLES, { offset: 0, count: 100 });
    expect(articles.total).toBeGreaterThanOrEqual(18);
    // One of the demo's articles may not be kept offline.
    const stored = articles.items.filter((item) => item.stored);
    expect(stored).toHaveLength(articles.total - 1);

    // Another language: the same assets, fetched anew in it.
    language = 'fr';
    await session.sync();
    const french = await session.catalogue.search(everything, { offset: 0, count: 500 });
    expect(french.total).toBe(all.total);
    expect(
      french.items.filter(
        (item) => item.headline !== all.items.find(({ id }) => id === item.id)?.headline,
      ).length,
    ).toBeGreaterThanOrEqual(12);
    language = 'en';
    await session.sync();
    expect((await session.catalogue.search(everything, { offset: 0, count: 500 })).items).toEqual(
      all.items,
    );
    expect(await session.catalogue.asset(first?.id ?? '')).toEqual(asset);

    const pictures = path.join(home, 'pictures');
    const mediaId = (await session.stories.get(stored[0]?.id ?? '')).media[0]?.mediaId ?? '';
    const picture = await session.stories.picture(mediaId);
    const sha256 = createHash('sha256')
      .update(picture?.bytes ?? '')
      .digest('hex');
    const file = path.join(pictures, sha256.slice(0, 2), sha256);
    writeFileSync(file, 'changed');
    const again = await session.stories.picture(mediaId);
    expect(again?.mediaType).toBe(picture?.mediaType);
    expect(Buffer.from(again?.bytes ?? '')).toEqual(Buffer.from(picture?.bytes ?? ''));
    expect(readFileSync(file)).toEqual(Buffer.from(picture?.bytes ?? ''));

    await other.close();
    expect(await session.catalogue.asset(first?.id ?? '')).toEqual(asset);
    const word = first?.headline.split(' ').find((part) => part.length > 4) ?? '';
    const found = await session.catalogue.search(
      { ...everything, text: word.slice(0, 4) },
      { offset: 0, count: 50 },
    );
    expect(found.items.map(({ id }) => id)).toContain(first?.id);
    for (const { id } of stored) {
      const article = await session.stories.get(id);
      expect(article.bodyHtml.length).toBeGreaterThan(500);
      for (const { mediaId } of article.media)
        expect((await session.stories.picture(mediaId))?.bytes.byteLength).toBeGreaterThan(1000);
    }
    await expect(session.account.signIn('nobody@station.example', PASSWORD)).rejects.toMatchObject({
      code: 'service-unreachable',
    });
    await session.close();
  });
});
