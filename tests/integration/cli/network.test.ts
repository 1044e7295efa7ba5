import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk } from '../../support/app/desk.ts';
import { selfSigned } from '../../support/engine/certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the network is set up from the command line, and shown', async () => {
  const home = temporaryFolder();
  const run = (...args: string[]) => desk(['network', ...args], { home });
  expect(await run('proxy', 'ftp://proxy.example')).toMatchObject({
    code: 2,
    result: { code: 'usage' },
  });
  expect(
    await run('proxy', 'socks5://proxy.example', '--except', 'intranet.example, 10.0.0.0/8'),
  ).toMatchObject({ code: 0 });
  const file = path.join(home, 'ca.pem');
  writeFileSync(file, 'no certificate');
  expect(await run('trust', file)).toMatchObject({ code: 2, result: { code: 'usage' } });
  writeFileSync(file, selfSigned().cert);
  expect(await run('trust', file)).toMatchObject({ code: 0 });
  const { lines } = await run('show');
  expect(lines).toContainEqual(
    expect.objectContaining({
      proxyMode: 'manual',
      proxyAddress: 'socks5://proxy.example',
      proxyExceptions: ['intranet.example', '10.0.0.0/8'],
    }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ proxy: 'proxy.example:1080', user: null }),
  );
  const trusted = lines.find(({ authority }) => authority !== undefined);
  expect(trusted).toMatchObject({ names: ['origin.test'], fault: null });
  expect(await run('distrust', String(trusted?.['authority']))).toMatchObject({ code: 0 });
  expect((await run('show')).lines.some(({ authority }) => authority !== undefined)).toBe(false);
});
