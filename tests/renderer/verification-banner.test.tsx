import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { VerificationBanner } from '../../src/renderer/features/transfers/verification-banner.tsx';
import { makeApp } from '../support/app.tsx';

test.each([
  ['en', 'Harvest the folder contains pkg_1, version 1, instead'],
  ['fr', 'Harvest à la place, le dossier contient pkg_1, version 1'],
] as const)(
  'what is in the folder of a package in place of it is named (%s)',
  async (language, words) => {
    const view = {
      rev: 1,
      isRunning: false,
      packagesDone: 1,
      packagesTotal: 1,
      current: null,
      doneBytes: 0,
      totalBytes: 0,
      recorded: 0,
      lastRecord: null,
      faulty: 1,
      faults: [
        {
          id: 't1',
          title: 'Harvest',
          folder: '/to/Harvest',
          error: {
            code: 'other-package' as const,
            message: '',
            found: { packageId: 'pkg_1', rev: 1 },
          },
          badFiles: 0,
          files: [],
        },
      ],
    };
    const { render } = makeApp({ 'transfers.verification': () => view }, { language });
    await render(<VerificationBanner />);
    expect((await screen.findByRole('listitem')).textContent).toBe(words);
  },
);

const view = (packages: number, recorded: number) => ({
  rev: 1,
  isRunning: false,
  packagesDone: packages,
  packagesTotal: packages,
  current: null,
  doneBytes: 0,
  totalBytes: 0,
  recorded,
  lastRecord:
    recorded === 0
      ? null
      : { atMs: Date.UTC(2026, 10, 25), hash: null, isOwn: true, manifest: 'a'.repeat(64) },
  faulty: 0,
  faults: [],
});

test.each([
  ['en', 1, 0, 'Every file matches the original'],
  [
    'en',
    1,
    1,
    'Every file is as recorded at the download Recorded by this computer on 25 Nov 2026. The publisher gives no checksum.',
  ],
  [
    'fr',
    1,
    1,
    'Tous les fichiers sont tels que consignés lors du transfert Consigné par cet ordinateur le 25 nov. 2026. L’éditeur ne donne pas d’empreinte.',
  ],
  ['en', 3, 3, 'All 3 packages are as recorded at the download'],
  [
    'en',
    3,
    1,
    'All 3 packages are undamaged: 2 match the originals, 1 is as recorded at the download',
  ],
] as const)(
  'what nobody has signed matches no original (%s, %i of which %i recorded)',
  async (language, packages, recorded, words) => {
    const { render } = makeApp(
      { 'transfers.verification': () => view(packages, recorded) },
      { language },
    );
    const container = await render(<VerificationBanner />);
    await screen.findByText(/original|recorded|consignés/u);
    expect(container.textContent).toContain(words);
  },
);
