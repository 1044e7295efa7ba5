import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk } from '../../support/app/desk.ts';
import { ledgerDraft, openJournal } from '../../support/ledger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function homeWith(...drafts: Parameters<typeof ledgerDraft>[0][]): Promise<string> {
  const home = temporaryFolder();
  const journal = openJournal(home);
  await journal.append(drafts.map((more) => ledgerDraft(more)));
  await journal.close();
  return home;
}

test('entries are listed newest first, by words, kind, person and time', async () => {
  const home = await homeWith(
    {},
    { kind: 'handed-out', words: [], what: { folder: '/ingest' } },
    { kind: 'revealed', atMs: Date.parse('2026-11-26T08:00:00Z') },
  );
  const list = async (...args: string[]): Promise<unknown[]> => {
    const { code, lines } = await desk(['ledger', 'list', ...args], { home });
    expect(code).toBe(0);
    return lines.slice(0, -1).map(({ number }) => number);
  };
  expect(await list()).toEqual([3, 2, 1]);
  expect(await list('--limit', '2')).toEqual([3, 2]);
  expect(await list('--kind', 'revealed', 'handed-out')).toEqual([3, 2]);
  expect(await list('--search', 'port control')).toEqual([3, 1]);
  expect(await list('--person', 'Ingest 2', '--since', '2026-11-26')).toEqual([3]);
  expect(await list('--until', '2026-11-26')).toEqual([2, 1]);
  for (const wrong of [
    ['--kind', 'forgotten'],
    ['--since', 'yesterday'],
    ['--limit', '0'],
  ])
    expect((await desk(['ledger', 'list', ...wrong], { home })).code).toBe(2);
});

test('an exported ledger can be checked anywhere, and a change in it is named', async () => {
  const home = await homeWith({}, {}, {});
  const file = path.join(temporaryFolder(), 'ledger.jsonl');
  expect((await desk(['ledger', 'export', '--to', file], { home })).result).toEqual({
    type: 'result',
    ok: true,
    path: file,
    entries: 3,
    broken: null,
  });
  const elsewhere = { home: temporaryFolder() };
  expect((await desk(['ledger', 'check', file], elsewhere)).result).toEqual({
    type: 'result',
    ok: true,
    entries: 3,
    broken: null,
  });
  const lines = readFileSync(file, 'utf8').split('\n');
  const checked = async (changed: string[]): Promise<unknown> => {
    writeFileSync(file, changed.join('\n'));
    const { code, result } = await desk(['ledger', 'check', file], elsewhere);
    return [code, result['code'], result['broken']];
  };
  expect(await checked(lines.with(1, lines[1]?.replace('night', 'early') ?? ''))).toEqual([
    5,
    'ledger-broken',
    { how: 'changed', entry: 2 },
  ]);
  expect(await checked(lines.toSpliced(2, 1))).toEqual([
    5,
    'ledger-broken',
    { how: 'cut', entry: 3 },
  ]);
  expect(await checked(lines.slice(0, 3))).toEqual([
    5,
    'ledger-broken',
    { how: 'head-missing', entry: null },
  ]);
  expect(await desk(['ledger', 'check', `${file}.none`], elsewhere)).toMatchObject({
    code: 7,
    result: { code: 'not-found' },
  });
});

test('the ledger of a home is checked, and a break ends with exit code 5', async () => {
  const home = await homeWith({}, {}, {});
  expect(await desk(['ledger', 'check'], { home })).toMatchObject({
    code: 0,
    result: { entries: 3, broken: null },
  });
  const file = path.join(home, 'ledger.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"Ingest 2"', '"Ingest 3"'));
  expect(await desk(['ledger', 'check'], { home })).toMatchObject({
    code: 5,
    result: { code: 'ledger-broken', broken: { how: 'changed', entry: 1 } },
  });
  expect(readFileSync(path.join(home, 'desk.log'), 'utf8')).toContain(
    'entry 1 was changed after it was written',
  );
});
