import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createBrowserPrinter, findBrowser } from '../../../src/main/adapters/browser-pdf.ts';
import { articlePage } from '../../../src/main/articles/export/page.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { articleMedia, exportedArticle, PIXELS } from '../../support/exported.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' });
const print = (browser: string) => createBrowserPrinter({ find: () => browser })('a', NEVER);
const NEVER = new AbortController().signal;
const found = ((): string | null => {
  try {
    return findBrowser();
  } catch {
    return null;
  }
})();
const hasTools = ['pdfinfo', 'pdftotext', 'pdfimages'].every((name) =>
  existsSync(`/usr/bin/${name}`),
);
const left = async (): Promise<string[]> =>
  (await readdir(os.tmpdir())).filter((name) => name.startsWith('multimedia-desk-pdf-'));

/** A browser that does what a script of the shell says. */
async function scripted(script: string): Promise<string> {
  const file = path.join(temporaryFolder(), 'browser');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

test.skipIf(found === null || !hasTools)(
  'an article becomes a tagged PDF with its text, whole pictures and numbered pages (skipped without a browser and poppler-utils)',
  async () => {
    const before = await left();
    const paragraph = `<p>${'One dark hour in the harbour. '.repeat(60)}</p>`;
    const figure =
      '<figure><img src="media:med_1" alt="Gauge"><figcaption>Low tide.</figcaption></figure>';
    const exported = exportedArticle(
      {
        bodyHtml: `<h2>The zero</h2>${paragraph.repeat(2)}${figure}${paragraph.repeat(4)}`,
        media: [articleMedia()],
      },
      new Map([['med_1', { mediaType: 'image/png', bytes: PIXELS['image/png'] }]]),
    );
    const bytes = await createBrowserPrinter()(articlePage(exported, 'en'), NEVER);
    const file = path.join(temporaryFolder(), 'article.pdf');
    await writeFile(file, bytes);
    const info = run('pdfinfo', file);
    expect(info).toMatch(/^Tagged: +yes$/mu);
    expect(info).toMatch(/^Title: +The tide gauge has a new zero$/mu);
    expect(info).toMatch(/^Page size:.*\(A4\)$/mu);
    const pages = Number(/^Pages: +(\d+)$/mu.exec(info)?.[1]);
    expect(pages).toBeGreaterThan(1);
    const text = run('pdftotext', '-layout', file, '-');
    for (const part of [
      'The tide gauge has a new zero',
      'MARREN BAY · Mei Tanaro, Ilja Brandt',
      'Low tide.',
      '© Harbour Notes',
      'https://harbour.example/tide?id=1&lang=en',
      '27 November 2026, 12:00 UTC',
      `1 / ${pages}`,
      `${pages} / ${pages}`,
    ])
      expect(text.replaceAll('/', ' / ').replaceAll(/ +/gu, ' ')).toContain(
        part.replaceAll('/', ' / ').replaceAll(/ +/gu, ' '),
      );
    expect(run('pdfinfo', '-struct', file)).toMatch(/^ *H1/mu);
    // A picture that a page break cut would be there twice.
    expect(run('pdfimages', '-list', file).trim().split('\n')).toHaveLength(3);
    expect(await left()).toEqual(before);
  },
);

test.skipIf(found === null)(
  'nothing is asked of the network, whatever a page refers to (skipped without a browser)',
  async () => {
    const asked: string[] = [];
    const server = http.createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const address = `http://127.0.0.1:${port}/1.png`;
      const page = articlePage(exportedArticle({ bodyHtml: '<p>a</p>' }), 'en').replace(
        '<article>',
        `<article><img src="${address}"><script src="${address}"></script><script>document.body.textContent = 'run'</script><iframe src="${address}"></iframe>`,
      );
      expect((await createBrowserPrinter()(page, NEVER)).byteLength).toBeGreaterThan(1000);
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  },
);

test('one that fails, makes nothing or is missing says so, and leaves nothing behind', async () => {
  const before = await left();
  await expect(print(await scripted('exit 3'))).rejects.toMatchObject({
    code: 'pdf-failed',
    message: expect.stringContaining('ended with 3') as string,
  });
  await expect(print(await scripted('exit 0'))).rejects.toMatchObject({ code: 'pdf-failed' });
  await expect(print('/nonexistent')).rejects.toMatchObject({ code: 'pdf-failed' });
  expect(await left()).toEqual(before);
});

test('one that hangs is ended at its limit with what it has started, and so is one that is stopped', async () => {
  const folder = temporaryFolder();
  // A process of its own, as browsers have.
  const browser = await scripted(`sleep 600 & echo $! > ${folder}/child; wait`);
  const isRunning = async (): Promise<boolean> => {
    const pid = execFileSync('cat', [`${folder}/child`], { encoding: 'utf8' }).trim();
    return existsSync(`/proc/${pid}`) || process.platform !== 'linux';
  };
  const hasStarted = () => existsSync(`${folder}/child`);
  const clock = new FakeClock();
  const hanging = createBrowserPrinter({ find: () => browser, clock, limitMs: 5000 })('a', NEVER);
  const failure = hanging.catch((thrown: unknown) => thrown);
  await expect.poll(hasStarted).toBe(true);
  await clock.advance(5000);
  expect(await failure).toMatchObject({ code: 'pdf-failed' });
  await expect.poll(isRunning).toBe(false);
  const stop = new AbortController();
  const stopped = createBrowserPrinter({ find: () => browser })('a', stop.signal);
  stop.abort(new AppError('cancelled', 'Stopped'));
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
});

test('a browser is found by the variable or the path, else it is said what to install', async () => {
  const browser = await scripted('exit 0');
  expect(findBrowser({ MULTIMEDIA_DESK_BROWSER: browser })).toBe(browser);
  const folder = temporaryFolder();
  await writeFile(path.join(folder, 'microsoft-edge'), '');
  await chmod(path.join(folder, 'microsoft-edge'), 0o755);
  // Others may be installed here, of which Chromium is first.
  expect([path.join(folder, 'microsoft-edge'), found]).toContain(
    findBrowser({ PATH: folder }, 'linux'),
  );
  expect(() => findBrowser({ MULTIMEDIA_DESK_BROWSER: '/nonexistent' })).toThrow(
    expect.objectContaining({ code: 'no-browser' }),
  );
  expect(() => findBrowser({}, 'win32')).toThrow(
    expect.objectContaining({
      code: 'no-browser',
      message: expect.stringContaining('Install Chromium, Chrome or Edge') as string,
    }),
  );
});
