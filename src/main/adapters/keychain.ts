import { createHash } from 'node:crypto';
import path from 'node:path';
// keytar is no longer maintained: its name stands in package.json for @napi-rs/keyring.
import { AsyncEntry } from 'keytar';
import { createEntryVault, type Outcome, type SecretEntry } from './entry-vault.ts';
import type { FlagSet } from './fs/flag-files.ts';
import { collectionState } from './secret-service.ts';
import { messageOf } from '../../shared/errors.ts';
import type { KeychainState, SecretName, TokenVault } from '../account/ports.ts';
import { systemClock } from '../../shared/clock.ts';

const SERVICE = 'Multimedia Desk';
/** Maximum duration of an access, ms; the system's prompt waits for a person. */
const PROMPT_MS = 30_000;
/** How long an unanswered access is retried, ms. */
const RETRY_WINDOW_MS = 6_000;
/** First pause between retries of an unanswered access, ms; it doubles. */
const FIRST_PAUSE_MS = 200;

type Failure = Exclude<KeychainState, 'ok'>;
type Access<T> = (entry: SecretEntry) => Promise<T>;

/** The library has one code for all failures, so the message decides, here only. */
function failureOf(thrown: unknown): Failure {
  const text = messageOf(thrown);
  // First: the D-Bus timeout message lists every possible cause, among them a policy that "blocked
  // the reply".
  if (/did not receive a reply|\bNoReply\b|timed? ?out/iu.test(text)) return 'unanswered';
  if (/prompt|dismissed|\blocked\b|user (?:canceled|interaction)/iu.test(text)) return 'locked';
  if (
    /no result found|DBus error|not provided by any|ServiceUnknown|no such (?:interface|object)|platform secure storage/iu.test(
      text,
    )
  )
    return 'absent';
  return 'unreadable';
}

/** Prefix of the entries of one home and one service: short, and not revealing the path. */
export const keychainScope = (home: string, service: string): string =>
  `${createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16)}:${service}`;

const entryOf = (user: string): SecretEntry =>
  new AsyncEntry(SERVICE, user, { linux: { store: 'secret-service' } });

async function access<T>(user: string, work: Access<T>): Promise<Outcome<T>> {
  try {
    // Inside `try`: without a session bus the constructor throws.
    return { state: 'ok', result: await work(entryOf(user)) };
  } catch (thrown) {
    return { state: failureOf(thrown), result: null };
  }
}

/**
 * The access in flight. One at a time per process: each blocks a thread of the libuv pool, which
 * file I/O needs too, while a prompt is open.
 */
let inFlight: Promise<unknown> | null = null;

/** @returns null if `work` is still pending after `ms` */
async function settledWithin<T>(work: Promise<T>, ms: number): Promise<{ value: T } | null> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      work.then((value) => ({ value })),
      systemClock.sleep(ms, timer.signal).then(() => null),
    ]);
  } finally {
    timer.abort();
  }
}

/**
 * Accesses the keychain, waiting at most `promptMs`, with at most one prompt until `allowPrompt`.
 * On Linux the collection's lock state is read first. Elsewhere only the access itself shows it: a
 * slow one is `unanswered`, and the next call waits for the same access instead of opening a second
 * prompt.
 */
function createGate(promptMs: number, mayPromptAtFirst: boolean) {
  let mayPrompt = mayPromptAtFirst;

  async function once<T>(user: string, work: Access<T>, endsAt: number): Promise<Outcome<T>> {
    const left = (): number => Math.max(0, endsAt - systemClock.nowMs());
    const collection = process.platform === 'linux' ? await collectionState() : 'unknown';
    if (collection === 'unanswered') return { state: 'unanswered', result: null };
    if (collection === 'unlocked') mayPrompt = true;
    if (!mayPrompt) return { state: 'locked', result: null };
    const late = {
      state: collection === 'locked' ? 'locked' : 'unanswered',
      result: null,
    } as const;
    for (let before = inFlight; before; before = inFlight)
      if (!(await settledWithin(before, left()))) return late;
    if (collection === 'locked') mayPrompt = false;
    const running = access(user, work).finally(() => {
      inFlight = null;
    });
    inFlight = running;
    const outcome = (await settledWithin(running, left()))?.value ?? late;
    if (outcome.state === 'locked') mayPrompt = false;
    return outcome;
  }

  return {
    allowPrompt: (): void => {
      mayPrompt = true;
    },
    async attempt<T>(user: string, work: Access<T>): Promise<Outcome<T>> {
      const startedAt = systemClock.nowMs();
      for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
        const outcome = await once(user, work, startedAt + promptMs);
        if (
          outcome.state !== 'unanswered' ||
          systemClock.nowMs() + pause >= startedAt + Math.min(RETRY_WINDOW_MS, promptMs)
        )
          return outcome;
        await systemClock.sleep(pause);
      }
    },
  };
}

/**
 * Secrets in the operating system's keychain, one entry per name, keyed by `scope` (home folder and
 * service origin). On Linux only the Secret Service is used: the library would otherwise fall back
 * to the kernel keyring, which a reboot empties.
 *
 * @param removed see `createEntryVault`
 * @param promptMs maximum duration of a call. If a person takes longer to answer the prompt, the
 * call returns `locked` and the prompt stays open.
 * @param mayPrompt false: a locked keychain opens no prompt, where its state can be read first
 */
export function createKeychainVault<Name extends string = SecretName>(
  scope: string,
  removed: FlagSet = new Set(),
  promptMs = PROMPT_MS,
  mayPrompt = true,
): TokenVault<Name> {
  return createEntryVault({ entryOf, ...createGate(promptMs, mayPrompt) }, scope, removed);
}
