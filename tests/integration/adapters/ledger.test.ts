import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import canonicalize from 'canonicalize';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLedgerVault } from '../../../src/main/adapters/ledger-vault.ts';
import type { Journal } from '../../../src/main/ledger/journal.ts';
import { GENESIS, sealEntry, type Head } from '../../../src/main/ledger/ledger.ts';
import type { HeadStore } from '../../../src/main/ledger/ports.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { keyring } from '../../support/own-keyring.ts';
import { ANYTHING, ledgerDraft, openJournal } from '../../support/ledger.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SUPPORT = JSON.stringify(new URL('../../support/ledger.ts', import.meta.url).href);
const open: Journal[] = [];
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
});
const journalOf = (...given: Parameters<typeof openJournal>): Journal => {
  const journal = openJournal(...given);
  open.push(journal);
  return journal;
};
const withVault = (home: string): Journal => openJournal(home, { vault: createLedgerVault(home) });
const fileOf = (home: string): string => path.join(home, 'ledger.jsonl');
const linesOf = (home: string): string[] =>
  readFileSync(fileOf(home), 'utf8').split('\n').slice(0, -1);

/** A home with this many entries, closed. */
async function homeWith(count: number): Promise<string> {
  const home = temporaryFolder();
  const journal = openJournal(home);
  for (let at = 0; at < count; at += 5000)
    await journal.append(
      Array.from({ length: Math.min(5000, count - at) }, (_, index) =>
        ledgerDraft({ atMs: at + index, localAtMs: at + index }),
      ),
    );
  await journal.close();
  return home;
}

/** An entry in the place of the last one, with a hash that fits. */
function forge(home: string, facts: object): void {
  const { entry, previous } = JSON.parse(linesOf(home).at(-1) ?? '');
  const content = canonicalize({ ...entry, ...facts }) ?? '';
  const hash = createHash('sha256').update(`${previous}\n${content}`).digest('hex');
  const line = `{"entry":${content},"hash":"${hash}","previous":"${previous}"}`;
  writeFileSync(fileOf(home), `${[...linesOf(home).slice(0, -1), line].join('\n')}\n`);
}

test('a home without entries has no file, and the first makes one that only its owner reads', async () => {
  const home = temporaryFolder();
  const journal = journalOf(home);
  expect(await journal.state()).toMatchObject({ entries: 0, sinceMs: null, broken: null });
  expect(existsSync(fileOf(home))).toBe(false);
  expect(await journal.append([ledgerDraft()])).toEqual([1]);
  expect(statSync(fileOf(home)).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(home, 'ledger-head.json')).mode & 0o777).toBe(0o600);
  expect(await journal.state()).toMatchObject({ entries: 1, sinceMs: ledgerDraft().atMs });
});

test('a home restored from a backup lacks what the keychain knows of; once that was checked no number is given twice', async () => {
  const newest: { head: Head | null } = { head: null };
  const vault: HeadStore = {
    read: async () => ({ ...newest, isReachable: true }),
    write: async (head) => {
      newest.head = head;
      return true;
    },
  };
  const home = temporaryFolder();
  const backup = temporaryFolder();
  const before = journalOf(home, { vault });
  await before.append([ledgerDraft(), ledgerDraft()]);
  cpSync(home, backup, { recursive: true });
  await before.append([ledgerDraft(), ledgerDraft()]);
  await before.close();
  const restored = journalOf(backup, { vault });
  expect(await restored.knownBreak()).toBeNull();
  const broken = { how: 'cut', entry: 3 };
  expect(await restored.check()).toMatchObject({ broken });
  expect(await restored.append([ledgerDraft()])).toEqual([5]);
  await restored.close();
  expect(await journalOf(backup, { vault }).knownBreak()).toEqual(broken);
});

test('a known break is told without asking the keychain where there is no ledger', async () => {
  const asked = { count: 0 };
  const vault: HeadStore = {
    read: async () => {
      asked.count += 1;
      return { head: null, isReachable: true };
    },
    write: async () => true,
  };
  expect(await journalOf(temporaryFolder(), { vault }).knownBreak()).toBeNull();
  const home = await homeWith(3);
  expect(await journalOf(home, { vault }).knownBreak()).toBeNull();
  expect(asked.count).toBe(0);
  truncateSync(fileOf(home), linesOf(home)[0]?.length ?? 0);
  expect(await journalOf(home, { vault }).knownBreak()).toEqual({ how: 'cut', entry: 2 });
});

test('entries that come at once are numbered in order, and read back newest first', async () => {
  const home = temporaryFolder();
  const journal = journalOf(home);
  const numbers = await Promise.all(
    ['revealed', 'exported', 'handed-out'].map((kind) =>
      journal.append([ledgerDraft({ kind: kind as 'revealed' }), ledgerDraft()]),
    ),
  );
  expect(numbers).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  await journal.close();
  const again = journalOf(home);
  const { total, items, people } = await again.list(ANYTHING, { offset: 1, count: 3 });
  expect([total, items.map(({ number }) => number)]).toEqual([6, [5, 4, 3]]);
  expect(items[0]).toMatchObject({ isSound: true, entry: { kind: 'handed-out', number: 5 } });
  expect(people).toEqual(['ingest', 'Ingest 2', 'ingest@lorvik.example']);
  expect(await again.append([ledgerDraft()])).toEqual([7]);
  expect(await again.check()).toMatchObject({ entries: 7, broken: null });
});

test('what is looked for is found in package, person, facts and words, without accents', async () => {
  const journal = journalOf(temporaryFolder());
  await journal.append([
    ledgerDraft({ kind: 'handed-out', what: { folder: '/ingest/2026', transferId: 't1' } }),
    ledgerDraft({
      atMs: 5,
      subject: {
        ...ledgerDraft().subject,
        packageId: 'pkg_dune',
        title: 'Dune de Sérignan',
      } as never,
      words: [],
      who: { account: null, user: 'nadia', desk: 'Picture desk' },
    }),
  ]);
  const found = async (query: object): Promise<number[]> =>
    (await journal.list({ ...ANYTHING, ...query }, { offset: 0, count: 10 })).items.map(
      ({ number }) => number,
    );
  expect(await found({ search: 'serignan' })).toEqual([2]);
  expect(await found({ search: 'ingest/2026 tide' })).toEqual([1]);
  expect(await found({ search: 'port control' })).toEqual([1]);
  expect(await found({ search: 'picture' })).toEqual([2]);
  expect(await found({ search: 'nothing like it' })).toEqual([]);
  expect(await found({ kinds: ['handed-out', 'revealed'] })).toEqual([1]);
  expect(await found({ person: 'Picture desk' })).toEqual([2]);
  expect(await found({ person: 'nobody' })).toEqual([]);
  expect(await found({ toMs: 10 })).toEqual([2]);
  expect(await found({ fromMs: 5 })).toEqual([2, 1]);
  expect(await journal.isHandedOut('t1')).toBe(true);
  expect(await journal.isHandedOut('t1', 2)).toBe(false);
  expect(await journal.isHandedOut('t2')).toBe(false);
});

test('an entry comes with the others of its package', async () => {
  const journal = journalOf(temporaryFolder());
  await journal.append([
    ledgerDraft(),
    ledgerDraft({ subject: null }),
    ledgerDraft({ kind: 'handed-out' }),
    ledgerDraft({ kind: 'revealed' }),
  ]);
  const { row, others } = await journal.entry(3);
  expect(row).toMatchObject({ number: 3, isSound: true, entry: { kind: 'handed-out' } });
  expect(others.map(({ number, kind }) => [number, kind])).toEqual([
    [4, 'revealed'],
    [1, 'restriction-confirmed'],
  ]);
  expect((await journal.entry(2)).others).toEqual([]);
  await expect(journal.entry(5)).rejects.toMatchObject({ code: 'not-found' });
});

describe('a write that was cut off', () => {
  test('is cut and is no damage: it was never acknowledged', async () => {
    const home = await homeWith(3);
    const { line } = sealEntry({ ...ledgerDraft(), number: 4 }, GENESIS);
    appendFileSync(fileOf(home), line.slice(0, 90));
    const journal = journalOf(home);
    expect(await journal.state()).toMatchObject({ entries: 3, broken: null });
    expect(await journal.append([ledgerDraft()])).toEqual([4]);
    expect(await journal.check()).toMatchObject({ entries: 4, broken: null });
    expect(linesOf(home)).toHaveLength(4);
  });

  test('before the first entry was whole', async () => {
    const home = temporaryFolder();
    writeFileSync(fileOf(home), '{"entry":{"at');
    const journal = journalOf(home);
    expect(await journal.append([ledgerDraft()])).toEqual([1]);
    expect(await journal.check()).toMatchObject({ entries: 1, broken: null });
  });

  test('is damage where its entry was acknowledged, and stays one', async () => {
    const home = await homeWith(5);
    truncateSync(fileOf(home), statSync(fileOf(home)).size - 40);
    const journal = journalOf(home);
    expect((await journal.state()).broken).toEqual({ how: 'changed', entry: 5 });
    // Its number is not given again.
    expect(await journal.append([ledgerDraft()])).toEqual([6]);
    expect(await journal.check()).toMatchObject({
      entries: 6,
      broken: { how: 'changed', entry: 5 },
    });
    expect(linesOf(home)).toHaveLength(6);
  });
});

test('whole entries that the head does not know of yet are entries', async () => {
  const home = await homeWith(3);
  const head = readFileSync(path.join(home, 'ledger-head.json'));
  const before = openJournal(home);
  await before.append([ledgerDraft(), ledgerDraft()]);
  await before.close();
  // As if the program had ended between the two writes.
  writeFileSync(path.join(home, 'ledger-head.json'), head);
  expect(await journalOf(home).state()).toMatchObject({ entries: 5, broken: null });
});

describe('a break is named, logged once, and stays', () => {
  const cases: Record<string, [(home: string) => void, { how: string; entry: number | null }]> = {
    changed: [
      (home) =>
        writeFileSync(
          fileOf(home),
          linesOf(home)
            .map(
              (line, index) => `${index === 2 ? line.replace('port control', 'harbour') : line}\n`,
            )
            .join(''),
        ),
      { how: 'changed', entry: 3 },
    ],
    removed: [
      (home) => writeFileSync(fileOf(home), `${linesOf(home).toSpliced(1, 1).join('\n')}\n`),
      { how: 'removed', entry: 2 },
    ],
    cut: [
      (home) => writeFileSync(fileOf(home), `${linesOf(home).slice(0, 4).join('\n')}\n`),
      { how: 'cut', entry: 5 },
    ],
    gone: [(home) => rmSync(fileOf(home)), { how: 'cut', entry: 1 }],
    headless: [
      (home) => rmSync(path.join(home, 'ledger-head.json')),
      { how: 'head-missing', entry: null },
    ],
  };
  test.each<[string, object]>([
    ['a time that no calendar has', { atMs: 1e300 }],
    ['a time of this computer that no calendar has', { localAtMs: -9e15 }],
    ['a number that nobody gave', { number: Number.MAX_SAFE_INTEGER }],
    ['a number beyond all others', { number: 1e300 }],
    ['no time', { atMs: null }],
  ])('%s is damage, and breaks neither list nor append', async (_, facts) => {
    const home = await homeWith(6);
    forge(home, facts);
    const journal = openJournal(home);
    expect((await journal.check()).broken).toEqual({ how: 'changed', entry: 6 });
    const { items } = await journal.list(ANYTHING, { offset: 0, count: 9 });
    expect(items.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(await journal.append([ledgerDraft()])).toEqual([7]);
    await journal.close();
    const later = openJournal(home);
    expect((await later.check()).broken).toEqual({ how: 'changed', entry: 6 });
    expect(await later.append([ledgerDraft()])).toEqual([8]);
    await later.close();
  });

  test('a head that claims more entries than can be doesn’t break the next one', async () => {
    const home = await homeWith(2);
    const head = path.join(home, 'ledger-head.json');
    const kept = JSON.parse(readFileSync(head, 'utf8'));
    const forged = JSON.stringify(kept).replace('"entries":2', '"entries":9007199254740991');
    expect(forged).toContain('9007199254740991');
    writeFileSync(head, forged);
    const journal = openJournal(home);
    expect((await journal.check()).broken).toEqual({ how: 'head-missing', entry: null });
    expect(await journal.append([ledgerDraft()])).toEqual([3]);
    await journal.close();
  });

  test.each(Object.entries(cases))('%s', async (_, [harm, broken]) => {
    const home = await homeWith(6);
    harm(home);
    const logged: string[] = [];
    const journal = openJournal(home, { onError: (message) => logged.push(message) });
    expect((await journal.check()).broken).toEqual(broken);
    expect(logged).toHaveLength(1);
    await journal.append([ledgerDraft()]);
    await journal.append([ledgerDraft()]);
    await journal.check();
    await journal.close();
    const later = journalOf(home);
    expect((await later.state()).broken?.entry).toBe(broken.entry);
    expect((await later.check()).broken?.entry).toBe(broken.entry);
  });

  test('made by another program while this one runs', async () => {
    const home = await homeWith(4);
    const logged: string[] = [];
    const journal = journalOf(home, { onError: (message) => logged.push(message) });
    await journal.append([ledgerDraft()]);
    const kept = `${linesOf(home).toSpliced(2, 1).join('\n')}\n`;
    writeFileSync(`${fileOf(home)}.new`, kept);
    renameSync(`${fileOf(home)}.new`, fileOf(home));
    expect(await journal.append([ledgerDraft()])).toEqual([6]);
    expect(journal.view.broken).toEqual({ how: 'removed', entry: 3 });
    expect(logged).toHaveLength(2);
    expect(readFileSync(fileOf(home), 'utf8').startsWith(kept)).toBe(true);
  });
});

describe.skipIf(!hasKeyring)(`the head in the keychain${whyNoKeyring}`, () => {
  test('finds an end that was cut off together with the head in the home', async () => {
    const home = temporaryFolder();
    const journal = withVault(home);
    for (let n = 0; n < 5; n++) await journal.append([ledgerDraft()]);
    const [file, head] = [readFileSync(fileOf(home)), path.join(home, 'ledger-head.json')];
    const headAt5 = readFileSync(head);
    await journal.append([ledgerDraft()]);
    await journal.close();
    writeFileSync(fileOf(home), file);
    writeFileSync(head, headAt5);
    // Nothing in the home tells, and an entry more must not cover it up.
    const later = withVault(home);
    expect(await later.state()).toMatchObject({ entries: 5, broken: null });
    await later.append([ledgerDraft({ kind: 'revealed' })]);
    await later.close();
    const again = withVault(home);
    open.push(again);
    expect((await again.check()).broken).toEqual({ how: 'rewritten', entry: 6 });
  });

  test('finds that everything is gone', async () => {
    const home = temporaryFolder();
    const journal = withVault(home);
    await journal.append([ledgerDraft(), ledgerDraft()]);
    await journal.close();
    rmSync(fileOf(home));
    rmSync(path.join(home, 'ledger-head.json'));
    const later = withVault(home);
    open.push(later);
    expect((await later.state()).broken).toEqual({ how: 'cut', entry: 1 });
    expect(await later.append([ledgerDraft()])).toEqual([3]);
  });

  test('is not needed while it is locked, and not overwritten unseen', async () => {
    const home = temporaryFolder();
    const journal = withVault(home);
    await journal.append([ledgerDraft(), ledgerDraft()]);
    await journal.close();
    keyring?.lock();
    onTestFinished(() => keyring?.unlock());
    const locked = withVault(home);
    await locked.append([ledgerDraft()]);
    expect(await locked.check()).toMatchObject({ entries: 3, broken: null });
    await locked.close();
    keyring?.unlock();
    const { head } = await createLedgerVault(home).read();
    expect(head).toMatchObject({ entries: 2 });
    const later = withVault(home);
    await later.append([ledgerDraft()]);
    await later.close();
    expect((await createLedgerVault(home).read()).head).toMatchObject({ entries: 4, broken: null });
  });
});

test('a kill at any moment loses no acknowledged entry and is no damage', async () => {
  const home = temporaryFolder();
  const script = `
    const { openJournal, ledgerDraft } = await import(${SUPPORT});
    const { writeSync } = await import('node:fs');
    const journal = openJournal(${JSON.stringify(home)});
    for (let round = 0; ; round++) {
      const words = [{ id: 'r', text: 'x'.repeat((round * 7919) % 40000) }];
      const numbers = await journal.append(Array.from({ length: 1 + (round % 9) }, () => ledgerDraft({ words })));
      writeSync(1, numbers.at(-1) + '\\n');
    }`;
  let acknowledged = 0;
  for (let round = 0; round < 8; round++) {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    onTestFinished(() => void child.kill('SIGKILL'));
    let seen = 0;
    for await (const data of child.stdout as AsyncIterable<Buffer>) {
      const whole = data.toString().split('\n').slice(0, -1);
      acknowledged = Math.max(acknowledged, ...whole.map(Number));
      seen += 1;
      if (seen > (round * 5) % 12) child.kill('SIGKILL');
    }
    await exited;
    const journal = openJournal(home);
    const state = await journal.check();
    expect(state.broken).toBeNull();
    expect(state.entries).toBeGreaterThanOrEqual(acknowledged);
    await journal.close();
  }
  expect(acknowledged).toBeGreaterThan(100);
});

test('a full disk refuses the entry, keeps the chain, and takes it once there is room', async ({
  skip,
}) => {
  const home = temporaryFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', home]).status !== 0)
    skip('no volumes may be mounted here');
  onTestFinished(() => void spawnSync('umount', ['-l', home]));
  const journal = openJournal(home);
  await journal.append([ledgerDraft()]);
  writeFileSync(path.join(home, 'ballast'), Buffer.alloc(40 * 1024));
  const large = ledgerDraft({ words: [{ id: 'r', text: 'x'.repeat(60_000) }] });
  await expect(journal.append([large])).rejects.toMatchObject({ code: 'disk-full' });
  expect(journal.view.fault).toMatchObject({ code: 'disk-full' });
  expect(linesOf(home)).toHaveLength(1);
  rmSync(path.join(home, 'ballast'));
  expect(await journal.append([ledgerDraft()])).toEqual([2]);
  expect(await journal.check()).toMatchObject({ entries: 2, broken: null, fault: null });
  await journal.close();
});

test('an exported ledger ends with its head', async () => {
  const home = await homeWith(3);
  const text = await journalOf(home).exportText(1e6);
  expect(text.split('\n').slice(0, 3)).toEqual(linesOf(home));
  expect(JSON.parse(text.split('\n')[3] ?? '')).toMatchObject({
    head: { entries: 3, broken: null },
  });
  await expect(journalOf(home).exportText(100)).rejects.toMatchObject({ code: 'usage' });
});

test('a long ledger opens at its end and pages from anywhere', async () => {
  const home = await homeWith(3_000);
  const journal = journalOf(home);
  // The last line and the head say what is there; nothing else is read.
  expect(await journal.state()).toMatchObject({ entries: 3_000, checkedAtMs: null });
  expect((await journal.check()).broken).toBeNull();
  const { total, items } = await journal.list(ANYTHING, { offset: 1_500, count: 60 });
  expect([total, items[0]?.number, items.at(-1)?.number]).toEqual([3_000, 1_500, 1_441]);
  expect((await journal.list(ANYTHING, { offset: 2_990, count: 60 })).items).toHaveLength(10);
});
