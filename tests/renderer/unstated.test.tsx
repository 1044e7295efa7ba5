import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { TableCells } from '../../src/renderer/features/catalogue/card.tsx';
import { SelectionBar } from '../../src/renderer/features/catalogue/selection-bar.tsx';
import { AssetTabs } from '../../src/renderer/features/asset/asset-tabs.tsx';
import { withLengths } from '../../src/renderer/features/asset/copy.ts';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { Shotlist } from '../../src/renderer/features/asset/shotlist.tsx';
import { makeApp } from '../support/app.tsx';
import {
  accountView,
  assetRow,
  assetView,
  packageOffer,
  plan,
  plannedItem,
} from '../support/views.ts';

const shot = (n: number, startMs: number | null, text: string) => ({
  n,
  in: startMs === null ? null : '00:00:01:00',
  out: null,
  startMs,
  durationMs: null,
  text,
  restrictionIds: [],
});

test('a row shows neither a length nor a size that its source does not state', async () => {
  const { render } = makeApp({});
  const asset = assetRow({
    durationMs: null,
    packages: [{ packageId: 'p1', label: '1080p', purpose: 'broadcast', bytes: null }],
  });
  const page = await render(<TableCells asset={asset} query="" width={1200} />);
  expect(page.textContent).toContain('1080p');
  expect(page.textContent).not.toMatch(/\d:\d\d|\d\s?(?:k|M|G)?B\b/u);
});

test.each([
  ['en', 'Download 3 files'],
  ['fr', 'Télécharger 3 fichiers'],
] as const)('a package of unknown size is downloaded without one (%s)', async (language, name) => {
  const { render } = makeApp(
    { 'account.get': () => accountView(), 'transfers.find': () => null },
    { language },
  );
  await render(
    <PackageCard
      asset={assetView({ packageContents: [packageOffer({ bytes: null, fileCount: 3 })] })}
    />,
  );
  expect(await screen.findByRole('button', { name })).toBeTruthy();
});

test('the sum of a selection says how much of it is known', async () => {
  const items = [
    plannedItem({ assetId: 'a', packageId: 'p-a', bytes: 3_100_000_000 }),
    plannedItem({ assetId: 'b', packageId: 'p-b', bytes: null }),
  ];
  const { app, render } = makeApp({
    'transfers.plan': () => ({ ...plan(items), unknownSizes: 1 }),
  });
  app.criteria.getState().select(new Set(['a', 'b']));
  await render(<SelectionBar />);
  expect(await screen.findByText(/^at least 3\.1\sGB, 1 of unknown size$/u)).toBeTruthy();
});

test('a shot without a time is read, and one with a time is gone to', async () => {
  const onJump = vi.fn();
  const { render, user } = makeApp({});
  const shots = [shot(1, 1000, 'Wide shot of the quay'), shot(2, null, 'Gulls')];
  await render(
    <Shotlist
      asset={assetView({ shotlist: shots })}
      current={null}
      frames={new Map()}
      onJump={onJump}
    />,
  );
  await user.click(screen.getByText('Gulls'));
  expect(onJump).not.toHaveBeenCalled();
  await user.click(screen.getByText('Wide shot of the quay'));
  expect(onJump).toHaveBeenCalledWith(shots[0]);
});

test('a soundbite without a time is read, and one without a timecode is gone to by its time', async () => {
  const onPlay = vi.fn();
  const { render, user } = makeApp({});
  const bite = { role: '', in: null, out: null, translation: null };
  const page = await render(
    <AssetTabs
      asset={assetView({
        soundbites: [
          { ...bite, speaker: 'Ole Vik', language: 'und', startMs: null, verbatim: 'It holds.' },
          { ...bite, speaker: 'Ana Berg', language: 'nb', startMs: 64_000, verbatim: 'Vent.' },
        ],
      })}
      onPlay={onPlay}
    />,
  );
  const [first, second] = page.querySelectorAll('li');
  expect(first?.textContent).toBe('“It holds.”Ole Vik');
  expect(second?.textContent).toContain('Norwegian Bokmål');
  const play = screen.getAllByRole('button', { name: /^Play/u });
  expect(play.map(({ textContent }) => textContent)).toEqual(['1:04']);
  for (const button of play) await user.click(button);
  expect(onPlay).toHaveBeenCalledExactlyOnceWith(64_000);
});

test('a length that is not given lasts to the next shot, and the last one to the end', () => {
  const timed = [
    { ...shot(1, 0, ''), startMs: 0 },
    { ...shot(2, 4000, ''), startMs: 4000, durationMs: 500 },
    { ...shot(3, 9000, ''), startMs: 9000 },
  ];
  expect(withLengths(timed, 12_000).map(({ durationMs }) => durationMs)).toEqual([4000, 500, 3000]);
});

test.each([
  ['en', 'Language not stated'],
  ['fr', 'Langue non indiquée'],
] as const)('captions of a language that nobody states say so (%s)', async (language, words) => {
  const { render, user } = makeApp({}, { language });
  await render(
    <AssetTabs
      asset={assetView({
        captions: [{ fileId: 'c', language: 'und', kind: 'subtitles', format: 'srt' }],
      })}
      onPlay={() => undefined}
    />,
  );
  await user.click(screen.getByRole('tab', { name: /^(?:Captions|Sous-titres)/u }));
  expect(screen.getByText(words)).toBeTruthy();
});
