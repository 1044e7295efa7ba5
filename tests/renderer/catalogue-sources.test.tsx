import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Card, TableCells } from '../../src/renderer/features/catalogue/card.tsx';
import { Facets } from '../../src/renderer/features/catalogue/facets.tsx';
import { makeApp } from '../support/app.tsx';
import { assetRow, sourcesView, sourceView } from '../support/views.ts';

const demo = sourceView({ id: 'demo', kind: 'demo', name: '127.0.0.1:4000' });
const counts = {
  topic: [{ value: 'Science', label: 'Science', count: 3 }],
  source: [
    { value: 'demo', label: '127.0.0.1:4000', count: 27 },
    { value: 'feed:0123456789abcdef0123456789abcdef', label: 'Harbour Notes', count: 6 },
  ],
};

test.each([
  ['en', 'Demo'],
  ['fr', 'Démo'],
] as const)(
  'the source is the first facet, by the names of its list (%s)',
  async (language, name) => {
    const { app, render, user } = makeApp({}, { language });
    const page = await render(<Facets counts={counts} />);
    const headings = Array.from(page.querySelectorAll('h3'), ({ textContent }) => textContent);
    expect(headings[1]).toBe('Source');
    await user.click(screen.getByRole('checkbox', { name: new RegExp(`^${name}`, 'u') }));
    expect(app.search.getState().words.catalogue).toBe('source:demo');
  },
);

test('one source is no choice', async () => {
  const { render } = makeApp();
  const page = await render(<Facets counts={{ ...counts, source: counts.source.slice(0, 1) }} />);
  expect(page.textContent).not.toContain('Source');
});

const row = assetRow({
  id: 'feed:0123456789abcdef0123456789abcdef/1',
  source: 'feed:0123456789abcdef0123456789abcdef',
  integrity: 'none',
  unlistedAt: 1,
});

test.each([
  [[sourceView()], false],
  [[demo, sourceView()], true],
] as const)(
  '%#: cards and rows name their source where there are several',
  async (all, isNamed) => {
    const { render } = makeApp({ 'sources.get': () => sourcesView(...all) });
    const page = await render(
      <>
        <Card asset={row} query="" width={300} />
        <TableCells asset={row} query="" width={1200} />
      </>,
    );
    expect(screen.queryAllByText('Harbour Notes')).toHaveLength(isNamed ? 2 : 0);
    expect(screen.getAllByText('Link only')).toHaveLength(2);
    expect(screen.getAllByText('No longer listed')).toHaveLength(2);
    // Its id has a slash, which is no part of the path.
    expect(page.querySelector('img')?.getAttribute('src')).toBe(
      'media/thumb/feed%3A0123456789abcdef0123456789abcdef%2F1',
    );
  },
);
