import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Origin, content, sha256 } from '../support/engine/origin.ts';
import { expect, test, wordsOf } from './fixtures.ts';

test('a Metalink dropped on the window and one chosen are fetched; the queue is given away', async ({
  folder,
  launch,
  shell,
}) => {
  const words = wordsOf('en');
  const origin = await Origin.start();
  const bytes = content(200_000);
  for (const name of ['one', 'two', 'three', 'nul .four']) origin.serve(`/${name}.mov`, bytes);
  const metalink = (name: string) =>
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}.mov"><hash type="sha-256">${sha256(bytes)}</hash><url>${origin.url}/${encodeURIComponent(name)}.mov</url></file></metalink>`;
  const { page } = await launch({}, 'demo');
  await page.getByRole('link', { name: words.common.downloads }).click();

  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'one.meta4'));
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
    );
  }, metalink('one'));
  await page.evaluate((url) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData('text/uri-list', `# a link\r\n${url}`);
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
    );
  }, `${origin.url}/three.mov`);
  await page.evaluate(
    (text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'names.meta4'));
      document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
      );
    },
    metalink('nul .four').replace(
      '</metalink>',
      `<file name="../five.mov"><url>${origin.url}/five.mov</url></file></metalink>`,
    ),
  );
  await expect(
    page.getByText(
      `${words.downloads.renamedTo(1, 'nul .four.mov', '_nul .four.mov')} ${words.downloads.refusedNames(1, '../five.mov')}`,
    ),
  ).toBeVisible();
  await expect
    .poll(() => sha256(readIf(path.join(folder, 'ingest', '_nul .four.mov'))))
    .toBe(sha256(bytes));
  await page.getByRole('button', { name: words.transfers.more }).first().click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: words.transfers.importFile }).click();
  const given = path.join(folder, 'two.meta4');
  writeFileSync(given, metalink('two'));
  await (await chooser).setFiles(given);
  for (const name of ['one', 'two', 'three'])
    await expect
      .poll(() => sha256(readIf(path.join(folder, 'ingest', `${name}.mov`))))
      .toBe(sha256(bytes));
  await page.screenshot({ path: `test-results/integrity/${shell}-exchange.png` });

  // A window asks where to, in a dialog of the system's.
  if (shell === 'station') {
    await page.getByRole('button', { name: words.transfers.more }).first().click();
    await page.screenshot({ path: `test-results/integrity/${shell}-exchange-menu.png` });
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: words.transfers.exportMetalink }).click();
    const kept = path.join(folder, 'kept.meta4');
    await (await download).saveAs(kept);
    for (const name of ['one', 'two', 'three'])
      expect(readFileSync(kept, 'utf8')).toContain(
        `<url priority="1">${origin.url}/${name}.mov</url>`,
      );
  }
  await origin.stop();
});

function readIf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
