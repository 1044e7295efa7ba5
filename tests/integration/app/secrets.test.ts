import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVault, type CredentialChoice } from '../../../src/main/adapters/vault.ts';
import type { Application } from '../../../src/main/app/services.ts';
import { PASSWORD, startDemo, type DemoService } from '../../support/service/demo.ts';
import { hasKeyring, whyNoKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openApplication } from '../../support/app/application.ts';
import { startReceiver } from '../../support/events.ts';

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(root, name))
    .filter((name) => statSync(name).isFile());
}

const passphrase = `quay-${randomBytes(9).toString('hex')}`;
const keyFile = path.join(temporaryFolder(), 'key');
writeFileSync(keyFile, passphrase, { mode: 0o600 });

function checkSecrets(credentials: CredentialChoice): void {
  const home = temporaryFolder();
  const folder = temporaryFolder();
  const traffic: string[] = [];
  let service: DemoService;
  let application: Application;

  beforeAll(async () => {
    service = await startDemo();
    application = await openApplication(home, {
      background: true,
      serviceUrl: service.url,
      credentials,
      send: (name, payload) => traffic.push(JSON.stringify([name, payload])),
    });
  });
  afterAll(async () => {
    await application.close();
    await service.close();
  });

  /** A command as the page sends it; what main answers is recorded. */
  async function call<T>(name: string, input?: unknown): Promise<T> {
    const result = await application.invoke(name, { isTrusted: true }, input);
    traffic.push(JSON.stringify([name, result]));
    if (!result.ok) throw new Error(`${name}: ${result.error.code} ${result.error.message}`);
    return result.value as T;
  }

  test('no password, code, token or key is in the traffic or in any file', async () => {
    const email = 'secrets@station.example';
    await call('settings.set', { destination: folder });
    await call('account.register', {
      email,
      password: PASSWORD,
      displayName: 'Desk',
      organisation: 'Station',
      country: 'BE',
      newsletter: false,
      language: 'en',
    });
    const { code } = await service.nextMail(email);
    expect(code).toMatch(/^\d{6}$/);
    await call('account.verify', { code });
    await expect(call('account.sign-in', { email, password: `${PASSWORD}-wrong` })).rejects.toThrow(
      'invalid-credentials',
    );
    const { account } = application.services.session();
    const firstAccess = await account.withToken(async (token) => token);
    await call('library.sync');
    const { items } = await call<{
      items: {
        id: string;
        restrictions: unknown[];
        packages: { packageId: string; purpose: string }[];
      }[];
    }>('catalogue.search', {
      query: { text: '', sort: 'newest' },
      range: { offset: 0, count: 100 },
    });
    const chosen = items.find(
      ({ packages, restrictions }) =>
        restrictions.length === 0 && packages.some(({ purpose }) => purpose === 'preview'),
    );
    const packageId = chosen?.packages.find(({ purpose }) => purpose === 'preview')?.packageId;
    const { ids } = await call<{ ids: string[] }>('transfers.enqueue', {
      packages: [{ assetId: chosen?.id, packageId }],
      acknowledge: [],
    });
    await expect
      .poll(
        async () =>
          (await call<{ state: { phase: string } }>('transfers.detail', { id: ids[0] })).state
            .phase,
      )
      .toBe('done');

    const { value } = await createVault(home, service.url).read('session');
    const { refreshToken } = JSON.parse(value ?? '{}') as { refreshToken: string };
    // The key of a webhook crosses to the page once, when it is made; its address never.
    const receiver = await startReceiver();
    const hookPath = `quiet-${randomBytes(9).toString('hex')}`;
    const { signingKey, id: hook } = (
      (await application.invoke(
        'webhooks.add',
        { isTrusted: true },
        {
          name: 'MAM',
          address: `${new URL(receiver.url).origin}/${hookPath}?key=${hookPath}`,
          events: ['download.failed'],
        },
      )) as { value: { signingKey: string; id: string } }
    ).value;
    await call('webhooks.test', { id: hook });
    await receiver.close();
    await application.invoke('webhooks.test', { isTrusted: true }, { id: hook });
    await call('webhooks.get');

    const planted = {
      signingKey: signingKey.slice('whsec_'.length),
      hookPath,
      password: PASSWORD,
      code: code ?? '',
      access: firstAccess,
      refresh: refreshToken,
      passphrase,
    };
    for (const secret of Object.values(planted)) expect(secret.length).toBeGreaterThanOrEqual(6);

    application.services.options.log.error('sync', new Error(`bearer ${firstAccess}`));
    const report = await call<{ text: string }>('app.support-report');
    expect(report.text).toContain('## Log');
    expect(report.text).not.toContain(email);

    await call('account.sign-out');
    const everything = [
      ...traffic,
      ...filesOf(home).map((name) => readFileSync(name, 'latin1')),
      ...filesOf(folder)
        .filter((name) => statSync(name).size < 50e6)
        .map((name) => readFileSync(name, 'latin1')),
    ];
    for (const [name, secret] of Object.entries(planted)) {
      // Six digits also occur in numbers: sizes, times, hashes. A code that leaked stands in a
      // text.
      const pattern =
        name === 'code'
          ? new RegExp(`(?<![\\w.:,[-])${secret}(?![\\w.,\\]}-])`)
          : new RegExp(secret.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      expect(
        everything.filter((text) => pattern.test(text)).map((text) => text.slice(0, 120)),
        name,
      ).toEqual([]);
    }
    // The check itself can fail: the address, which is no secret, is found.
    expect(everything.some((text) => text.includes(email))).toBe(true);
  });
}

describe.skipIf(!hasKeyring)(`with the keychain${whyNoKeyring}`, () => {
  checkSecrets({ store: 'keychain' });
});
describe('with the credential file', () => {
  checkSecrets({ store: 'file', keyFile });
});
