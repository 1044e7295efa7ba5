/** A response head is refused beyond this. */
export const MAX_HEAD_BYTES = 16 * 1024;

export type ResponseHead = {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /**
   * Null where the head does not say; then only the end of the connection or a transfer coding
   * marks the end of the body.
   */
  contentLength: number | null;
  /**
   * False once the server has said, or its version implies, that this answer is the last on its
   * connection.
   */
  persistent: boolean;
};
type ParsedHead =
  | {
      kind: 'head';
      head: ResponseHead;
      /** Bytes of the head; the body starts after them. */ bytes: number;
    }
  /** More bytes are needed. */
  | { kind: 'incomplete' }
  /**
   * Not what RFC 9112 says a head is, or something in it that two readers could read in two ways.
   */
  | { kind: 'refused'; why: string };

// RFC 9112, 4: the space before the reason is not optional, even when there is none.
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/u;
// RFC 9110, 5.1 and 5.5; no white space before the colon (RFC 9112, 5.1).
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/u;
const END = Buffer.from('\r\n\r\n');
/** Fields that say one thing; twice they may say two. */
const SINGLE = new Set([
  'content-length',
  'content-range',
  'content-type',
  'content-encoding',
  'etag',
  'location',
  'retry-after',
  'last-modified',
]);

const refused = (why: string): ParsedHead => ({ kind: 'refused', why });

function fieldsOf(lines: readonly string[]): Record<string, string> | string {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const match = FIELD_LINE.exec(line);
    if (!match) return /^[\t ]/u.test(line) ? 'a folded line' : 'a line that is no field';
    const name = (match[1] ?? '').toLowerCase();
    const value = (match[2] ?? '').replace(/[\t ]+$/u, '');
    const before = headers.get(name);
    if (before !== undefined && SINGLE.has(name)) return `${name} twice`;
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/**
 * Reads the head of a response from the first bytes of a connection. Strict: bare CR or LF, folded
 * lines, control characters, a wrong status line, a field that must be single and is not, or a
 * length that is no plain number refuse the whole head.
 */
export function parseHead(received: Uint8Array): ParsedHead {
  const bytes = Buffer.from(
    received.buffer,
    received.byteOffset,
    Math.min(received.byteLength, MAX_HEAD_BYTES),
  );
  const end = bytes.indexOf(END);
  if (end === -1)
    return received.byteLength < MAX_HEAD_BYTES
      ? { kind: 'incomplete' }
      : refused('a head that is too long');
  // A CR or LF that is not part of a pair stays inside a line, where no pattern allows it.
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = STATUS_LINE.exec(first);
  if (!status) return refused('a wrong status line');
  const headers = fieldsOf(lines);
  if (typeof headers === 'string') return refused(headers);
  const length = headers['content-length'];
  if (length !== undefined && !/^\d{1,15}$/u.test(length))
    return refused('a content-length that is no number');
  const persistent =
    status[1] === '1' && !/(?:^|,)[\t ]*close[\t ]*(?:,|$)/iu.test(headers['connection'] ?? '');
  return {
    kind: 'head',
    bytes: end + END.length,
    head: {
      status: Number(status[2]),
      headers,
      contentLength: length === undefined ? null : Number(length),
      persistent,
    },
  };
}
