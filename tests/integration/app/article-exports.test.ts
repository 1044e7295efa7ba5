import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Returned } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { invoke, openApplication, pageShell } from '../../support/app/application.ts';
import { startDemo } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type View = Returned<AppContract, 'articles.export'>;
const ONE = 'art_thirtysprings_en';
const FRENCH = 'art_thirtysprings_fr';
const OTHER = 'art_otterscameback_en';
const REFUSED = 'art_metalsthatdisagree_en';

/** A program with the demo's articles, and what it tells of its exports. */
async function openExports(more: { printPdf?: (page: string) => Promise<Uint8Array> } = {}) {
  const service = await startDemo({ testControls: true, limits: 'relaxed' });
  const views: View[] = [];
  const application: Application = await openApplication(temporaryFolder(), {
    serviceUrl: service.url,
    send: (name, payload) => {
      if (name === 'articles.export-changed') views.push(payload as View);
    },
    shell: {
      ...pageShell,
      ...more,
    },
  });
  await application.services.articles.sync(application.services.session().articles);
  const ended = async (id: string): Promise<View> => {
    const last = () => views.findLast((view) => view.id === id);
    await expect.poll(() => last()?.phase ?? 'running').not.toBe('running');
    return last() as View;
  };
  return {
    application,
    service,
    start: (ids: string[], format: 'markdown' | 'html' | 'epub' | 'pdf') =>
      invoke(application, 'articles.export', { ids, format }),
    ended,
    async take(id: string): Promise<{ status: number; bytes: Uint8Array }> {
      const { status, headers, body } = await application.media(`export/${id}`, null);
      if (body !== null) expect(headers['content-disposition']).toBe('attachment');
      return { status, bytes: body instanceof Uint8Array ? body : new Uint8Array() };
    },
    async close() {
      await application.close();
      await service.close();
    },
  };
}

test('a page gets one article as a file, once, and several as an archive with their pictures', async () => {
  const { start, ended, take, close } = await openExports();
  try {
    const { id, phase } = await start([ONE], 'html');
    expect(phase).toBe('running');
    const done = await ended(id);
    expect(done).toMatchObject({ phase: 'done', count: 1, missingPictures: 0, error: null });
    expect(done.name).toMatch(/^\d{4}-\d\d-\d\d Thirty springs .*\.html$/u);
    const { bytes } = await take(id);
    expect(strFromU8(bytes)).toMatch(/^<!doctype html>/u);
    expect((await take(id)).status).toBe(404);

    const several = await start([ONE, OTHER, REFUSED], 'markdown');
    expect(await ended(several.id)).toMatchObject({
      phase: 'done',
      count: 2,
      name: expect.stringMatching(/^Articles md \d{4}-\d\d-\d\d\.zip$/u) as string,
      leftOut: { count: 1, first: [{ id: REFUSED, code: 'copies-refused' }] },
    });
    const names = Object.keys(unzipSync((await take(several.id)).bytes));
    expect(names.filter((name) => name.endsWith('.md'))).toHaveLength(2);
    expect(names.filter((name) => name.startsWith('pictures/')).length).toBeGreaterThan(2);
  } finally {
    await close();
  }
});

test('pictures that aren’t here are counted while the source is away', async () => {
  const { application, service, start, ended, close } = await openExports();
  try {
    // Both languages have the same pictures.
    await application.services.articles.setStored([ONE, FRENCH], false);
    await invoke(application, 'articles.get', { id: ONE });
    await service.close();
    const { id } = await start([ONE], 'html');
    expect(await ended(id)).toMatchObject({ phase: 'done', count: 1, missingPictures: 2 });
  } finally {
    await close();
  }
});

test('a failure is an answer like any other, and a window prints for itself', async () => {
  const printed: string[] = [];
  const { start, ended, take, close } = await openExports({
    async printPdf(page) {
      printed.push(page);
      return new TextEncoder().encode('%PDF-');
    },
  });
  try {
    const refused = await start([REFUSED], 'epub');
    expect(await ended(refused.id)).toMatchObject({
      phase: 'failed',
      error: { code: 'copies-refused' },
    });
    const { id } = await start([ONE], 'pdf');
    await ended(id);
    expect(strFromU8((await take(id)).bytes)).toBe('%PDF-');
    expect(printed[0]).toContain('Thirty springs');
  } finally {
    await close();
  }
});

test('one that is cancelled is no longer there', async () => {
  const waiting = Promise.withResolvers<Uint8Array>();
  const { application, start, ended, take, close } = await openExports({
    printPdf: () => waiting.promise,
  });
  try {
    const { id } = await start([ONE], 'pdf');
    await invoke(application, 'articles.export-cancel', { id });
    waiting.resolve(new Uint8Array(5));
    // They run one after the other.
    const next = await start([ONE], 'html');
    await ended(next.id);
    expect((await take(id)).status).toBe(404);
  } finally {
    await close();
  }
});
