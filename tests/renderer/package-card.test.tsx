import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { makeApp } from '../support/app.tsx';
import {
  accountView,
  assetView,
  connectionView,
  packageOffer,
  transferRow,
} from '../support/views.ts';

const asset = assetView({ id: 'ast_1', packageContents: [packageOffer()] });

test.each([
  [
    { phase: 'waiting', reason: 'disk-full', untilMs: null, shortBytes: 3_000_000_000 },
    'Waiting: needs 3.0 GB more space',
    'Open folder',
  ],
  [
    { phase: 'waiting', reason: 'signed-out', untilMs: null, shortBytes: null },
    'Waiting: sign in to continue',
    'Sign in',
  ],
  [{ phase: 'paused' }, /^Paused/u, 'Resume'],
] as const)(
  'what a package waits for stands on its page, with what helps: %s',
  async (state, text, help) => {
    const { render } = makeApp({
      'account.get': () => accountView(),
      'transfers.find': () => transferRow({ assetId: 'ast_1', packageId: 'pkg_1', state }),
    });
    await render(<PackageCard asset={asset} />);
    expect(await screen.findByText(text)).toBeTruthy();
    expect(screen.getByRole('button', { name: help })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Show in Downloads' })).toBeTruthy();
  },
);

test('offline the page says when a download starts', async () => {
  const { render } = makeApp({
    'account.get': () => accountView(),
    'app.connection': () => connectionView({ state: 'offline' }),
    'transfers.find': () => null,
  });
  await render(<PackageCard asset={asset} />);
  expect(await screen.findByText(/Starts when you’re back online\./u)).toBeTruthy();
});

test.each([
  [null, /^Recorded by this computer on 25 Nov 2026\. The publisher gives no checksum\.$/u],
  ['sha1', /^Matches the publisher’s SHA-1, which shows damage but doesn’t prove origin\.$/u],
] as const)('of a package that nobody signs it is said how it is known: %s', async (hash, text) => {
  const { render } = makeApp({
    'account.get': () => accountView(),
    'transfers.find': () =>
      transferRow({
        assetId: 'ast_1',
        packageId: 'pkg_1',
        recorded: { atMs: Date.UTC(2026, 10, 25), hash, isOwn: true, manifest: 'a'.repeat(64) },
      }),
  });
  await render(<PackageCard asset={asset} />);
  expect(await screen.findByText(text)).toBeTruthy();
  expect(screen.getByText('Downloaded.')).toBeTruthy();
  expect(screen.queryByText('Downloaded and verified.')).toBeNull();
});
