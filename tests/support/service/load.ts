import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { program } from '../built.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const CLI = program('service-cli');
const PASSWORD = 'Correct-Horse-7';
const DEVICE = { name: 'Load', platform: 'linux', appVersion: '1.0.0' };
const ASSET = 'ast_aur261094';
const RETRY_MS = 50;
const GIVE_UP_MS = 60_000;

type Letter = { messageId: string; to: string; subject: string; code: string | null };

/**
 * A real SMTP server that outlives the service's kills and takes down every letter, twice if it
 * comes twice.
 */
async function startPostOffice() {
  const letters: Letter[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, answered) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then(({ messageId = '', subject = '' }) => {
          const code = /(\d{3})\D?(\d{3})/u.exec(subject);
          letters.push({
            messageId,
            subject,
            to: session.envelope.rcptTo[0]?.address ?? '',
            code: code ? `${code[1]}${code[2]}` : null,
          });
          answered(null);
        });
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    letters,
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

type Running = { child: ChildProcess; url: string };
async function startProcess(dataDir: string, smtpUrl: string, port: number): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      CLI,
      '--limits',
      'relaxed',
      '--data',
      dataDir,
      '--port',
      String(port),
    ],
    { env: { ...process.env, SMTP_URL: smtpUrl }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url: (JSON.parse(line) as { url: string }).url };
}
async function kill({ child }: Running): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

type Answer = { status: number; body: Record<string, unknown> };
/**
 * Asks until there is an answer: the service may be dead just now. The same key makes the repeat
 * the same request.
 */
async function ask(
  base: string,
  method: string,
  path: string,
  { body, token, key = randomUUID() }: { body?: unknown; token?: string; key?: string } = {},
): Promise<Answer> {
  const headers = {
    'idempotency-key': key,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  for (const until = Date.now() + GIVE_UP_MS; ;) {
    try {
      const response = await fetch(base + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.status < 500)
        return {
          status: response.status,
          body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
        };
    } catch {
      // No connection, or it broke.
    }
    if (Date.now() > until) throw new Error(`${method} ${path}: no answer`);
    await wait(RETRY_MS);
  }
}

type Acknowledged = { email: string; newsletter: boolean; refreshToken: string };
export type LoadTally = {
  registrations: number;
  signIns: number;
  manifests: number;
  kills: number;
  accounts: number;
  letters: number;
  twice: number;
  lost: string[];
};

class Load {
  readonly #base: string;
  readonly #letters: readonly Letter[];
  readonly registered: string[] = [];
  readonly accounts: Acknowledged[] = [];
  signIns = 0;
  manifests = 0;
  readonly wrong: string[] = [];

  constructor(base: string, letters: readonly Letter[]) {
    this.#base = base;
    this.#letters = letters;
  }

  /**
   * One person: register, read the code, verify, sign in again, look at a manifest, change the
   * newsletter.
   */
  async person(email: string, newsletter: boolean): Promise<void> {
    const sent = await ask(this.#base, 'POST', '/v1/accounts', {
      body: { email, password: PASSWORD, newsletter, terms: { version: '2026-01' } },
    });
    if (sent.status !== 202)
      return void this.wrong.push(`${email}: register answered ${sent.status}`);
    this.registered.push(email);
    const verified = await this.#verify(sent.body['flowId'], email);
    if (!verified) return void this.wrong.push(`${email}: its code was not taken`);
    const account: Acknowledged = {
      email,
      newsletter,
      refreshToken: (verified['session'] as { refreshToken: string }).refreshToken,
    };
    this.accounts.push(account);
    const session = await ask(this.#base, 'POST', '/v1/sessions', {
      body: { email, password: PASSWORD, device: DEVICE },
    });
    if (session.status !== 201)
      return void this.wrong.push(`${email}: sign-in answered ${session.status}`);
    this.signIns++;
    const token = String(session.body['accessToken']);
    const { body: asset } = await ask(this.#base, 'GET', `/v1/catalogue/assets/${ASSET}`);
    const [first] = asset['packages'] as { id: string }[];
    const manifest = await ask(this.#base, 'GET', `/v1/packages/${first?.id}/manifest`, { token });
    if (manifest.status === 200) this.manifests++;
    else this.wrong.push(`${email}: manifest answered ${manifest.status}`);
    const changed = await ask(this.#base, 'PUT', '/v1/account/newsletter', {
      token,
      body: { subscribed: !newsletter, consentVersion: '2026-01' },
    });
    if (changed.status === 200) account.newsletter = !newsletter;
    else this.wrong.push(`${email}: newsletter answered ${changed.status}`);
  }

  /**
   * A registration whose answer was lost is made again, so there may be two letters, the second
   * later; one code is of the flow that was told.
   */
  async #verify(flowId: unknown, email: string): Promise<Record<string, unknown> | null> {
    const tried = new Set<string>();
    for (const until = Date.now() + GIVE_UP_MS; Date.now() < until; await wait(20)) {
      const code = this.#letters.find(
        (letter) => letter.to === email && letter.code !== null && !tried.has(letter.code),
      )?.code;
      if (code == null) continue;
      tried.add(code);
      const { status, body } = await ask(this.#base, 'POST', '/v1/accounts/verify', {
        body: { flowId, code, device: DEVICE },
      });
      if (status === 201) return body;
    }
    return null;
  }

  /** What was acknowledged and is not there. */
  async lost(): Promise<string[]> {
    const lost: string[] = [...this.wrong];
    for (const { email, newsletter, refreshToken } of this.accounts) {
      const refreshed = await ask(this.#base, 'POST', '/v1/sessions/refresh', {
        body: { refreshToken },
      });
      if (refreshed.status !== 200) lost.push(`${email}: its session (${refreshed.status})`);
      const account = await ask(this.#base, 'GET', '/v1/account', {
        token: String(refreshed.body['accessToken']),
      });
      const { subscribed } = (account.body['newsletter'] ?? {}) as { subscribed?: boolean };
      if (subscribed !== newsletter)
        lost.push(`${email}: its consent (${subscribed}, not ${newsletter})`);
      const kept = await ask(this.#base, 'GET', '/v1/account/export', {
        token: String(refreshed.body['accessToken']),
      });
      if ((kept.body['newsletterConsents'] as unknown[] | undefined)?.length === 0)
        lost.push(`${email}: the record of its consent`);
    }
    for (const email of this.registered)
      if (!this.#letters.some(({ to }) => to === email)) lost.push(`${email}: its letter`);
    return lost;
  }
}

/**
 * People register, verify, sign in and read manifests as fast as the machine lets them, while the
 * service is killed and started again on the same data and port. Tells what was acknowledged and is
 * lost, and how many letters came twice (under one Message-ID).
 */
export async function runServiceLoad({
  seconds,
  kills,
  workers,
}: {
  seconds: number;
  kills: number;
  workers: number;
}): Promise<LoadTally> {
  const dataDir = temporaryFolder();
  const post = await startPostOffice();
  let running = await startProcess(dataDir, post.url, 0);
  const port = Number(new URL(running.url).port);
  const load = new Load(running.url, post.letters);
  const endsAt = Date.now() + seconds * 1000;
  let people = 0;
  const worker = async () => {
    while (Date.now() < endsAt) {
      const number = people++;
      await load.person(`person${number}@load.example`, number % 2 === 0);
    }
  };
  const killer = async () => {
    for (let done = 0; done < kills; done++) {
      await wait((seconds * 1000) / (kills + 1));
      await kill(running);
      running = await startProcess(dataDir, post.url, port);
    }
  };
  try {
    await Promise.all([killer(), ...Array.from({ length: workers }, worker)]);
    const lost = await load.lost();
    const twice =
      post.letters.length - new Set(post.letters.map(({ messageId }) => messageId)).size;
    return {
      registrations: load.registered.length,
      signIns: load.signIns,
      manifests: load.manifests,
      kills,
      accounts: load.accounts.length,
      letters: post.letters.length,
      twice,
      lost,
    };
  } finally {
    await kill(running);
    await post.close();
  }
}
