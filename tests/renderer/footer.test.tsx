import { waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Footer } from '../../src/renderer/features/transfers/footer.tsx';
import { makeApp } from '../support/app.tsx';
import { transferTotals } from '../support/views.ts';

test.each([
  ['en', '2 packages, 14.2\u00a0GB remaining'],
  ['fr', '2 sujets, reste 14,2\u00a0Go'],
] as const)(
  'the foot of the queue says what remains, as one says it (%s)',
  async (language, words) => {
    const totals = transferTotals({
      counts: { all: 2, active: 1, waiting: 1, done: 0, failed: 0, recalled: 0 },
      remainingBytes: 14_200_000_000,
    });
    const { render } = makeApp({ 'transfers.totals': () => totals }, { language });
    const page = await render(<Footer />);
    await waitFor(() => expect(page.textContent).toBe(words));
  },
);
