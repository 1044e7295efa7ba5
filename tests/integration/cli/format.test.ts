import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desk, deskText, type Line, type Run } from '../../support/app/desk.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const home = temporaryFolder();
const folder = temporaryFolder();
let service: DemoService;
const run = (args: string[], more: { home?: string } = {}): Promise<Run> =>
  desk(args, { home, service: service.url, ...more });
const items = ({ lines }: Run): Line[] => lines.filter(({ type }) => type === 'item');
const fileOf = (content: unknown): string => {
  const file = path.join(folder, 'formats.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const documentOf = (...profiles: object[]) => ({
  format: 'multimedia-desk-house-formats',
  version: 1,
  profiles,
});
const PLAYOUT = {
  name: 'Playout',
  rules: [{ size: '1080', scan: 'interlaced', frameRate: 25 }, { codec: 'prores' }],
  otherwise: 'leave-out',
};

beforeAll(async () => {
  service = await startDemo({ testControls: true, limits: 'relaxed' });
  await run(['catalogue', 'sync']);
});
afterAll(() => service.close());

test('house formats go from one computer to another as JSON, and are listed, used and removed', async () => {
  expect(await run(['format', 'export'])).toMatchObject({ code: 7 });
  expect(await run(['format', 'import', fileOf(documentOf(PLAYOUT))])).toMatchObject({ code: 0 });
  // The same name is replaced, not doubled.
  const changed = { ...PLAYOUT, name: 'playout', otherwise: 'closest' };
  expect(items(await run(['format', 'import', fileOf(documentOf(changed))]))).toMatchObject([
    { name: 'playout', replaced: true },
  ]);
  expect((await run(['format', 'use', 'PLAYOUT'])).result).toMatchObject({ name: 'playout' });
  const { out } = await deskText(['format', 'list'], { home, service: service.url });
  expect(out).toContain('playout  (default)\n  1  HD 1080i50\n  2  ProRes\n');
  const to = path.join(folder, 'out.json');
  expect(await run(['format', 'export', '--to', to])).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(to, 'utf8'))).toEqual(documentOf(changed));
  const other = temporaryFolder();
  expect(await run(['format', 'import', to], { home: other })).toMatchObject({ code: 0 });
  expect(items(await run(['format', 'list'], { home: other }))).toMatchObject([
    { id: 'broadcast', builtIn: true, isDefault: true },
    { id: 'web', builtIn: true },
    { id: 'preview', builtIn: true },
    { name: 'playout', builtIn: false, otherwise: 'closest' },
  ]);
  expect(await run(['format', 'remove', 'playout'], { home: other })).toMatchObject({ code: 0 });
  expect(await run(['format', 'remove', 'playout'], { home: other })).toMatchObject({ code: 7 });
  expect(await run(['format', 'remove', 'web'], { home: other })).toMatchObject({ code: 2 });
  // Printed without an option, as it would be written.
  const printed = await deskText(['format', 'export', 'web'], { home: other });
  expect(JSON.parse(printed.out)).toMatchObject({ profiles: [{ name: 'Web copy' }] });
  // A built-in one is a pattern for one of one's own.
  expect((await run(['format', 'export', 'web'], { home: other })).result).toMatchObject({
    document: documentOf({ name: 'Web copy', rules: [{ purpose: 'web' }], otherwise: 'closest' }),
  });
});

test(
  'a file that makes no sense changes nothing, and the error says where and what to write',
  { tags: ['long'] },
  async () => {
    const before = items(await run(['format', 'list']));
    for (const [content, message] of [
      ['no JSON', /isn’t JSON/u],
      [{ profiles: [] }, /no house formats of this version/u],
      [documentOf(), /a list of 1 to 50 house formats/u],
      [
        documentOf({ ...PLAYOUT, rules: [{ colour: 'hdr' }] }),
        /rule 1: colour isn’t .* codec, size/u,
      ],
      [documentOf({ ...PLAYOUT, rules: ['1080'] }), /rule 1: needs braces/u],
      [documentOf(PLAYOUT, { ...PLAYOUT, name: '' }), /House format 2, name/u],
      [documentOf({ ...PLAYOUT, rules: [] }), /House format 1, rules: needs a list/u],
      [documentOf({ ...PLAYOUT, rules: [{}, { size: 'HD' }] }), /rule 2, size: use .*1920x1080/u],
      [documentOf({ ...PLAYOUT, rules: [{ scan: 'i' }] }), /scan: use progressive or interlaced/u],
      [documentOf({ ...PLAYOUT, rules: [{ frameRate: '25' }] }), /frameRate: use/u],
      [documentOf({ ...PLAYOUT, otherwise: 'any' }), /otherwise: use closest or leave-out/u],
      [documentOf(PLAYOUT, { ...PLAYOUT, name: 'PLAYOUT' }), /Two house formats in this file/u],
      [documentOf({ ...PLAYOUT, name: 'Web' }), /Another house format is called Web/u],
    ] as const) {
      const { code, result } = await run(['format', 'import', fileOf(content)]);
      expect([code, result]).toEqual([2, expect.objectContaining({ code: 'usage' })]);
      expect(result?.['message']).toMatch(message);
    }
    expect(await run(['format', 'import', path.join(folder, 'nothing')])).toMatchObject({
      code: 7,
    });
    expect(items(await run(['format', 'list']))).toEqual(before);
  },
);

test('get takes a house format by its name, and nothing in place of what it names', async () => {
  const prores = { name: 'ProRes', rules: [{ codec: 'prores' }], otherwise: 'closest' };
  await run(['format', 'import', fileOf(documentOf(prores))]);
  const get = (format: string) => run(['get', 'AUR-26-1094', '--to', folder, '--format', format]);
  expect(await get('nothing like it')).toMatchObject({
    code: 2,
    result: { message: expect.stringContaining('desk format list') },
  });
  const { code, result } = await get('prores');
  expect([code, result?.['message']]).toEqual([
    7,
    expect.stringContaining('AUR-26-1094: no rendition fits ProRes'),
  ]);
  const auto = ['auto-fetch', 'add', 'New', '--query', 'otters', '--format'];
  expect(await run([...auto, 'nothing like it'])).toMatchObject({ code: 2 });
  expect((await deskText([...auto, 'PRORES'], { home, service: service.url })).out).toContain(
    'On: ProRes, ',
  );
  expect(await run(['format', 'remove', 'ProRes'])).toMatchObject({
    code: 2,
    result: { message: expect.stringContaining('New') },
  });
});
