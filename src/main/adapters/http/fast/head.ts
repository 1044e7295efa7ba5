/** A longer response head is refused. */
export const MAX_HEAD_BYTES = 16 * 1024;

export type ResponseHead = {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /**
   * Null if the head has none; then a transfer coding or the end of the connection ends the body.
   */
  contentLength: number | null;
  /**
   * False if this is the last response on its connection, by the server's word or by its HTTP
   * version.
   */
  persistent: boolean;
};
type ParsedHead =
  | {
      kind: 'head';
      head: ResponseHead;
      /** Length of the head; the body starts after it. */
      bytes: number;
    }
  /** More bytes are needed. */
  | { kind: 'incomplete' }
  /** Not a head by RFC 9112, or ambiguous between two parsers. */
  | { kind: 'refused'; why: string };

// RFC 9112 §4: the space before the reason is required even if the reason is empty.
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/u;
// RFC 9110 §5.1 and §5.5; no whitespace before the colon (RFC 9112 §5.1).
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/u;
const END = Buffer.from('\r\n\r\n');
/** Fields that must not be repeated. */
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
 * Parses the head of a response. Strict: a bare CR or LF, folded lines, control characters, a
 * malformed status line, a repeated single field or a malformed length refuse the whole head.
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
  // A bare CR or LF stays inside a line, where no pattern allows it.
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
