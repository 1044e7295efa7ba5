import { execFileSync } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { DEVICE, PASSWORD, startTested } from './support/service.ts';

const [EMAIL, OTHER] = ['ada@press.example', 'bo@press.example'];
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'service-damage-'));
  const service = await startTested({ dataDir });
  for (const email of [EMAIL, OTHER]) await service.signUp(email);
  await service.close();
  return () => rm(dataDir, { recursive: true });
});
const inside = (name: string): string => path.join(dataDir, name);

test('a record that was changed on the disk is set aside and told; the others count', async () => {
  const db = new DatabaseSync(inside('service.sqlite'));
  db.exec(
    `UPDATE accounts SET json = replace(json, '"status":"active"', '"status":"actave"') WHERE email = '${EMAIL}'`,
  );
  db.close();
  const told: unknown[] = [];
  const service = await startTested({
    dataDir,
    onDamagedRow: (table) => told.push(table),
    log: (event, facts) => event === 'row-damaged' && told.push(facts),
  });
  expect(told).toEqual([{ table: 'accounts' }, 'accounts']);
  await service.refused(
    'signIn',
    { body: { email: EMAIL, password: PASSWORD, device: DEVICE } },
    'invalid-credentials',
  );
  expect(
    (await service.ask('signIn', { body: { email: OTHER, password: PASSWORD, device: DEVICE } }))
      .status,
  ).toBe(201);
  await service.close();
  const kept = new DatabaseSync(inside('service.sqlite'));
  expect(
    kept.prepare('SELECT source, json LIKE ? AS whose FROM damaged').all(`%${EMAIL}%`),
  ).toEqual([{ source: 'accounts', whose: 1 }]);
  kept.close();
});

test.each(['service.key', 'password-peppers'])(
  'one flipped bit anywhere in %s is a clear error: never a service that knows nobody’s password',
  async (name) => {
    const sound = await readFile(inside(name));
    const outcomes = new Set<string>();
    for (let at = 0; at < sound.length; at += 3) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(inside(name), bytes);
      outcomes.add(
        await startTested({ dataDir }).then(
          async (started) => {
            const { status } = await started.ask('signIn', {
              body: { email: EMAIL, password: PASSWORD, device: DEVICE },
            });
            await started.close();
            return `signed in: ${status}`;
          },
          (thrown: unknown) =>
            String(thrown).includes(inside(name)) ? 'clear error' : `byte ${at}: ${String(thrown)}`,
        ),
      );
    }
    // The last bits of the last character, and the line end, hold nothing of the key.
    outcomes.delete('signed in: 201');
    expect([...outcomes]).toEqual(['clear error']);
  },
);

test.each(['service.key', 'password-peppers'])(
  '%s that is missing is a clear error, and no new one is made',
  async (name) => {
    await rm(inside(name));
    await expect(startTested({ dataDir })).rejects.toThrow(`${inside(name)} is missing`);
    await expect(startTested({ dataDir })).rejects.toThrow(`${inside(name)} is missing`);
  },
);

test('the key of another installation is not taken for this one’s', async () => {
  const other = await mkdtemp(path.join(tmpdir(), 'service-damage-'));
  await (await startTested({ dataDir: other })).close();
  await copyFile(path.join(other, 'service.key'), inside('service.key'));
  await expect(startTested({ dataDir })).rejects.toThrow(`${inside('service.key')} is not the key`);
  await rm(other, { recursive: true });
});

test('a database that is cut, overwritten or of another kind is a clear error that names it', async () => {
  const file = inside('service.sqlite');
  const sound = await readFile(file);
  const damage = [
    () => truncate(file, 20_000),
    () => writeFile(file, 'no database '.repeat(2000)),
    () => mkdir(file),
    () => symlink('service.sqlite', file),
    () => void execFileSync('mkfifo', [file]),
    () =>
      writeFile(
        file,
        Buffer.concat([sound.subarray(0, 8192), Buffer.alloc(4096, 0xff), sound.subarray(12_288)]),
      ),
  ];
  for (const [index, put] of damage.entries()) {
    await rm(file, { recursive: true });
    if (index === 0) await writeFile(file, sound);
    await put();
    await expect(startTested({ dataDir }), `damage ${index}`).rejects.toThrow(file);
  }
});
