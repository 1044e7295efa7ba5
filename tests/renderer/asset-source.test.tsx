import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { AssetHeader } from '../../src/renderer/features/asset/header.tsx';
import { Origin } from '../../src/renderer/features/asset/origin.tsx';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { Rights } from '../../src/renderer/features/asset/rights.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { AssetView, SourceView } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import {
  accountView,
  assetView,
  connectionView,
  packageOffer,
  plan,
  plannedItem,
  sourcesView,
  sourceView,
} from '../support/views.ts';

const SOURCE = 'feed:0123456789abcdef0123456789abcdef';
const film = (more: Partial<AssetView> = {}): AssetView =>
  assetView({
    id: `${SOURCE}/film`,
    source: SOURCE,
    slug: 'Lake',
    madeBy: 'Harbour Notes',
    integrity: 'recorded',
    rights: 'unknown',
    packageContents: [packageOffer({ packageId: `${SOURCE}/film/1`, bytes: null })],
    ...more,
  });
const service = sourceView({ id: 'https://media.example', kind: 'service', name: 'media.example' });

async function open(
  ui: React.ReactNode,
  {
    sources = [sourceView()],
    language = 'en',
    ...answers
  }: Answers & {
    sources?: SourceView[];
    language?: 'en' | 'fr';
  } = {},
) {
  const opened = makeApp(
    { 'sources.get': () => sourcesView(...sources), ...answers },
    { language },
  );
  return { ...opened, page: await opened.render(ui) };
}
const factsIn = (page: HTMLElement): string[] =>
  Array.from(page.querySelectorAll('li'), ({ textContent }) => textContent);

test.each([
  [
    { integrity: 'recorded', rights: 'unknown' },
    [
      'Integrity no checksum: recorded here at the first download',
      'Rights not stated',
      'Changes not announced: found when the feed is checked',
    ],
  ],
  [
    {
      integrity: 'published',
      rights: 'general',
      identifiers: [{ name: 'VIRIN', value: '261102-O-AB123-1001' }],
    },
    [
      'Integrity checksum by the publisher: shows damage, not origin',
      'Rights general terms only, check the page',
      'Changes not announced: found when the feed is checked',
      'VIRIN 261102-O-AB123-1001',
    ],
  ],
  [
    { integrity: 'none', rights: 'stated', unlistedAt: Date.parse('2026-11-03T10:00:00Z') },
    [
      'No longer listed since 3 Nov 2026. That isn’t a withdrawal.',
      'Integrity no file, so nothing to verify',
      'Rights stated',
      'Changes not announced: found when the feed is checked',
    ],
  ],
] satisfies [Partial<AssetView>, string[]][])(
  '%j: the page says what nobody vouches for',
  async (more, facts) => {
    const { page } = await open(<Origin asset={film(more)} />);
    expect(factsIn(page)).toEqual(facts);
  },
);

test('beside other sources the service says what it promises; alone it needs no words', async () => {
  const asset = assetView({ source: service.id });
  const { page } = await open(<Origin asset={asset} />, { sources: [service, sourceView()] });
  expect(factsIn(page)).toEqual([
    'Integrity signed by the service',
    'Rights stated',
    'Changes announced by the service',
  ]);
  const alone = await open(<Origin asset={asset} />, { sources: [service] });
  expect(alone.page.textContent).toBe('');
});

test('its page at the source is opened after its host was shown', async () => {
  const sourceUrl = 'https://harbour.example/films/1';
  const { bridge, user } = await open(<Origin asset={film({ sourceUrl })} />);
  await user.click(screen.getByRole('button', { name: texts.en.asset.openAtSource }));
  expect(bridge.sent('app.open-external')).toEqual([{ url: sourceUrl }]);
});

test('the terms of its source are read from here, and when they were accepted', async () => {
  const terms = { version: 'v1', text: 'Editorial use only.', url: null };
  const acceptedAt = Date.parse('2026-11-03T10:00:00Z');
  const { app, user } = await open(<Origin asset={film()} />, {
    sources: [sourceView({ terms, acceptedAt })],
  });
  expect(screen.getByText(/accepted 3 Nov 2026\./u)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: texts.en.asset.readTerms }));
  expect(app.sourceDialogs.getState().open).toEqual({ name: 'terms', id: SOURCE });
});

test('rights that a feed doesn’t state are not said to be free', async () => {
  const { page } = await open(<Rights asset={film()} onJump={() => undefined} />, {
    language: 'fr',
  });
  const { asset } = texts.fr;
  expect(factsIn(page)).toEqual([
    `${asset.use} ${asset.notStatedCheck}`,
    `${asset.restrictions} ${asset.noneStated}`,
    `${asset.embargoUntil} ${asset.noneStated}`,
    `${asset.expiryDate} ${asset.noneStated}`,
  ]);
  expect(page.textContent).not.toContain(asset.noEmbargo);
});

test('its header has the source where there are several, and says that no date is stated', async () => {
  const row = film({ isDateStated: false, publishedAt: Date.parse('2026-11-03T10:00:00Z') });
  const one = await open(<AssetHeader asset={row} row={null} />);
  expect(one.page.textContent).toContain('No date stated, first seen 3 Nov 2026');
  expect(one.page.textContent).not.toContain('Harbour Notes');
  const two = await open(<AssetHeader asset={film({ slug: 'n-1' })} row={null} />, {
    sources: [service, sourceView()],
  });
  expect(two.page.textContent).toContain('Harbour Notes');
});

const signedOut: Answers = {
  'account.get': () => accountView({ status: 'signed-out' }),
  'app.connection': () => connectionView({ state: 'offline' }),
  'transfers.find': () => null,
};

test('no account and no service is needed for what a feed has', async () => {
  const asset = film();
  const { page, bridge, user } = await open(<PackageCard asset={asset} />, {
    ...signedOut,
    'transfers.plan': () =>
      plan([plannedItem({ assetId: asset.id, packageId: `${SOURCE}/film/1` })]),
    'transfers.enqueue': () => ({ ids: ['t'] }),
  });
  await user.click(await screen.findByRole('button', { name: 'Download 14 files' }));
  await screen.findByText(/Saves to/u);
  expect(bridge.sent('transfers.enqueue')).toEqual([
    { packages: [{ assetId: asset.id, packageId: `${SOURCE}/film/1` }], acknowledge: [] },
  ]);
  expect(page.textContent).not.toContain(texts.en.asset.accountFirst);
  expect(page.textContent).not.toContain(texts.en.asset.startsOnline);
});

test('before the terms of its source are accepted, the button leads to them', async () => {
  const { app, user } = await open(<PackageCard asset={film()} />, {
    ...signedOut,
    'transfers.plan': () => plan([plannedItem({ blocked: 'terms' })]),
  });
  await screen.findByText(new RegExp(texts.en.asset.sourceTermsFirst, 'u'));
  await user.click(screen.getByRole('button', { name: texts.en.sources.acceptTerms }));
  expect(app.sourceDialogs.getState().open).toEqual({ name: 'terms', id: SOURCE });
});

test('what can only be watched at the source says so and leads there', async () => {
  const asset = film({
    integrity: 'none',
    packageContents: [],
    sourceUrl: 'https://harbour.example/films/1',
  });
  const { page, bridge, user } = await open(<PackageCard asset={asset} />, signedOut);
  expect(page.textContent).toContain(texts.en.asset.linkOnlyText);
  await user.click(screen.getByRole('button', { name: texts.en.asset.openAtSource }));
  expect(bridge.sent('app.open-external')).toHaveLength(1);
});
