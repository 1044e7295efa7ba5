import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  option,
  record,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { ErrorCode } from '../../src/shared/errors.ts';
import type { WireFault } from './fault-origin.ts';
import { drawn } from './seed.ts';

export type Delivery = 'url' | 'url with hash' | 'metalink' | 'metalink with pieces' | 'package';
export type FaultCase = {
  delivery: Delivery;
  secure: boolean;
  /** What only the origin may be told is in the addresses; a package's headers always have it. */
  credentials: boolean;
  source: 'onread' | 'node:http';
  tag: 'strong' | 'weak' | 'none';
  bytes: number;
  connections: number;
  faults: WireFault[];
  /** The last fault never ends. */
  forever: boolean;
  /**
   * The program ends when so much of the first answer has been sent, and starts again; meanwhile
   * the content may have changed.
   */
  restart: {
    at: number;
    change: 'none' | 'same-length' | 'other-length';
    honoursIfRange: boolean;
  } | null;
};

const KIB = 1024;
const share = integer({ min: 0, max: 10_000 }).map((n) => n / 10_000);
const MALFORMED = [
  '',
  'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  'HTTP/1.1 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 206 X\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
  'HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 3\r\n\r\nabc',
  `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\nContent-Length: 3\r\n\r\nabc`,
  'HTTP/1.1 206 X\r\nContent-Range: bytes 0-',
];

const plain = <K extends WireFault['kind']>(kind: K): Arbitrary<WireFault> =>
  constant({ kind } as unknown as WireFault);
const partial = (
  kind: 'cut' | 'reset' | 'stall' | 'unframed-cut' | 'chunked-cut' | 'flip',
): Arbitrary<WireFault> => share.map((at) => ({ kind, at }));
const status = (status: number, retryAfter: (string | null)[] = [null]): Arbitrary<WireFault> =>
  constantFrom(...retryAfter).map((after) => ({ kind: 'status', status, retryAfter: after }));
const RETRY_AFTER = [null, '1', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon'];

/** Every kind of fault, each of which begins some cases of a run. */
const FAULTS: Arbitrary<WireFault>[] = [
  ...(
    [
      'wrong-range',
      'wrong-total',
      'wrong-tag',
      'no-tag',
      'whole',
      'not-satisfiable',
      'encoded',
      'html',
      'xml',
      'portal',
    ] as const
  ).map(plain),
  ...(
    [
      'no-answer',
      'unframed',
      'unframed-whole',
      'chunked',
      'overlong',
      'overlong-unframed',
      'promises-more',
    ] as const
  ).map(plain),
  ...(['cut', 'reset', 'stall', 'unframed-cut', 'chunked-cut', 'flip'] as const).map(partial),
  nat(1000).map((seed) => ({ kind: 'other-bytes', seed: seed + 1000 })),
  constantFrom(...MALFORMED).map((text) => ({ kind: 'malformed', text })),
  integer({ min: 1, max: 8 }).map((hops) => ({ kind: 'redirects', hops })),
  boolean().map((back) => ({ kind: 'elsewhere', back })),
  constantFrom('ftp://127.0.0.1/a.mov', 'http://127.0.0.1:9/a.mov', '//', 'http://[').map((to) => ({
    kind: 'redirect',
    to,
  })),
  ...[401, 403, 404, 410, 500, 502].map((code) => status(code)),
  ...[429, 503].map((code) => status(code, RETRY_AFTER)),
];
const anyFault = oneof(...FAULTS);
export const FAULT_KINDS = FAULTS.length;

const frame = record({
  delivery: constantFrom<Delivery>(
    'url',
    'url with hash',
    'metalink',
    'metalink with pieces',
    'package',
  ),
  secure: boolean(),
  // Such addresses are never asked by the byte source of sockets.
  credentials: integer({ min: 0, max: 5 }).map((n) => n === 0),
  source: constantFrom<FaultCase['source']>('onread', 'node:http'),
  tag: constantFrom<FaultCase['tag']>('strong', 'strong', 'weak', 'none'),
  bytes: oneof(
    { weight: 6, arbitrary: integer({ min: 1, max: 900 * KIB }) },
    { weight: 1, arbitrary: integer({ min: 17 * KIB * KIB, max: 20 * KIB * KIB }) },
  ),
  connections: constantFrom(1, 4),
  more: array(anyFault, { maxLength: 3 }),
  forever: integer({ min: 0, max: 7 }).map((n) => n === 0),
  restart: option(
    record({
      at: share,
      change: constantFrom<'none' | 'same-length' | 'other-length'>(
        'none',
        'same-length',
        'other-length',
      ),
      honoursIfRange: boolean(),
    }),
    { freq: 2 },
  ),
});

/** The case of this number: the kinds of faults come in turn, everything else is drawn. */
export function faultCase(number: number): FaultCase {
  const first = drawn(FAULTS[number % FAULTS.length] ?? anyFault, number);
  const { more, ...rest } = drawn(frame, number);
  // The pieces of a manifest are no smaller than a mebibyte.
  const bytes = rest.delivery === 'package' ? rest.bytes + 2 * KIB * KIB : rest.bytes;
  return {
    ...rest,
    bytes,
    faults: [first, ...more].map((fault, index) =>
      rest.forever && index === more.length ? forGood(fault) : fault,
    ),
  };
}

/**
 * An answer that always brings a little is survived, after thousands of requests; one that never
 * brings anything must end.
 */
const forGood = (fault: WireFault): WireFault =>
  'at' in fault && fault.kind !== 'flip' ? { ...fault, at: 0 } : fault;

export const vouches = (delivery: Delivery): boolean => delivery !== 'url';
const hasPieces = (delivery: Delivery): boolean =>
  delivery === 'package' || delivery === 'metalink with pieces';

type Ends = {
  [K in WireFault['kind']]?: (
    fault: Extract<WireFault, { kind: K }>,
    one: FaultCase,
  ) => ErrorCode[];
};
const LIES_END = (_: WireFault, { delivery }: FaultCase): ErrorCode[] =>
  hasPieces(delivery) || delivery === 'url' ? [] : ['hash-mismatch'];

/**
 * The whole comes instead of a part where the content has changed; then nothing tells where it
 * ends.
 */
const unframedWhole = ({ delivery, restart }: FaultCase): ErrorCode[] =>
  delivery === 'url' && restart !== null && restart.change !== 'none' && restart.honoursIfRange
    ? ['origin-refused']
    : [];

/**
 * Codes it may end with when it meets a fault; of the others it must survive each that does not
 * stay.
 */
const ENDS: Ends = {
  // What follows a whole answer on a kept connection may be an answer by itself, which node:http
  // takes for that to the next request: a hash tells, or the missing length.
  overlong: (_, { delivery, source, credentials }) =>
    source !== 'node:http' && !credentials
      ? []
      : delivery === 'url with hash'
        ? ['hash-mismatch']
        : delivery === 'url'
          ? ['origin-refused']
          : [],
  encoded: () => ['origin-error'],
  redirects: ({ hops }) => (hops > 5 ? ['redirect-refused'] : []),
  redirect: ({ to }, { secure }) =>
    to.startsWith('http://127') && !secure ? ['origin-error'] : ['redirect-refused'],
  portal: () => ['captive-portal', 'not-found'],
  // Nothing but a hash or a length that is known tells that it was cut.
  'unframed-whole': (_, { delivery }) => (vouches(delivery) ? [] : ['origin-refused']),
  'unframed-cut': (_, { delivery }) =>
    delivery === 'url' ? ['origin-refused'] : delivery === 'url with hash' ? ['hash-mismatch'] : [],
  unframed: (_, one) => unframedWhole(one),
  'overlong-unframed': (_, one) =>
    one.delivery === 'url with hash' ? ['hash-mismatch'] : unframedWhole(one),
  flip: LIES_END,
  'other-bytes': LIES_END,
  status: ({ status }, { delivery }) =>
    status === 404
      ? ['not-found']
      : [401, 403, 410].includes(status) && delivery !== 'package'
        ? ['origin-refused', 'not-found']
        : [],
};

function endsOf(fault: WireFault, one: FaultCase): ErrorCode[] {
  const ends = ENDS[fault.kind] as ((fault: WireFault, one: FaultCase) => ErrorCode[]) | undefined;
  return ends?.(fault, one) ?? [];
}

const FOREVER: ErrorCode[] = [
  'origin-error',
  'origin-refused',
  'not-found',
  'source-changed',
  'captive-portal',
  'stalled',
  'short-body',
  'rate-limited',
  'redirect-refused',
  'hash-mismatch',
  'range-ignored',
];

/** What it may end with instead of success. */
export function allowedEnds(one: FaultCase): ErrorCode[] {
  const { delivery, faults, forever, restart } = one;
  const ends = faults.flatMap((fault) => endsOf(fault, one));
  // The hash is that of the content of before.
  if (restart && restart.change !== 'none' && vouches(delivery))
    ends.push('hash-mismatch', 'source-changed');
  // A piece that comes wrong three times, an address that is refused four times.
  const lies = faults.filter(({ kind }) => kind === 'flip' || kind === 'other-bytes').length;
  if (hasPieces(delivery) && lies >= 3) ends.push('hash-mismatch');
  if (faults.filter(({ kind }) => kind === 'status').length > 3)
    ends.push('origin-refused', 'not-found');
  // The last fault of one that fails anyway may be that of a busy machine.
  return forever ? FOREVER : ends.length > 0 ? [...ends, 'stalled'] : ends;
}

/**
 * True where nobody on earth could tell wrong bytes from right ones: the origin lies and no hash is
 * known.
 */
export const isBeyondTelling = ({ delivery, faults }: FaultCase): boolean =>
  !vouches(delivery) && faults.some(({ kind }) => kind === 'flip' || kind === 'other-bytes');
