import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAppLink } from '../../../src/shared/model/app-link.ts';
import { desk, type Run } from '../../support/app/desk.ts';
import { startDemo } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const OTTERS = { name: 'Otters', text: 'otter country:NL', sort: 'oldest' };
const RIVERS = { name: 'Rivers', text: 'river', sort: 'newest' };
const document = (searches: unknown): string =>
  JSON.stringify({ format: 'multimedia-desk-searches', version: 1, searches });
const last = ({ lines }: Run) => lines.at(-1);

test('saved searches go from one home to another as a file, and are listed with their links', async () => {
  const folder = temporaryFolder();
  const file = (name: string) => path.join(folder, name);
  const [first, second] = [file('first'), file('second')];
  await writeFile(file('both.json'), document([OTTERS, RIVERS, { ...RIVERS, name: 'Again' }]));
  const imported = await desk(['saved', 'import', file('both.json')], { home: first });
  expect(last(imported)).toMatchObject({ type: 'result', added: 2, known: 1 });
  const listed = await desk(['saved', 'list'], { home: first });
  const items = listed.lines.filter(({ type }) => type === 'item');
  expect(items).toMatchObject([OTTERS, RIVERS]);
  expect(items.map(({ link }) => readAppLink(String(link)))).toEqual(
    [OTTERS, RIVERS].map((search) => ({ kind: 'search', ...search })),
  );
  await desk(['saved', 'export', 'Otters', '--to', file('otters.json')], { home: first });
  expect(JSON.parse(await readFile(file('otters.json'), 'utf8'))).toEqual(
    JSON.parse(document([OTTERS])),
  );
  await desk(['saved', 'import', file('otters.json')], { home: second });
  await desk(['saved', 'export', '--to', file('all.json')], { home: second });
  expect(await readFile(file('all.json'), 'utf8')).toBe(
    await readFile(file('otters.json'), 'utf8'),
  );
});

test('the list counts what each finds in the catalogue of the service, and what of it is new', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'given.json');
  await writeFile(file, document([OTTERS, { ...OTTERS, name: 'None', text: 'otter country:IT' }]));
  const service = await startDemo({ testControls: true, limits: 'relaxed' });
  const options = { home: path.join(folder, 'home'), service: service.url };
  try {
    await desk(['catalogue', 'sync'], options);
    await desk(['saved', 'import', file], options);
    const { lines } = await desk(['saved', 'list'], options);
    expect(lines).toMatchObject([{ total: 2 }, { total: 0 }, { count: 2 }]);
  } finally {
    await service.close();
  }
});

test('a file that makes no sense is refused with its place and what to write', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'given.json');
  for (const [content, message] of [
    ['no JSON', /isn’t JSON\. Export some with/u],
    ['{}', /no saved searches of this version\. Export some with/u],
    [document([OTTERS, { ...RIVERS, sort: 'up' }]), /Saved search 2: .* sort: newest/u],
    [document([{ ...RIVERS, name: '' }]), /Saved search 1: needs a name/u],
    [document(['river']), /Saved search 1: needs name, text and sort/u],
  ] as const) {
    await writeFile(file, content);
    const refused = await desk(['saved', 'import', file], { home: path.join(folder, 'home') });
    expect(refused.result?.['message']).toMatch(message);
  }
});

test(
  'what isn’t there, is called like another or isn’t such a file ends with its code, and saves nothing',
  { tags: ['long'] },
  async () => {
    const folder = temporaryFolder();
    const home = path.join(folder, 'home');
    const file = path.join(folder, 'given.json');
    const run = async (...args: string[]) => (await desk(['saved', ...args], { home })).code;
    expect(await run('export', 'Nobody', '--to', file)).toBe(7);
    expect(await run('import', path.join(folder, 'nowhere.json'))).toBe(7);
    for (const text of ['', 'river', document([{ ...RIVERS, sort: 'up' }]), document('river')]) {
      await writeFile(file, text);
      expect(await run('import', file)).toBe(2);
    }
    await writeFile(file, document([RIVERS, { ...OTTERS, name: 'Rivers' }]));
    expect(await run('import', file)).toBe(0);
    expect(await run('export', 'Rivers', '--to', file)).toBe(2);
    const many = Array.from({ length: 199 }, (_, n) => ({ ...RIVERS, text: `word${n}` }));
    await writeFile(file, document(many));
    expect(await run('import', file)).toBe(2);
    expect(last(await desk(['saved', 'list'], { home }))).toMatchObject({ count: 2 });
  },
);
