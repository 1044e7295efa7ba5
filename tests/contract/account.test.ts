import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadSecrets } from '../../src/service/crypto/secrets.ts';
import { createTokens } from '../../src/service/crypto/tokens.ts';
import { DEVICE, NEW_PASSWORD, PASSWORD, standingClock, startTested } from './support/service.ts';

const EMAIL = 'ada@station.example';
const WANTED = { packageId: 'pkg_ast_open', rev: 1, acknowledge: ['rst_ast_open'] };

/** All rows of all tables, as text. */
function tablesOf(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  const names = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all()
    .map(({ name }) => String(name));
  const rows = names.flatMap((name) => db.prepare(`SELECT * FROM ${name}`).all());
  db.close();
  return JSON.stringify(rows);
}

describe('profile', () => {
  test('is changed against the version that was read', async () => {
    const service = await startTested();
    const { accessToken: token } = await service.signUp(EMAIL, { organisation: 'Lorvik TV' });
    const { headers } = await service.ask('getAccount', { token });
    const etag = headers.get('etag') ?? '';
    await service.refused(
      'patchAccount',
      { token, body: { country: 'NO' } },
      'precondition-required',
    );
    const { body } = await service.ask('patchAccount', {
      token,
      body: { country: 'NO', organisation: null },
      headers: { 'if-match': etag },
    });
    expect(body).toMatchObject({ country: 'NO', organisation: null });
    await service.refused(
      'patchAccount',
      { token, body: { country: 'SE' }, headers: { 'if-match': etag } },
      'edit-conflict',
    );
    const { errors } = await service.refused(
      'patchAccount',
      {
        token,
        body: { country: 'Norway', entitlements: ['embargo-access'] },
        headers: { 'if-match': '*' },
      },
      'validation-failed',
    );
    expect(errors).toEqual([
      { field: 'country', code: 'invalid' },
      { field: 'entitlements', code: 'unknown-member' },
    ]);
    expect(
      (await service.ask('getAccount', { token, headers: { 'if-none-match': etag } })).status,
    ).toBe(200);
    const now = (await service.ask('getAccount', { token })).headers.get('etag') ?? '';
    expect(
      (await service.ask('getAccount', { token, headers: { 'if-none-match': now } })).status,
    ).toBe(304);
  });

  test('the newsletter is never on by itself, is one call away, and its mails can end it', async () => {
    const service = await startTested();
    const { accessToken: token, account } = await service.signUp(EMAIL);
    expect(account.newsletter).toEqual({ subscribed: false, topics: [], changedAt: null });
    await service.refused(
      'putNewsletter',
      { token, body: { subscribed: true, consentVersion: 'other' } },
      'validation-failed',
    );
    const { body } = await service.ask('putNewsletter', {
      token,
      body: { subscribed: true, topics: ['weekly-highlights'], consentVersion: '2026-01' },
    });
    expect(body).toMatchObject({ subscribed: true, topics: ['weekly-highlights'] });
    expect((await service.mails(EMAIL, 2))[0]?.subject).toBe(
      'You’re subscribed to the Multimedia newsletter',
    );
    const off = await service.ask('putNewsletter', {
      token,
      body: { subscribed: false, consentVersion: '2026-01' },
    });
    expect(off.body.subscribed).toBe(false);
    const { body: kept } = await service.ask('exportAccount', { token });
    expect(kept.newsletterConsents.map(({ subscribed }) => subscribed)).toEqual([true, false]);
    expect(kept.sessions).toHaveLength(1);
  });

  test('unsubscribing is always 204 and works for a token of ours only, by JSON and by form', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'service-test-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    const service = await startTested({ dataDir });
    const { accessToken: token, account } = await service.signUp(EMAIL, { newsletter: true });
    expect((await service.ask('unsubscribe', { body: { token: 'abc.def' } })).status).toBe(204);
    const form = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    };
    expect(
      (await fetch(`${service.url}/v1/newsletter/unsubscribe?token=abc.def`, form)).status,
    ).toBe(204);
    expect((await service.ask('getAccount', { token })).body.newsletter.subscribed).toBe(true);
    const ours = createTokens(await loadSecrets(dataDir, false)).unsubscribe(account.id);
    expect(
      (await fetch(`${service.url}/v1/newsletter/unsubscribe?token=${ours}`, form)).status,
    ).toBe(204);
    expect((await service.ask('getAccount', { token })).body.newsletter.subscribed).toBe(false);
  });
});

describe('password and deletion', () => {
  test('a new password needs the current one and ends the other sessions', async () => {
    const service = await startTested();
    const other = await service.signUp(EMAIL);
    const { body: mine } = await service.ask('signIn', {
      body: { email: EMAIL, password: PASSWORD, device: DEVICE },
    });
    const token = mine.accessToken;
    await service.refused(
      'changePassword',
      { token, body: { currentPassword: 'Wrong-Horse-777', newPassword: NEW_PASSWORD } },
      'invalid-credentials',
    );
    const weak = await service.refused(
      'changePassword',
      { token, body: { currentPassword: PASSWORD, newPassword: 'Summer2024!!!' } },
      'validation-failed',
    );
    expect(weak.errors).toEqual([{ field: 'newPassword', code: 'common' }]);
    const { errors } = await service.refused(
      'changePassword',
      { token, body: { currentPassword: PASSWORD, newPassword: PASSWORD } },
      'validation-failed',
    );
    expect(errors).toEqual([{ field: 'newPassword', code: 'same-as-current' }]);
    expect(
      (
        await service.ask('changePassword', {
          token,
          body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
        })
      ).status,
    ).toBe(204);
    await service.refused('getAccount', { token: other.accessToken }, 'invalid-token');
    expect(
      (await service.ask('getAccount', { token })).body.notices.map(({ code }) => code),
    ).toEqual(['password-changed']);
  });

  test('a deleted account is gone and its address free again', async () => {
    const service = await startTested();
    const { accessToken: token } = await service.signUp(EMAIL);
    await service.refused(
      'deleteAccount',
      { token, body: { password: 'Wrong-Horse-777' } },
      'invalid-credentials',
    );
    const { status, body } = await service.ask('deleteAccount', {
      token,
      body: { password: PASSWORD },
    });
    expect([status, Date.parse(body.eraseAt) - service.clock.now()]).toEqual([
      202,
      30 * 86_400_000,
    ]);
    await service.refused('getAccount', { token }, 'invalid-token');
    await service.refused(
      'signIn',
      { body: { email: EMAIL, password: PASSWORD, device: DEVICE } },
      'invalid-credentials',
    );
    const { flowId, code } = await service.register(EMAIL);
    expect((await service.ask('verifyAccount', { body: { flowId, code } })).status).toBe(201);
  });

  test('of a deleted account nothing is left in the store on the day that was told', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'service-test-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    const clock = standingClock();
    const service = await startTested({ dataDir, clock });
    const { accessToken: token, account } = await service.signUp(EMAIL, {
      organisation: 'Lorvik TV',
      newsletter: true,
      country: 'NO',
    });
    await service.refused(
      'signIn',
      { body: { email: EMAIL, password: 'Wrong-Horse-777', device: DEVICE } },
      'invalid-credentials',
    );
    await service.ask('authoriseDownload', { token, body: WANTED });
    await service.ask('startEmailChange', {
      token,
      body: { newEmail: 'next@station.example', password: PASSWORD },
    });
    await service.ask('startReset', { body: { email: EMAIL } });
    const heldOf = async () =>
      (await readFile(join(dataDir, 'service.sqlite'), 'latin1')) +
      (await readFile(join(dataDir, 'service.sqlite-wal'), 'latin1').catch(() => ''));
    expect(await heldOf()).toContain(account.id);
    await service.ask('deleteAccount', { token, body: { password: PASSWORD } });
    clock.advance(30 * 86_400_000);
    await service.close();
    const again = await startTested({ dataDir, clock });
    await again.close();
    const left = tablesOf(join(dataDir, 'service.sqlite'));
    for (const word of [account.id, EMAIL, 'next@station.example', 'Lorvik TV'])
      expect(left).not.toContain(word);
  });

  test('of a deleted account neither an address it had before is left, nor what others of its calls were about to write', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'service-test-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    const clock = standingClock();
    const service = await startTested({ dataDir, clock });
    const { accessToken: token, account } = await service.signUp(EMAIL);
    await service.refused(
      'signIn',
      { body: { email: EMAIL, password: 'Wrong-Horse-777', device: DEVICE } },
      'invalid-credentials',
    );
    const { body } = await service.ask('startEmailChange', {
      token,
      body: { newEmail: 'next@station.example', password: PASSWORD },
    });
    await service.ask('verifyEmailChange', {
      token,
      body: { flowId: body.flowId, code: await service.code('next@station.example', 1) },
    });
    // Who was known at the old address is known at the new one.
    const networks = (await service.ask('exportAccount', { token })).body.networks;
    expect(networks).toHaveLength(1);
    const call = async (name: 'reauth' | 'deleteAccount') =>
      service.ask(name, { token, body: { password: PASSWORD } });
    await Promise.allSettled([
      call('deleteAccount'),
      call('reauth'),
      call('reauth'),
      call('reauth'),
    ]);
    await service.refused('getAccount', { token }, 'invalid-token');
    clock.advance(30 * 86_400_000);
    await service.close();
    await (await startTested({ dataDir, clock })).close();
    const left = tablesOf(join(dataDir, 'service.sqlite'));
    for (const word of [account.id, EMAIL, 'next@station.example'])
      expect(left).not.toContain(word);
  });

  test('an export has all that is held, but for what proves', async () => {
    const service = await startTested();
    const first = await service.signUp(EMAIL, { country: 'NO' });
    const { body: session } = await service.ask('signIn', {
      body: { email: EMAIL, password: PASSWORD, device: DEVICE },
    });
    const token = session.accessToken;
    await service.ask('revokeOthers', { token });
    const { body: download } = await service.ask('authoriseDownload', { token, body: WANTED });
    const receipt = { outcome: 'finished', files: [] } as const;
    await service.ask('sendReceipt', { token, params: { id: download.downloadId }, body: receipt });
    await service.ask('startEmailChange', {
      token,
      body: { newEmail: 'next@station.example', password: PASSWORD },
    });
    await service.refused(
      'signIn',
      { body: { email: EMAIL, password: 'Wrong-Horse-777', device: DEVICE } },
      'invalid-credentials',
    );
    const { body } = await service.ask('exportAccount', { token });
    expect(
      Object.fromEntries(body.sessions.map(({ id, endedAt }) => [id, endedAt === null])),
    ).toEqual({ [first.sessionId]: false, [session.sessionId]: true });
    expect(body.sessions[0]).toMatchObject({ device: DEVICE.name, ip: '127.0.0.1' });
    expect(body.downloads).toMatchObject([
      { packageId: WANTED.packageId, state: 'finished', receipt },
    ]);
    expect(body.flows).toMatchObject([{ purpose: 'email-change', email: 'next@station.example' }]);
    expect(body.networks).toMatchObject([{ network: '127.0.0', wrongPasswords: 1 }]);
    expect(JSON.stringify(body)).not.toMatch(/hash|salt|token/i);
  });

  test('terms are accepted by their version', async () => {
    const service = await startTested();
    const { accessToken: token } = await service.signUp(EMAIL);
    await service.refused('putTerms', { token, body: { version: '1999-01' } }, 'validation-failed');
    expect(
      (await service.ask('putTerms', { token, body: { version: '2026-01' } })).body.terms.version,
    ).toBe('2026-01');
  });
});

describe('every request', () => {
  test('meta is public, cached for an hour and has the rule the client shows', async () => {
    const service = await startTested();
    const { body, headers } = await service.ask('getMeta');
    expect(body).toMatchObject({
      codeLength: 6,
      codeTtlSeconds: 1800,
      passwordPolicy: {
        minLength: 12,
        maxLength: 128,
        classes: ['upper', 'lower', 'digit', 'symbol'],
        forbidSpaces: true,
      },
    });
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect(
      (await service.ask('getMeta', { headers: { 'if-none-match': headers.get('etag') ?? '' } }))
        .status,
    ).toBe(304);
  });

  test('broken, large and foreign bodies are problems', async () => {
    const service = await startTested();
    const post = async (body: string, type = 'application/json') => {
      const response = await fetch(`${service.url}/v1/password-resets`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      return [
        response.status,
        response.headers.get('content-type'),
        ((await response.json()) as { type: string }).type.split('/').at(-1),
      ];
    };
    const type = 'application/problem+json; charset=utf-8';
    expect(await post('{"email":')).toEqual([400, type, 'malformed-request']);
    expect(await post('x'.repeat(70_000))).toEqual([413, type, 'body-too-large']);
    expect(await post('<a/>', 'application/xml')).toEqual([415, type, 'unsupported-media-type']);
    expect(await post('[]')).toEqual([422, type, 'validation-failed']);
    expect(await post('{"email":"a@b.example","__proto__":{"x":1}}')).toEqual([
      422,
      type,
      'validation-failed',
    ]);
    expect((await fetch(`${service.url}/v1/nothing`)).headers.get('content-type')).toBe(type);
  });

  test('carries the service’s own time', async () => {
    const service = await startTested();
    service.clock.advance(3_600_000);
    const { headers } = await service.ask('getMeta');
    expect(headers.get('date')).toBe(new Date(service.clock.now()).toUTCString());
    expect((await fetch(`${service.url}/media/img_thumb.jpg`)).headers.get('date')).toBe(
      headers.get('date'),
    );
  });

  test('keeps a request id and speaks the language asked for', async () => {
    const service = await startTested();
    const id = '0b5c1c1e-3f7a-4c58-9d0e-2f6a6f1c2d3e';
    const refused = await service.refused(
      'getAccount',
      { headers: { 'x-request-id': id, 'accept-language': 'fr' } },
      'invalid-token',
    );
    expect([refused.instance, refused.detail, refused.title]).toEqual([
      `urn:uuid:${id}`,
      'Reconnectez-vous pour continuer.',
      'The access token is missing or no longer valid',
    ]);
    const odd = await service.refused(
      'getAccount',
      { headers: { 'x-request-id': 'a\tb' } },
      'invalid-token',
    );
    expect(odd.instance).toMatch(/^urn:uuid:[\da-f-]{36}$/);
  });
});
