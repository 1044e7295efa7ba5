import { randomUUID } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import type { Received, Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { foreignSourceOf } from '../../shared/model/source.ts';
import { AppError, toWire } from '../../shared/errors.ts';
import { createBrowserPrinter } from '../adapters/browser-pdf.ts';
import type { MediaAnswer } from '../adapters/service/media.ts';
import {
  EXPORT_EXTENSIONS,
  exportArticles,
  type ExportDeps,
  type ExportedFile,
  type LeftOut,
  titledName,
} from '../articles/export/export.ts';
import { exportWords, type ExportLanguage } from '../articles/export/texts.ts';
import { shortened } from './enqueue.ts';
import type { Services } from './services.ts';

export type ExportView = Returned<AppContract, 'articles.export'>;
type Request = Received<AppContract, 'articles.export'>;

/**
 * What an export of this program's articles works with.
 * @throws `managed` if exports are switched off
 */
export function exportDeps(
  services: Pick<Services, 'articles' | 'current' | 'sourcesView' | 'connection' | 'policy'> & {
    options: Pick<Services['options'], 'shell'>;
  },
  language: ExportLanguage,
): ExportDeps {
  const { articles, connection, options, policy } = services;
  policy.require('export-articles');
  const sources = services.sourcesView().items;
  return {
    articles,
    sourceName(id) {
      const own = foreignSourceOf(id) ?? services.current()?.scope;
      const source = sources.find((one) => one.id === own);
      // The demo's address is of this computer, and another one at each start.
      return source?.kind === 'demo' ? exportWords[language].demo : (source?.name ?? '');
    },
    nowMs: () => connection.serviceNow(),
    printPdf: options.shell.printPdf ?? createBrowserPrinter(),
  };
}

type Options = {
  deps(language: ExportLanguage): ExportDeps;
  language(): ExportLanguage;
  onChanged(view: ExportView): void;
  /** Records what has left the program. */
  note(exported: { format: string; name: string; count: number }): Promise<void>;
  onBug(thrown: unknown): void;
};
type Job = { view: ExportView; stop: AbortController; bytes: Uint8Array | null };

/** Results that wait to be saved; the oldest goes for a new one. */
const MAX_JOBS = 4;
/** What a page can be handed; the command line writes file by file. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Pauses between two pushes of one export, in steps. */
const STEPS_A_PUSH = 5;

/** Several files as one. */
function archiveOf(files: ReadonlyMap<string, Uint8Array>, nowMs: number): Uint8Array {
  const entries: Zippable = {};
  // Pictures are compressed already.
  for (const [path, bytes] of files)
    entries[path] =
      path.startsWith('pictures/') || path.endsWith('.pdf') ? [bytes, { level: 0 }] : bytes;
  return zipSync(entries, { mtime: nowMs });
}

/**
 * Exports for pages: one at a time, in the background. The result waits here until the page has taken
 * it, which saves it where the person says.
 */
export class ArticleExports {
  readonly #options: Options;
  readonly #jobs = new Map<string, Job>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  start(request: Request): ExportView {
    const id = randomUUID();
    const view: ExportView = {
      id,
      phase: 'running',
      done: 0,
      total: new Set(request.ids).size * 2,
      name: null,
      count: 0,
      missingPictures: 0,
      leftOut: { count: 0, first: [] },
      error: null,
    };
    const job: Job = { view, stop: new AbortController(), bytes: null };
    this.#jobs.set(id, job);
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size > MAX_JOBS && oldest !== undefined) this.#drop(oldest);
    this.#last = this.#last.then(() => this.#run(job, request));
    return view;
  }

  /** Ends one that is running and forgets one that is done. */
  cancel(id: string): void {
    this.#drop(id);
  }

  /** The result, once. */
  take(id: string): MediaAnswer {
    const job = this.#jobs.get(id);
    if (!job?.bytes) return { status: 404, headers: {}, body: null };
    this.#jobs.delete(id);
    return {
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(job.bytes.byteLength),
        'content-disposition': 'attachment',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
      body: job.bytes,
    };
  }

  async close(): Promise<void> {
    for (const id of this.#jobs.keys()) this.#drop(id);
    await this.#last;
  }

  #drop(id: string): void {
    this.#jobs.get(id)?.stop.abort(new AppError('cancelled', 'Stopped'));
    this.#jobs.delete(id);
  }

  #tell(job: Job, change: Partial<ExportView>): void {
    job.view = { ...job.view, ...change };
    if (this.#jobs.has(job.view.id)) this.#options.onChanged(job.view);
  }

  async #run(job: Job, request: Request): Promise<void> {
    try {
      const { bytes, ...facts } = await this.#export(job, request);
      await this.#options.note({
        format: `article-${request.format}`,
        name: facts.name,
        count: facts.count,
      });
      job.bytes = bytes;
      this.#tell(job, { ...facts, phase: 'done', done: job.view.total });
    } catch (thrown) {
      const error = toWire(thrown);
      if (error.code === 'bug') this.#options.onBug(thrown);
      this.#tell(job, { phase: 'failed', error });
    }
  }

  async #export(job: Job, { ids, format }: Request) {
    const language = this.#options.language();
    const deps = this.#options.deps(language);
    const files = new Map<string, Uint8Array>();
    const leftOut: LeftOut[] = [];
    let [size, missing, count] = [0, 0, 0];
    const withFolder = ids.length > 1;
    const order = { ids, format, language, withFolder };
    const keep = ({ path, bytes }: ExportedFile): void => {
      size += files.has(path) ? 0 : bytes.byteLength;
      files.set(path, bytes);
      if (size > MAX_BYTES)
        throw new AppError('usage', 'This is too large for the app. Use: desk articles export');
    };
    for await (const step of exportArticles(deps, order, job.stop.signal)) {
      if (step.kind === 'left-out') leftOut.push(step.leftOut);
      else if (step.kind === 'document') {
        step.files.forEach(keep);
        missing += step.missing;
        count += step.ids.length;
      } else if (step.done % STEPS_A_PUSH === 0) this.#tell(job, { done: step.done });
    }
    const [first, ...others] = files;
    // Nothing is left: the first reason is the answer.
    if (!first) throw leftOut[0]?.error ?? new AppError('not-found', 'No such article');
    const facts = {
      count,
      missingPictures: missing,
      leftOut: shortened(leftOut.map(({ id, error }) => ({ id, code: error.code }))),
    };
    const [name, bytes] = first;
    if (others.length === 0) return { ...facts, name, bytes };
    const day = new Date(deps.nowMs()).toISOString().slice(0, 10);
    const title = `${exportWords[language].title} ${EXPORT_EXTENSIONS[format].slice(1)} ${day}`;
    return {
      ...facts,
      name: titledName(title, '.zip'),
      bytes: archiveOf(files, deps.nowMs()),
    };
  }
}
