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
