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
import type { ErrorCode } from '../../../src/shared/errors.ts';
import type { WireFault } from './fault-origin.ts';
import { drawn } from '../seed.ts';

const DELIVERIES = ['url', 'url with hash', 'metalink', 'metalink with pieces', 'package'] as const;
export type Delivery = (typeof DELIVERIES)[number];
export type FaultCase = {
  delivery: Delivery;
  secure: boolean;
  /** The addresses contain credentials for the origin; a package's headers always do. */
  credentials: boolean;
  source: 'fast' | 'node:http';
  tag: 'strong' | 'weak' | 'none';
  bytes: number;
  connections: number;
  faults: WireFault[];
  /** The last fault repeats forever. */
  forever: boolean;
  /**
   * The program ends when this share of the first response was sent, and starts again; the content
   * may change meanwhile.
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

/** Every kind of fault; each one starts some cases of a run. */
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
  delivery: constantFrom<Delivery>(...DELIVERIES),
  secure: boolean(),
  // The fast reader never requests addresses with credentials.
  credentials: integer({ min: 0, max: 5 }).map((n) => n === 0),
  source: constantFrom<FaultCase['source']>('fast', 'node:http'),
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

/** The case with this number: kinds of faults in turn, everything else random. */
export function faultCase(number: number): FaultCase {
  const { more, ...rest } = drawn(frame, number);
  const faults = [firstFault(number), ...more].map((fault, index) =>
    rest.forever && index === more.length ? forGood(fault) : fault,
  );
  return { ...rest, bytes: bytesFor(rest), faults };
}

export const LASTING_CASES = FAULT_KINDS * DELIVERIES.length;

/** The same with one fault, which is all that ever comes: kinds in turn, then deliveries. */
export function lastingCase(number: number): FaultCase {
  const { more: _, ...rest } = drawn(frame, number);
  const delivery = DELIVERIES[Math.floor(number / FAULT_KINDS) % DELIVERIES.length] ?? 'url';
  const one = { ...rest, delivery };
  return { ...one, bytes: bytesFor(one), faults: [forGood(firstFault(number))], forever: true };
}

const firstFault = (number: number): WireFault =>
  drawn(FAULTS[number % FAULTS.length] ?? anyFault, number);

/** Pieces of a manifest are at least one MiB. */
const bytesFor = ({ delivery, bytes }: { delivery: Delivery; bytes: number }): number =>
  delivery === 'package' ? bytes + 2 * KIB * KIB : bytes;

/**
 * A response that always brings some bytes is survived after thousands of requests; one that never
 * does must end.
 */
const forGood = (fault: WireFault): WireFault =>
  'at' in fault && fault.kind !== 'flip' ? { ...fault, at: 0 } : fault;

export const hasDigest = (delivery: Delivery): boolean => delivery !== 'url';
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

/** Changed content arrives in full instead of the range; then nothing marks its end. */
const unframedWhole = ({ delivery, restart }: FaultCase): ErrorCode[] =>
  delivery === 'url' && restart !== null && restart.change !== 'none' && restart.honoursIfRange
    ? ['origin-refused']
    : [];

/** Error codes a fault may end with; every other fault must be survived if it doesn't persist. */
const ENDS: Ends = {
  // Bytes after a complete response on a kept connection may look like a response, which node:http
  // assigns to the next request: a hash, or the missing length, reveals it.
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
  // Only a hash or a known length reveals the cut.
  'unframed-whole': (_, { delivery }) => (hasDigest(delivery) ? [] : ['origin-refused']),
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

/** Error codes allowed instead of success. */
export function allowedEnds(one: FaultCase): ErrorCode[] {
  const { delivery, faults, forever, restart } = one;
  const ends = faults.flatMap((fault) => endsOf(fault, one));
  // The hash is the one of the earlier content.
  if (restart && restart.change !== 'none' && hasDigest(delivery))
    ends.push('hash-mismatch', 'source-changed');
  // A piece that is wrong three times, an address that is refused four times.
  const lies = faults.filter(({ kind }) => kind === 'flip' || kind === 'other-bytes').length;
  if (hasPieces(delivery) && lies >= 3) ends.push('hash-mismatch');
  if (faults.filter(({ kind }) => kind === 'status').length > 3)
    ends.push('origin-refused', 'not-found');
  // The last fault of a case that fails anyway may come from a busy machine.
  return forever ? FOREVER : ends.length > 0 ? [...ends, 'stalled'] : ends;
}

/** True if wrong bytes can't be detected at all: the origin lies and no hash is known. */
export const isBeyondTelling = ({ delivery, faults }: FaultCase): boolean =>
  !hasDigest(delivery) && faults.some(({ kind }) => kind === 'flip' || kind === 'other-bytes');
