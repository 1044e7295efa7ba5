import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAddressVault } from '../../../src/main/adapters/address-vault.ts';
import { eraseReplaced } from '../../../src/main/adapters/fs/erase-replaced.ts';
import { SqliteTransferStore } from '../../../src/main/adapters/sqlite/transfer-store.ts';
import { AppError } from '../../../src/shared/errors.ts';
import type { ByteSource } from '../../../src/main/transfers/ports.ts';
import { desk } from '../../support/app/desk.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { addressVault } from '../../support/fakes/vault.ts';
import { sha256 } from '../../support/engine/origin.ts';
import { get, settled } from '../../support/engine/bench.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openBench } from '../../support/engine/per-test.ts';

const BYTES = Buffer.from('what only those with the password get');
const SECRETS = ['HUSH-one', 'HUSH%21two', 'HUSH-three'];
const [ONE = '', TWO = '', THREE = ''] = SECRETS;
const HASH = `<hash type="sha-256">${sha256(BYTES)}</hash>`;
// A bus is found by its folder too: the one of the person who runs the checks.
const {
  DBUS_SESSION_BUS_ADDRESS: _bus,
  DISPLAY: _display,
  ...noKeychain
}: NodeJS.ProcessEnv = { ...process.env, XDG_RUNTIME_DIR: '/nonexistent' };

let server: Server;
let home: string;
let to: string;
let asked: (string | undefined)[];
beforeEach(async () => {
  [home, to, asked] = [temporaryFolder(), temporaryFolder(), []];
  server = createServer((request, response) => {
    asked.push(passwordOf(request));
    const isRight = SECRETS.map((secret) => decodeURIComponent(secret)).includes(
      passwordOf(request) ?? '',
    );
    const listed = request.url?.includes('relative')
      ? list('a.mov')
      : list(address('a.mov', TWO)).replace(HASH, '');
    const body = !isRight
      ? Buffer.alloc(0)
      : request.url?.endsWith('.meta4')
        ? Buffer.from(listed)
        : BYTES;
    response
      .writeHead(isRight ? 200 : 401, { 'content-length': body.length, etag: '"1"' })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const passwordOf = ({ headers }: IncomingMessage): string | undefined =>
  Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64')
    .toString()
    .split(':')[1];
const host = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const address = (name: string, password: string): string =>
  `http://user:${password}@${host()}/${name}`;
const list = (...urls: string[]): string =>
  `<!-- ${address('x', THREE)} --><metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="listed.mov"><size>${BYTES.length}</size>${HASH}${urls.map((url, i) => `<url priority="${i + 1}">${url}</url>`).join('')}</file></metalink>`;
const queueOf = (...urls: string[]): string =>
  JSON.stringify({
    format: 'multimedia-desk-queue',
    version: 1,
    exportedAt: '',
    items: urls.map((url) => ({ kind: 'url', url, sha256: null })),
  });
const write = (name: string, text: string): string => {
  const file = path.join(to, name);
  writeFileSync(file, text);
  return file;
};

/** Files in the home and in further folders that contain a password. */
function leaks(...more: string[]): string[] {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(home, name))
    .filter((name) => statSync(name).isFile());
  expect(files.some((name) => name.endsWith('transfers.sqlite'))).toBe(true);
  return [...files, ...more].filter((name) => readFileSync(name, 'latin1').includes('HUSH'));
}

describe.each([
  ['with a keychain', process.env],
  ['without one', noKeychain],
] as const)('%s', (name, env) => {
  test.skipIf(name === 'with a keychain' && !hasKeyring)(
    `no password of an address is in any file, or in what is told of it${whyNoKeyring}`,
    { tags: name === 'with a keychain' ? [] : ['long'] },
    async () => {
      const report = path.join(to, 'report.html');
      const exported = path.join(to, 'queue.meta4');
      const metalink = write(
        'own.meta4',
        list(address('listed.mov', ONE).replace('user:', 'us&#101;r:'), address('other.mov', TWO)),
      );
      const runs = [
        await desk(['get', address('a.mov', ONE), '--to', to], { home, env }),
        await desk(['get', address('b.mov', 'HUSH-wrong'), '--to', to], { home, env }),
        await desk(['get', metalink, '--to', path.join(to, 'm')], { home, env }),
        await desk(['get', address('far.meta4', ONE), '--to', path.join(to, 'f')], { home, env }),
        await desk(['get', address('relative.meta4', ONE), '--to', path.join(to, 'r')], {
          home,
          env,
        }),
        await desk(['get', address('c.mov', ONE).replace('http:', 'ftp:'), '--to', to], {
          home,
          env,
        }),
        await desk(['get', address('c.mov', `${ONE}/not-escaped`), '--to', to], { home, env }),
        await desk(['queue', 'import', write('import.json', queueOf(address('d.mov', TWO)))], {
          home,
          env,
        }),
        await desk(['queue', 'list', '--search', 'HUSH'], { home, env }),
      ];
      expect(runs.map(({ code }) => code)).toEqual([0, 4, 0, 0, 0, 2, 2, 0, 0]);
      expect(leaks()).toEqual([]);
      const ids = (await desk(['queue', 'list'], { home, env })).lines
        .filter(({ type }) => type === 'item')
        .map(({ id }) => String(id));
      expect(ids.length).toBeGreaterThan(4);
      expect(
        (await desk(['queue', 'report', ids[0] ?? '', '--to', report], { home, env })).code,
      ).toBe(0);
      expect((await desk(['queue', 'export', '--to', exported], { home, env })).code).toBe(0);
      expect(leaks(report, exported)).toEqual([]);
      expect(JSON.stringify(runs.map(({ lines }) => lines))).not.toContain('HUSH');
      expect(asked).toEqual(expect.arrayContaining([ONE, 'HUSH-wrong', decodeURIComponent(TWO)]));
    },
  );
});

test.skipIf(!hasKeyring)(
  `the next program has it from the keychain, until the transfer is removed${whyNoKeyring}`,
  async () => {
    expect(
      (
        await desk(
          ['queue', 'import', write('import.json', queueOf(address('a.mov', TWO))), '--to', to],
          { home },
        )
      ).code,
    ).toBe(0);
    const [{ id } = { id: '' }] = (await desk(['queue', 'list'], { home })).lines as {
      id?: unknown;
    }[];
    expect((await createAddressVault(home).read(String(id))).value).toContain(TWO);
    expect((await desk(['queue', 'run'], { home })).code).toBe(0);
    expect(readFileSync(path.join(to, 'a.mov'))).toEqual(BYTES);
    expect((await desk(['queue', 'clear', String(id)], { home })).code).toBe(0);
    expect(await createAddressVault(home).read(String(id))).toEqual({
      value: null,
      isLocked: false,
    });
  },
);

test('without a keychain the next program says that it needs it again, and goes on when it is given', async () => {
  const env = noKeychain;
  expect(
    (
      await desk(
        ['queue', 'import', write('import.json', queueOf(address('a.mov', ONE))), '--to', to],
        { home, env },
      )
    ).code,
  ).toBe(0);
  const run = await desk(['queue', 'run'], { home, env });
  expect([run.code, run.result]).toMatchObject([
    3,
    {
      ok: false,
      code: 'password-needed',
      message: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/a\.mov: .* Add the URL with its password again$/u,
      ),
    },
  ]);
  expect(asked).toEqual([]);
  expect((await desk(['get', address('a.mov', ONE), '--to', to], { home, env })).code).toBe(0);
  expect(readFileSync(path.join(to, 'a.mov'))).toEqual(BYTES);
  expect((await desk(['queue', 'list'], { home, env })).result).toMatchObject({ count: 1 });
});

test('what the page is told of it has neither the password nor what stands for it', async () => {
  const told: unknown[] = [];
  const stored = new Map<string, string>();
  const bench = await openBench({ ports: { vault: addressVault(stored) } });
  bench.transfers.onChanged((change) => told.push(change));
  const { id, state } = await get(bench, { url: address('a.mov', ONE) });
  expect(state).toEqual({ phase: 'done' });
  expect((await bench.transfers.detail(id)).source).toBe(`http://${host()}/a.mov`);
  told.push(
    await bench.transfers.detail(id),
    await bench.transfers.list('all', { offset: 0, count: 9 }),
    await bench.transfers.report(id),
    await bench.transfers.evidence(id, 'json', 'en'),
  );
  expect(JSON.stringify(told)).not.toMatch(/HUSH|\*1\*/u);
  const kept = (password: string) =>
    JSON.stringify([{ origin: `http://${host()}`, user: 'user', password }]);
  expect([...stored]).toEqual([[id, kept(ONE)]]);
  // The same address with another password is the same transfer, with the new password.
  await bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  const first = await bench.transfers.enqueue([
    {
      url: address('b.mov', ONE),
      metalink: false,
      destination: bench.to,
      sha256: null,
      hashAnyway: false,
    },
  ]);
  expect(
    await bench.transfers.enqueue([
      {
        url: address('b.mov', TWO),
        metalink: false,
        destination: bench.to,
        sha256: null,
        hashAnyway: false,
      },
    ]),
  ).toEqual(first);
  expect(stored.get(first[0] ?? '')).toBe(kept(TWO));
  await bench.transfers.clear([id]);
  expect([...stored.keys()]).toEqual(first);
});

test('a list from elsewhere gets no password by naming what stands for it', async () => {
  const told: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    told.push(
      request.headers.authorization &&
        Buffer.from(request.headers.authorization.slice('Basic '.length), 'base64').toString(),
    );
    const at = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    response.end(
      request.url === '/list.meta4'
        ? list(`http://*1*@${at}/a.mov`, `http://*2*@${at}/b.mov`)
            .replace(HASH, '')
            .replace(/<size>.*<\/size>/u, '')
        : 'x',
    );
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  server.removeAllListeners('request').on('request', (_request, response: ServerResponse) => {
    response
      .writeHead(302, {
        location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/list.meta4`,
      })
      .end();
  });
  try {
    await desk(['get', address('away.meta4', ONE), '--to', to], { home, env: noKeychain });
    expect(told.length).toBeGreaterThan(1);
    expect(told.join()).not.toContain('HUSH');
    // A user may have the name of a mark.
    expect(told).toContain('*1*:');
  } finally {
    other.closeAllConnections();
    other.close();
  }
});

/** Addresses of `https://user@b.example/…` that are read like one only together with a base. */
const SPELLINGS = [
  'https:',
  'https:/',
  'https:\\',
  'ht\ntps:',
  'https:\t/',
  'http:',
  '//',
  '/\\',
  '\\\\',
];
const CDATA = (url: string): string => `<![CDATA[${url}]]>`;
/** A network in memory: `lists` by their path, for everybody; what was asked for goes to `urls`. */
function network(urls: string[], lists: Record<string, string>): ByteSource {
  return {
    open: async ({ url }) => {
      urls.push(url);
      const body = Buffer.from(lists[new URL(url).pathname] ?? BYTES);
      return {
        status: 200,
        headers: { 'content-length': String(body.length), etag: '"1"' },
        body: (async function* () {
          yield { bytes: Uint8Array.from(body), release: () => undefined };
        })(),
        discard: () => undefined,
      };
    },
    drop: () => undefined,
  };
}
const NAMED = (name: string, url: string): string =>
  `<file name="${name}"><url>${CDATA(url)}</url></file>`;
const metalink = (...files: string[]): string =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${files.join('')}</metalink>`;

test.each(['http:', 'https:'])(
  '… however it spells the address, itself from %s',
  async (scheme) => {
    const urls: string[] = [];
    const lists = {
      '/l.meta4': metalink(
        NAMED('own.bin', 'own.bin'),
        ...SPELLINGS.map((start, n) => NAMED(`${n}.bin`, `${start}*1*@b.example/${n}.bin`)),
      ),
    };
    const bench = await openBench({ home, ports: { bytes: network(urls, lists) } });
    const { state } = await get(bench, {
      url: `${scheme}//user:${ONE}@a.example/l.meta4`,
      metalink: true,
    });
    expect(state).toEqual({ phase: 'done' });
    expect(urls.length).toBe(SPELLINGS.length + 2);
    const at = (host: string) =>
      urls.map((url) => new URL(url)).filter((url) => url.hostname === host);
    // Some are paths of the list's own host, by its own scheme.
    expect(at('b.example').length).toBeGreaterThan(3);
    expect(at('b.example').map(({ username, password }) => username + password)).toEqual(
      at('b.example').map(() => '*1*'),
    );
    expect(at('a.example').map(({ password }) => password)).toEqual(at('a.example').map(() => ONE));
    expect(leaks()).toEqual([]);
  },
);

test('what is no address as a list writes it is not stored, and neither is its password', async () => {
  const bench = await openBench({ home });
  const item = { destination: to, sha256: null, hashAnyway: false };
  const add = (text: string) => bench.transfers.importDocument({ name: 'l', text }, to);
  await bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  for (const start of SPELLINGS)
    await add(
      metalink(
        NAMED('good.bin', 'https://h.example/good.bin'),
        `<file name="a.bin"><url>${CDATA(`${start}bob:${ONE}@h.example/a.bin`)}</url><url>https://h.example/a.bin</url></file>`,
      ),
    );
  await add(
    metalink(
      `<file name="a.bin"><url>https://erin:${ONE}@bad host/x</url><url>ftp://erin:${ONE}@h.example/x</url><url>https://h.example/a.bin</url></file>`,
      `<file name="../a.bin"><url>https://erin:${ONE}@bad host/x</url></file>`,
    ),
  );
  await add(`https:/dave:${ONE}@h.example/d.bin?x=://\n  out=d.bin\n`);
  for (const [url, isList] of [
    [`https:carol:${ONE}@h.example/x.bin`, false],
    [`https:\\carol:${ONE}@h.example/l.meta4`, true],
  ] as const)
    await bench.transfers.enqueue([{ ...item, url, metalink: isList }]);
  const refused = [
    `ftp://carol:${ONE}@h.example/l.meta4`,
    `https://carol:${ONE}@bad host/l.meta4`,
    `https:/carol:${ONE}@bad host/l.meta4`,
    `ht\ntps://carol:${ONE}@bad host/l.meta4`,
  ];
  for (const url of refused) {
    const told = await bench.transfers
      .enqueue([{ ...item, url, metalink: !url.includes('\n') }])
      .catch((thrown: unknown) => thrown);
    expect(told).toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('HUSH'),
    });
  }
  await expect(add(queueOf(`https:alice:${ONE}@h.example/x.bin`))).rejects.toMatchObject({
    code: 'usage',
    message: expect.not.stringContaining('HUSH'),
  });
  await expect(
    add(metalink(NAMED('only.bin', `https://erin:${ONE}@bad host/x`))),
  ).rejects.toMatchObject({
    code: 'metalink-invalid',
    message: 'only.bin has no http or https URL',
  });
  // Lists that differ in spelling only are one.
  expect((await bench.transfers.totals()).counts.all).toBe(7);
  expect(leaks()).toEqual([]);
  expect(leaks()).toEqual([]);
});

test('a password that an earlier version has kept goes where our own rows have its mark, and to no address that a list has smuggled in', async () => {
  const urls: string[] = [];
  const stored = new Map<string, string>();
  const kept = addressVault(stored);
  let isLocked = true;
  const vault = {
    ...kept,
    read: async (id: string) => (isLocked ? { value: null, isLocked } : kept.read(id)),
  };
  const bench = await openBench({ home, ports: { vault, bytes: network(urls, {}) } });
  const item = { metalink: false, destination: bench.to, sha256: null, hashAnyway: false };
  await bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  const [one = '', two = ''] = await bench.transfers.enqueue(
    [
      { ...item, url: 'https://a.example/x.mov' },
      { ...item, url: 'https://a.example/l.meta4', metalink: true },
    ],
    { makeDestination: true },
  );
  const before = [JSON.stringify([`user:${ONE}`]), JSON.stringify([`user:${ONE}`, `ann:${TWO}`])];
  await bench.restart(async () => {
    const store = new SqliteTransferStore(path.join(home, 'transfers.sqlite'), (damage) =>
      expect.unreachable(JSON.stringify(damage)),
    );
    const [a, b] = store.all();
    store.save([
      { ...a!, source: 'https://*1*@a.example/x.mov' },
      {
        ...b!,
        source: 'https://*1*@a.example/l.meta4',
        // As an earlier version has stored it.
        manifest: metalink(
          NAMED('own.bin', 'own.bin'),
          NAMED('ann.bin', '//*2*@c.example/ann.bin'),
          NAMED('listed.bin', 'https://*2*@c.example/listed@1.bin'),
          NAMED('smuggled.bin', 'ht\ntps:\\/*1*@b.example/smuggled.bin'),
          NAMED('plain.bin', `ht\ntps://eve:${THREE}@d.example/plain.bin`),
        ),
      },
    ]);
    store.close();
    stored.set(one, before[0]!).set(two, before[1]!);
  });
  // Nothing is numbered anew while the keychain does not say what it has.
  await bench.restart();
  expect([stored.get(one), stored.get(two)]).toEqual(before);
  isLocked = false;
  await bench.restart();
  await bench.transfers.configure({});
  expect(await settled(bench.transfers, one)).toEqual({ phase: 'done' });
  expect(await settled(bench.transfers, two)).toEqual({ phase: 'done' });
  expect(urls.toSorted()).toEqual(
    [
      `https://user:${ONE}@a.example/x.mov`,
      `https://user:${ONE}@a.example/own.bin`,
      `https://ann:${TWO}@c.example/ann.bin`,
      `https://ann:${TWO}@c.example/listed@1.bin`,
      'https://*1*@b.example/smuggled.bin',
      `https://eve:${THREE}@d.example/plain.bin`,
    ].toSorted(),
  );
  await bench.restart();
  expect(leaks()).toEqual([]);
});

test('while the keychain is locked it is tried again; once it is open it goes on', async () => {
  const kept = addressVault();
  let isLocked = false;
  const bench = await openBench({
    ports: {
      vault: {
        ...kept,
        read: async (id) => (isLocked ? { value: null, isLocked } : kept.read(id)),
      },
    },
    settings: { maxAttempts: null },
  });
  await bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  const [id = ''] = await bench.transfers.enqueue(
    [
      {
        url: address('a.mov', ONE),
        metalink: false,
        destination: bench.to,
        sha256: null,
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  isLocked = true;
  await bench.restart();
  await bench.transfers.configure({});
  expect(await settled(bench.transfers, id, 'retry')).toMatchObject({
    phase: 'waiting',
    reason: 'retry',
  });
  expect(asked).toEqual([]);
  isLocked = false;
  await bench.transfers.wake(['retry']);
  expect(await settled(bench.transfers, id)).toEqual({ phase: 'done' });
});

test.skipIf(!hasKeyring)(
  `passwords that an earlier version has kept go to the keychain, and from the file, its log and its backups${whyNoKeyring}`,
  async () => {
    expect(
      (
        await desk(
          [
            'queue',
            'import',
            write('import.json', queueOf(`http://${host()}/a.mov`, `http://${host()}/b.mov`)),
            '--to',
            to,
          ],
          { home },
        )
      ).code,
    ).toBe(0);
    const file = path.join(home, 'transfers.sqlite');
    const store = new SqliteTransferStore(file, (damage) =>
      expect.unreachable(JSON.stringify(damage)),
    );
    const [a, b] = store.all();
    store.save([
      { ...a!, source: address('a.mov', ONE) },
      {
        ...b!,
        kind: 'metalink',
        source: 'own.meta4 (1)',
        manifest: list(address('listed.mov', TWO)),
      },
    ]);
    store.close();
    const db = new DatabaseSync(file);
    db.prepare('VACUUM INTO ?').run(`${file}.old`);
    db.close();
    for (const n of [1, 2]) copyFileSync(`${file}.old`, `${file}.backup-${n}`);
    copyFileSync(`${file}.old`, path.join(to, 'before'));
    writeFileSync(`${file}.old`, '');
    expect(
      leaks()
        .map((name) => path.basename(name))
        .toSorted(),
    ).toEqual(
      expect.arrayContaining([
        'transfers.sqlite',
        'transfers.sqlite.backup-1',
        'transfers.sqlite.backup-2',
      ]),
    );
    expect((await desk(['queue', 'list'], { home })).code).toBe(0);
    expect(leaks()).toEqual([]);
    // Only once: not repeated at each start.
    const { ino } = statSync(`${file}.backup-1`);
    expect((await desk(['queue', 'list'], { home })).code).toBe(0);
    expect(statSync(`${file}.backup-1`).ino).toBe(ino);
    expect([1, 2].map((n) => existsSync(`${file}.backup-${n}`))).toEqual([true, false]);
    mkdirSync(path.join(to, 'x'));
    expect((await desk(['queue', 'run'], { home })).code).toBe(0);
    expect([
      readFileSync(path.join(to, 'a.mov')),
      readFileSync(path.join(to, 'listed.mov')),
    ]).toEqual([BYTES, BYTES]);
  },
);

test('old bytes that could not be erased, for a full disk or the end of the program, are erased by a later start; what was set aside stays', async () => {
  const file = path.join(home, 'transfers.sqlite');
  let tries = 0;
  const eraseOld = (): void => {
    if (++tries < 3) throw new AppError('disk-full', 'There is no room');
    eraseReplaced(file);
  };
  const bench = await openBench({ home, ports: { eraseOld } });
  await bench.transfers.configure({ scope: 'started-here', activeTransfers: 0 });
  await bench.transfers.enqueue(
    [
      {
        url: `http://${host()}/a.mov`,
        metalink: false,
        destination: bench.to,
        sha256: null,
        hashAnyway: false,
      },
    ],
    { makeDestination: true },
  );
  await bench.restart(async () => {
    const store = new SqliteTransferStore(file, (damage) =>
      expect.unreachable(JSON.stringify(damage)),
    );
    store.save(store.all().map((row) => ({ ...row, source: address('a.mov', ONE) })));
    store.close();
    copyFileSync(file, `${file}.backup-1`);
    mkdirSync(`${file}.backup-2.damaged-folder`);
  });
  await bench.restart();
  expect([tries, leaks().length > 0]).toEqual([1, true]);
  await bench.restart();
  await bench.restart();
  expect([tries, leaks()]).toEqual([3, []]);
  expect(existsSync(`${file}.backup-2.damaged-folder`)).toBe(true);
  await bench.restart();
  expect(tries).toBe(3);
  expect(bench.bugs.splice(0)).toMatchObject([{ code: 'disk-full' }, { code: 'disk-full' }]);
});
