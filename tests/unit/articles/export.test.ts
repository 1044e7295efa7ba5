import { expect, test } from 'vitest';
import {
  exportArticles,
  type ExportDeps,
  type ExportOrder,
  type ExportStep,
} from '../../../src/main/articles/export/export.ts';
import type { ArticleDetail } from '../../../src/shared/model/article.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { articleDetail, articleMedia, PIXELS, STORED_AT_MS } from '../../support/exported.ts';

const PNG = PIXELS['image/png'];
const BROKEN = new TextEncoder().encode('<html>not a picture');

function deps(
  articles: readonly ArticleDetail[],
  pictures: Record<string, Uint8Array | AppError> = {},
): ExportDeps & { printed: string[] } {
  const printed: string[] = [];
  return {
    printed,
    articles: {
      async detail(id) {
        const found = articles.find((one) => one.id === id);
        if (!found) throw new AppError('withdrawn', 'Withdrawn by the publisher. Do not use it.');
        return found;
      },
      async picture(mediaId) {
        const found = pictures[mediaId];
        if (found instanceof AppError) throw found;
        return found ? { mediaType: 'image/png', bytes: found } : null;
      },
    },
    sourceName: (id) => `Source of ${id}`,
    nowMs: () => STORED_AT_MS,
    async printPdf(page) {
      printed.push(page);
      return PNG;
    },
  };
}

async function all(
  given: ExportDeps,
  order: Pick<ExportOrder, 'ids' | 'format'> & Partial<ExportOrder>,
  signal = new AbortController().signal,
): Promise<ExportStep[]> {
  const steps: ExportStep[] = [];
  const whole = { language: 'en', withFolder: false, ...order } as const;
  for await (const step of exportArticles(given, whole, signal)) steps.push(step);
  return steps;
}
const documents = (steps: readonly ExportStep[]) =>
  steps.flatMap((step) => (step.kind === 'document' ? [step] : []));
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test('what may not be copied is left out with its reason, and the others are written', async () => {
  const articles = [
    articleDetail({ id: 'a' }),
    articleDetail({ id: 'b', offlineAllowed: false }),
    articleDetail({ id: 'c', pubStatus: 'withheld' }),
    articleDetail({ id: 'd', pubStatus: 'canceled' }),
    articleDetail({ id: 'e', offlineUntil: '2026-11-27T11:59:00Z' }),
    articleDetail({ id: 'f', offlineUntil: '2026-11-27T12:01:00Z' }),
  ];
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'gone', 'a'];
  const steps = await all(deps(articles), { ids, format: 'html' });
  expect(
    steps.flatMap((step) =>
      step.kind === 'left-out' ? [[step.leftOut.id, step.leftOut.error.code]] : [],
    ),
  ).toEqual([
    ['b', 'copies-refused'],
    ['c', 'on-hold'],
    ['d', 'withdrawn'],
    ['e', 'expired'],
    ['gone', 'withdrawn'],
  ]);
  expect(documents(steps).map((document) => document.ids)).toEqual([['a'], ['f']]);
  expect(text(documents(steps)[1]?.files[0].bytes)).toContain('May be kept until');
  expect(steps.at(-1)).toEqual({ kind: 'progress', done: 14, total: 14 });
});

test.each(['html', 'epub'] as const)(
  'one that is withdrawn while pictures are on their way isn’t written: %s',
  async (format) => {
    const media = [articleMedia({ mediaId: 'slow' })];
    const articles = [
      articleDetail({ id: 'a' }),
      articleDetail({ id: 'b', media, headline: 'Withdrawn meanwhile' }),
      articleDetail({ id: 'c' }),
      articleDetail({ id: 'd' }),
    ];
    const given = deps(articles);
    given.articles.picture = async () => {
      articles.splice(1, 2);
      return null;
    };
    const steps = await all(given, { ids: ['a', 'b', 'c', 'd'], format });
    expect(documents(steps).flatMap(({ ids }) => ids)).toEqual(['a', 'd']);
    expect(
      steps.flatMap((step) =>
        step.kind === 'left-out' ? [[step.leftOut.id, step.leftOut.error.code]] : [],
      ),
    ).toEqual([
      ['b', 'withdrawn'],
      ['c', 'withdrawn'],
    ]);
    expect(steps.findLast(({ kind }) => kind === 'progress')).toMatchObject({ done: 8, total: 8 });
  },
);

test('a chapter that is withdrawn before its book is bound isn’t in it', async () => {
  const media = [articleMedia({ mediaId: 'slow' })];
  const articles = [
    articleDetail({ id: 'a' }),
    articleDetail({ id: 'b' }),
    articleDetail({ id: 'c', media }),
  ];
  const given = deps(articles);
  given.articles.picture = async () => {
    articles.splice(0, 1);
    return null;
  };
  const steps = await all(given, { ids: ['a', 'b', 'c'], format: 'epub' });
  expect(documents(steps).flatMap(({ ids }) => ids)).toEqual(['b', 'c']);
});

test('pictures that can’t be had are counted, and their captions stay', async () => {
  const media = ['here', 'away', 'none', 'broken'].map((mediaId) =>
    articleMedia({ mediaId, caption: `Caption of ${mediaId}` }),
  );
  const given = deps([articleDetail({ id: 'a', media })], {
    here: PNG,
    away: new AppError('offline', 'away'),
    broken: BROKEN,
  });
  const [document] = documents(await all(given, { ids: ['a'], format: 'html' }));
  expect(document?.missing).toBe(3);
  const page = text(document?.files[0].bytes);
  expect(page.match(/<img /gu)).toHaveLength(1);
  for (const { mediaId } of media) expect(page).toContain(`Caption of ${mediaId}`);
});

test('names are safe and each is used once', async () => {
  const headlines = [
    'One: two',
    'One: two',
    '../../etc/passwd',
    'a\\b/c',
    'x'.repeat(300),
    '\u202egnp.exe',
    '',
  ];
  const articles = headlines.map((headline, at) => articleDetail({ id: `${at}`, headline }));
  const found = documents(
    await all(deps(articles), { ids: articles.map(({ id }) => id), format: 'markdown' }),
  ).map(({ files: [{ path }] }) => path);
  expect(found.slice(0, 4)).toEqual([
    '2026-11-24 One - two.md',
    '2026-11-24 One - two (2).md',
    '2026-11-24 ..-..-etc-passwd.md',
    '2026-11-24 a-b-c.md',
  ]);
  expect(found[4]).toMatch(/^2026-11-24 x{80,}~[0-9a-f]{8}\.md$/u);
  expect(found[5]).toBe('2026-11-24 -gnp.exe.md');
  expect(found[6]).toBe('2026-11-24.md');
  expect(new Set(found).size).toBe(found.length);
});

const illustrated = (id: string) =>
  articleDetail({
    id,
    headline: id,
    bodyHtml: '<p>a<img src="media:m" alt="b"><img src="media:other" alt="c"></p>',
    media: [articleMedia({ mediaId: 'm', role: 'inline' })],
  });

test('Markdown has its pictures beside it in a folder, each once, and captions in a file alone', async () => {
  // The other one is no picture of theirs.
  const given = deps([illustrated('a'), illustrated('b')], { m: PNG, other: PIXELS['image/gif'] });
  const [first, second] = documents(
    await all(given, { ids: ['a', 'b'], format: 'markdown', withFolder: true }),
  );
  const [, picture] = first?.files ?? [];
  expect(picture?.path).toMatch(/^pictures\/[0-9a-f]{32}\.png$/u);
  expect(second?.files[1]?.path).toBe(picture?.path);
  expect(first?.files).toHaveLength(2);
  expect(text(first?.files[0].bytes)).toContain(`![b](${picture?.path})`);
  const [alone] = documents(await all(given, { ids: ['a'], format: 'markdown' }));
  expect(alone?.files).toHaveLength(1);
  expect(text(alone?.files[0].bytes)).toContain('[Picture not included: b]');
});

test('several articles are one book, and as many pages or PDFs', async () => {
  const given = deps([articleDetail({ id: 'a' }), articleDetail({ id: 'b' })]);
  const book = documents(await all(given, { ids: ['a', 'b'], format: 'epub' }));
  expect(book.map(({ ids, files: [{ path }] }) => [ids, path])).toEqual([
    [['a', 'b'], 'Articles - World 2026-11-27.epub'],
  ]);
  const pdfs = documents(await all(given, { ids: ['a', 'b'], format: 'pdf' }));
  expect(pdfs.map(({ files: [{ path }] }) => path)).toEqual([
    '2026-11-24 The tide gauge has a new zero.pdf',
    '2026-11-24 The tide gauge has a new zero (2).pdf',
  ]);
  expect(given.printed).toHaveLength(2);
  expect(given.printed[0]).toContain('Source of a');
});

test('one that is stopped writes nothing more and says why', async () => {
  const stop = new AbortController();
  const given = deps([articleDetail({ id: 'a' }), articleDetail({ id: 'b' })]);
  const steps: ExportStep[] = [];
  const order = { ids: ['a', 'b'], format: 'html', language: 'en', withFolder: false } as const;
  await expect(async () => {
    for await (const step of exportArticles(given, order, stop.signal)) {
      steps.push(step);
      if (step.kind === 'progress') stop.abort(new AppError('cancelled', 'Stopped'));
    }
  }).rejects.toMatchObject({ code: 'cancelled' });
  expect(documents(steps)).toEqual([]);
});
