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

/** Dependencies of the handlers, built once in index.ts. */
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
  /** Zero of the content’s relative times, in milliseconds since 1970. */
  contentEpoch: number;
  signingKey: SigningKey;
  /** Address of this service without a trailing slash; known once it listens. */
  baseUrl: () => string;
  /** Base address of an external file server; null where this service delivers the files. */
  externalOrigin: string | null;
  /** Download quota per account and UTC day; null for none. */
  quotaBytesPerDay: number | null;
  log: Log;
};
