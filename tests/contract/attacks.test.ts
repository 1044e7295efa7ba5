import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { DEVICE, NEW_PASSWORD, PASSWORD, TERMS, startTested } from './support/service.ts';

/** Sends these parts, a little apart, and reads until the other side ends the connection. */
function raw(url: string, parts: readonly string[], everyMs = 20): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  return new Promise((resolve, reject) => {
    let text = '';
    let sent = 0;
    const timer = setInterval(() => {
      const part = parts[sent++];
      if (part !== undefined && socket.writable) socket.write(part);
    }, everyMs);
    socket.on('data', (chunk: Buffer) => void (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(text);
    });
    socket.setTimeout(20_000, () => {
      socket.destroy();
      reject(new Error(`The connection was left open after ${text}`));
    });
  });
}

test.each([
  [
    'a body that comes byte by byte',
    [
      'POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n',
      ...Array.from({ length: 4000 }, () => ' '),
    ],
  ],
  [
    'a head that never ends',
    ['GET /v1/meta HTTP/1.1\r\n', ...Array.from({ length: 4000 }, (_, at) => `x-${at}: y\r\n`)],
  ],
])('%s is cut off', async (_, parts) => {
  const service = await startTested({ requestMs: 300 });
  expect(await raw(service.url, parts)).toMatch(/^HTTP\/1\.1 400 /u);
  expect((await service.ask('getMeta')).status).toBe(200);
});

test.each([
  [
    'two lengths',
    'POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
  ],
  [
    'a length beside chunks',
    'POST /v1/sessions HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n',
  ],
  ['a header of 20 kB', `GET /v1/meta HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
  ['a line that is no request', 'HELLO\r\n\r\n'],
])('%s is refused in the common form, and the connection ends', async (_, request) => {
  const service = await startTested();
  const answer = await raw(service.url, [request]);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
  expect(answer).toContain('application/problem+json');
  expect(answer.toLowerCase()).toContain('connection: close');
});

test('a header that names another place on the network does not get round a limit', async () => {
  const service = await startTested({ limits: 'normal' });
  const tries = Array.from({ length: 6 }, (_, at) => ({
    body: { email: `a${at}@news.example`, password: PASSWORD, terms: TERMS },
    headers: { 'x-forwarded-for': `198.51.100.${at}`, forwarded: `for=198.51.100.${at}` },
  }));
  for (const one of tries.slice(0, 5))
    expect((await service.ask('register', one)).status).toBe(202);
  await service.refused('register', tries[5] ?? {}, 'rate-limited');
});

test('guesses at codes are counted over all flows and purposes of a place', async () => {
  const service = await startTested({ limits: 'normal' });
  const registration = await service.ask('register', {
    body: { email: 'a@news.example', password: PASSWORD, terms: TERMS },
  });
  const reset = await service.ask('startReset', { body: { email: 'a@news.example' } });
  const statuses: number[] = [];
  let counted = 0;
  for (let guess = 0; guess < 70; guess++) {
    const body = {
      flowId: guess % 2 === 0 ? registration.body.flowId : reset.body.flowId,
      code: String(100_000 + guess),
    };
    const response = await fetch(
      `${service.url}/v1/${guess % 2 === 0 ? 'accounts' : 'password-resets'}/verify`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify(body),
      },
    );
    statuses.push(response.status);
    if (((await response.json()) as { attemptsLeft?: number }).attemptsLeft) counted++;
  }
  // Five tries of each code, of which the last leaves none; what comes after is not compared with
  // anything.
  expect(counted).toBe(8);
  expect(statuses.slice(60).every((status) => status === 429)).toBe(true);
  expect(statuses).not.toContain(201);
});

test('a session is the service’s to name: nothing sent at sign-in chooses its id or its tokens', async () => {
  const service = await startTested();
  const first = await service.signUp('a@news.example');
  const fixed = {
    sessionId: first.sessionId,
    refreshToken: first.refreshToken,
    accessToken: first.accessToken,
  };
  expect(
    (
      await service.refused(
        'signIn',
        { body: { email: 'a@news.example', password: PASSWORD, device: DEVICE, ...fixed } },
        'validation-failed',
      )
    ).errors?.map(({ code }) => code),
  ).toEqual(['unknown-member', 'unknown-member', 'unknown-member']);
  const second = (
    await service.ask('signIn', {
      body: { email: 'a@news.example', password: PASSWORD, device: DEVICE },
      token: first.accessToken,
    })
  ).body;
  expect(
    new Set([
      first.sessionId,
      second.sessionId,
      first.refreshToken,
      second.refreshToken,
      first.accessToken,
      second.accessToken,
    ]).size,
  ).toBe(6);
});

test('names and devices with quotes, statements, escapes and lines are kept as they are and end nowhere else', async () => {
  const events: string[] = [];
  const service = await startTested({
    log: (event, facts = {}) => void events.push(JSON.stringify({ event, ...facts })),
  });
  const displayName = `Robert"); DROP TABLE accounts;-- \u001b[31m <script>`;
  const session = await service.signUp('a@news.example', {
    displayName,
    organisation: "O'Neil & \\ Sons",
  });
  const { body } = await service.ask('getAccount', { token: session.accessToken });
  expect([body.displayName, body.organisation]).toEqual([displayName, "O'Neil & \\ Sons"]);
  await service.refused('getAsset', { params: { id: "ast_open' OR '1'='1" } }, 'not-found');
  await service.refused('getAsset', { params: { id: '../../accounts' } }, 'not-found');
  await service.refused(
    'searchAssets',
    { query: { q: 'x', cursor: "' UNION SELECT json FROM accounts --" } },
    'cursor-mismatch',
  );
  expect(events.join('\n')).not.toMatch(/DROP TABLE|\[31m|UNION/u);
  for (const line of events) expect(line).not.toContain('\n');
});

test('an access token of one account opens nothing of another, and none outlives its session', async () => {
  const service = await startTested();
  const mine = await service.signUp('a@news.example');
  const other = await service.signUp('b@news.example');
  const download = (
    await service.ask('authoriseDownload', {
      token: mine.accessToken,
      body: { packageId: 'pkg_ast_free', rev: 1 },
    })
  ).body;
  for (const name of ['getDownload', 'cancelDownload'] as const)
    await service.refused(
      name,
      { token: other.accessToken, params: { id: download.downloadId } },
      'not-found',
    );
  await service.refused(
    'revokeSession',
    { token: other.accessToken, params: { id: mine.sessionId } },
    'not-found',
  );
  await service.ask('logout', { body: { refreshToken: mine.refreshToken } });
  expect(
    (await service.refused('getAccount', { token: mine.accessToken }, 'invalid-token')).status,
  ).toBe(401);
});

test.each(['ada@station.example', 'nobody@station.example'])(
  'guesses at the password of %s that are sent at once wait like those one after another',
  async (email) => {
    const service = await startTested({ limits: 'normal' });
    await service.signUp('ada@station.example', {}, '127.0.1.1');
    const guess = (number: number) => ({
      from: '127.0.2.1',
      body: { email, password: `Wrong-Horse-${number}`, device: DEVICE },
    });
    const answers = await Promise.allSettled(
      Array.from({ length: 25 }, (_, number) =>
        service.refused('signIn', guess(number), 'invalid-credentials'),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await service.refused('signIn', guess(25), 'too-many-attempts');
  },
);

test('somebody who is signed in cannot fill the line of passwords to hash', async () => {
  const service = await startTested({ limits: 'normal' });
  const { accessToken: token } = await service.signUp('eve@station.example');
  const proof = { token, body: { password: PASSWORD } };
  for (let i = 0; i < 30; i += 1) expect((await service.ask('reauth', proof)).status).toBe(204);
  await service.refused('reauth', proof, 'rate-limited');
  await service.refused('deleteAccount', proof, 'rate-limited');
  await service.refused(
    'changePassword',
    { ...proof, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } },
    'rate-limited',
  );
  await service.refused(
    'startEmailChange',
    { ...proof, body: { newEmail: 'eva@station.example', password: PASSWORD } },
    'rate-limited',
  );
});
