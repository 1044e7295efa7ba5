import { createHash } from 'node:crypto';
import { isOnHold, isWithdrawn } from '../../../shared/api/rights.ts';
import { AppError } from '../../../shared/errors.ts';
import { isRefused, safePaths } from '../../../shared/model/names.ts';
import type { ArticleDetail } from '../../../shared/model/article.ts';
import { bookTitle, epubOf } from './epub.ts';
import {
  type ExportedArticle,
  isPicture,
  PICTURE_EXTENSIONS,
  pictureOf,
  wantedPictures,
} from './content.ts';
import { articleMarkdown } from './markdown.ts';
import { articlePage } from './page.ts';
import type { PdfPrinter } from './ports.ts';
import type { ExportLanguage } from './texts.ts';

export type ExportFormat = 'markdown' | 'html' | 'epub' | 'pdf';
export const EXPORT_EXTENSIONS: Record<ExportFormat, string> = {
  markdown: '.md',
  html: '.html',
  epub: '.epub',
  pdf: '.pdf',
};

export type ExportDeps = {
  articles: {
    /** @throws `withdrawn`, `not-found`, and what its source fails with */
    detail(id: string): Promise<ArticleDetail>;
    /** Null if there is none. */
    picture(mediaId: string): Promise<{ mediaType: string; bytes: Uint8Array } | null>;
  };
  sourceName(id: string): string;
  /** By the service's clock. */
  nowMs(): number;
  printPdf: PdfPrinter;
};
export type ExportOrder = {
  ids: readonly string[];
  format: ExportFormat;
  /** Of labels and dates; the articles keep theirs. */
  language: ExportLanguage;
  /** Markdown refers to files of pictures beside it; otherwise it keeps captions and descriptions. */
  withFolder: boolean;
};
/** A file with its path in the folder of the export. */
export type ExportedFile = { path: string; bytes: Uint8Array };
export type LeftOut = { id: string; error: AppError };
export type ExportStep =
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'left-out'; leftOut: LeftOut }
  /** An article, or a book of several, with the number of pictures that it lacks. */
  | { kind: 'document'; ids: string[]; files: [ExportedFile, ...ExportedFile[]]; missing: number };

const encoded = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** @throws `on-hold`, `withdrawn`, `copies-refused`, `expired` */
export function requireCopy(article: ArticleDetail, nowMs: number): void {
  const { offlineAllowed, offlineUntil } = article;
  if (isWithdrawn(article))
    throw new AppError('withdrawn', 'Withdrawn by the publisher. Do not use it.');
  if (isOnHold(article))
    throw new AppError('on-hold', 'Put on hold by the publisher. Do not use it.');
  if (!offlineAllowed)
    throw new AppError('copies-refused', 'The publisher doesn’t allow copies of this article.');
  if (offlineUntil !== null && Date.parse(offlineUntil) <= nowMs)
    throw new AppError('expired', `Copies of this article were allowed until ${offlineUntil}.`);
}

/** A title as a file name would have it: one component, and no colon, which Windows refuses. */
const fileTitle = (title: string): string =>
  title.replaceAll(/\s*:\s/gu, ' - ').replaceAll(/[/\\]/gu, '-');

/** One that may be copied. Its text is read when its turn has come: all at once may be too much. */
type Chosen = Pick<ArticleDetail, 'id' | 'headline' | 'publishedAt'>;

/** Safe names for all, each once: the day and the headline. */
function namesOf(articles: readonly Chosen[], extension: string): string[] {
  const given = articles.map(
    ({ headline, publishedAt }) =>
      `${publishedAt.slice(0, 10)} ${fileTitle(headline)}`.trim() + extension,
  );
  const steps = safePaths(given);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.map((name, at) =>
    isRefused(name) ? `article-${at + 1}${extension}` : name.path,
  );
}

/** A title that may be the name of a file. */
export function titledName(title: string, extension: string): string {
  const steps = safePaths([fileTitle(title) + extension]);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const [name] = step.value;
  return name && !isRefused(name) ? name.path : `articles${extension}`;
}

/** Faults of one picture; it is left out, and the export goes on. */
async function picturesFor(
  { articles }: Pick<ExportDeps, 'articles'>,
  article: ArticleDetail,
  signal: AbortSignal,
): Promise<{ pictures: ExportedArticle['pictures']; missing: number }> {
  const pictures = new Map<string, { bytes: Uint8Array; mediaType: string }>();
  const wanted = wantedPictures(article);
  for (const mediaId of wanted) {
    signal.throwIfAborted();
    try {
      const picture = await articles.picture(mediaId);
      if (picture && isPicture(picture.bytes)) pictures.set(mediaId, picture);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
  }
  return { pictures, missing: wanted.length - pictures.size };
}

/** Path of a picture's file: the same content has one, whatever articles show it. */
function picturePath(exported: ExportedArticle, mediaId: string): string {
  const picture = pictureOf(exported, mediaId);
  if (!picture) return '';
  const hash = createHash('sha256').update(picture.bytes).digest('hex').slice(0, 32);
  return `pictures/${hash}.${PICTURE_EXTENSIONS[picture.mediaType]}`;
}

async function filesOf(
  { printPdf }: Pick<ExportDeps, 'printPdf'>,
  { format, language, withFolder }: ExportOrder,
  exported: ExportedArticle,
  name: string,
  signal: AbortSignal,
): Promise<[ExportedFile, ...ExportedFile[]]> {
  switch (format) {
    case 'epub':
      return [{ path: name, bytes: epubOf([exported], language) }];
    case 'html':
      return [{ path: name, bytes: encoded(articlePage(exported, language)) }];
    case 'pdf':
      return [{ path: name, bytes: await printPdf(articlePage(exported, language), signal) }];
    case 'markdown': {
      const pathOf = withFolder ? (mediaId: string) => picturePath(exported, mediaId) : null;
      const file = { path: name, bytes: encoded(articleMarkdown(exported, language, pathOf)) };
      const pictures = withFolder
        ? [...exported.pictures].map(([mediaId, { bytes }]) => ({
            path: picturePath(exported, mediaId),
            bytes,
          }))
        : [];
      return [file, ...pictures];
    }
  }
  return format satisfies never;
}

/** An article that may be copied now, or why it may not. */
async function copyable(
  { articles, nowMs }: Pick<ExportDeps, 'articles' | 'nowMs'>,
  id: string,
): Promise<ArticleDetail | LeftOut> {
  try {
    const article = await articles.detail(id);
    requireCopy(article, nowMs());
    return article;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { id, error: thrown };
  }
}
const isLeftOut = (one: object): one is LeftOut => 'error' in one;

/** An article with its pictures. They may take long, so that it is looked at again once they are here. */
async function taken(
  deps: ExportDeps,
  id: string,
  signal: AbortSignal,
): Promise<{ exported: ExportedArticle; missing: number } | LeftOut> {
  const before = await copyable(deps, id);
  if (isLeftOut(before)) return before;
  const { pictures, missing } = await picturesFor(deps, before, signal);
  const article = await copyable(deps, id);
  if (isLeftOut(article)) return article;
  const exported = {
    article,
    sourceName: deps.sourceName(article.id),
    storedAtMs: deps.nowMs(),
    pictures,
  };
  return { exported, missing };
}

/**
 * Makes the documents of an export one after the other, so that few are in memory: a file for each
 * article, with its pictures in it or beside it, or one book of all. Articles that may not be copied
 * or can't be read are left out with their reason, also those that are withdrawn while pictures are on
 * their way; pictures that aren't here are fetched, and counted where that fails.
 *
 * @throws the reason of the signal, `no-browser`, `pdf-failed`, and what no other article escapes,
 * such as `disk-error`
 */
export async function* exportArticles(
  deps: ExportDeps,
  order: ExportOrder,
  signal: AbortSignal,
): AsyncGenerator<ExportStep, void, undefined> {
  const ids = [...new Set(order.ids)];
  const total = ids.length * 2;
  let done = 0;
  const progress = (steps: number): ExportStep => {
    done += steps;
    return { kind: 'progress', done, total };
  };
  const chosen: Chosen[] = [];
  for (const id of ids) {
    signal.throwIfAborted();
    const found = await copyable(deps, id);
    if (isLeftOut(found)) {
      yield { kind: 'left-out', leftOut: found };
      yield progress(2);
    } else {
      const { headline, publishedAt } = found;
      chosen.push({ id, headline, publishedAt });
      yield progress(1);
    }
  }
  const { format, language } = order;
  const isBook = format === 'epub' && chosen.length > 1;
  const names = namesOf(chosen, EXPORT_EXTENSIONS[format]);
  const chapters: ExportedArticle[] = [];
  let missingOfBook = 0;
  for (const [at, { id }] of chosen.entries()) {
    const one = await taken(deps, id, signal);
    if (isLeftOut(one)) yield { kind: 'left-out', leftOut: one };
    else if (isBook) {
      chapters.push(one.exported);
      missingOfBook += one.missing;
    } else {
      const files = await filesOf(deps, order, one.exported, names[at] ?? '', signal);
      yield { kind: 'document', ids: [id], files, missing: one.missing };
    }
    yield progress(1);
  }
  if (!isBook) return;
  const bound: ExportedArticle[] = [];
  for (const chapter of chapters) {
    signal.throwIfAborted();
    const now = await copyable(deps, chapter.article.id);
    if (isLeftOut(now)) yield { kind: 'left-out', leftOut: now };
    else bound.push(chapter);
  }
  if (bound.length === 0) return;
  const title = `${bookTitle(bound, language)} ${day(deps.nowMs())}`;
  yield {
    kind: 'document',
    ids: bound.map(({ article }) => article.id),
    files: [{ path: titledName(title, '.epub'), bytes: epubOf(bound, language) }],
    missing: missingOfBook,
  };
}
