import type { Clock } from './clock.ts';
import type { ContentSource } from './content/library.ts';
import type { Codes } from './crypto/codes.ts';
import type { Passwords } from './crypto/passwords.ts';
import type { Secrets } from './crypto/secrets.ts';
import type { Tokens } from './crypto/tokens.ts';
import type { Limits } from './http/limits.ts';
import type { SigningKey } from './keys.ts';
import type { Log } from './log.ts';
import type { MailQueue } from './mail/queue.ts';
import type { Store } from './store/ports.ts';

/** What the handlers share. Built in index.ts; nothing else is global. */
export type Context = {
  clock: Clock;
  store: Store;
  secrets: Secrets;
  passwords: Passwords;
  tokens: Tokens;
  codes: Codes;
  limits: Limits;
  mail: MailQueue;
  content: ContentSource;
  /** Zero of the content's relative times. */
  contentEpoch: number;
  signingKey: SigningKey;
  /** Address of this service without a slash at the end; known once it listens. */
  baseUrl: () => string;
  /** Where files are fetched when it is not here. */
  externalOrigin: string | null;
  /** What one account may fetch in a day, null for any amount. */
  quotaBytesPerDay: number | null;
  log: Log;
};
