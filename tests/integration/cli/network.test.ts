import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { expect, test } from 'vitest';
import { desk, deskText } from '../../support/app/desk.ts';
import { selfSigned } from '../../support/engine/certificate.ts';
import { freePort } from '../../support/free-port.ts';
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

test('doctor tells a port where nothing listens from a certificate, and has each fact on a line', async () => {
  const port = await freePort();
  const server = https.createServer(selfSigned()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const doctor = () =>
    deskText(['doctor', '--service', `https://127.0.0.1:${port}`], { home: temporaryFolder() });
  const shown = await doctor();
  expect(shown.out).toMatch(/\n {6}Expected: .*\n {6}Received: .*\n {6}SHA-256 fingerprint: /u);
  expect(shown.out).not.toContain(String.raw`\u000a`);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  expect((await doctor()).out).toContain('can’t be reached');
  const plain = await deskText(['doctor', '--service', `http://127.0.0.1:${port}`], {
    home: temporaryFolder(),
  });
  expect(plain.out).toContain(`FAIL  service: 127.0.0.1:${port} can’t be reached.`);
  expect(plain.out).not.toContain('answers');
});
