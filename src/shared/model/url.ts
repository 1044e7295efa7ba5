export type ExternalAddress = {
  href: string;
  /** Shown before opening: a host or an e-mail address. */
  host: string;
};

// The used part of the WHATWG URL standard: this folder is compiled without the types of Node or
// the DOM, which both have it.
declare const URL: {
  canParse(text: string): boolean;
  new (
    text: string,
  ): Record<
    'protocol' | 'pathname' | 'username' | 'password' | 'hostname' | 'host' | 'href',
    string
  >;
};

/**
 * Names and addresses of this computer, as `URL` serialises them: `localhost` (RFC 6761 §6.3),
 * 127.0.0.0/8, 0.0.0.0/8, ::1, ::, and their IPv4-mapped, -compatible and -translated forms.
 */
const THIS_COMPUTER =
  /^(?:(?:.+\.)?localhost\.?|(?:127|0)(?:\.\d+){3}\.?|\[::1?\]|\[(?:::ffff:|::|64:ff9b::)(?:7f[0-9a-f]{2}|0?[0-9a-f]{1,2}):[0-9a-f]{1,4}\])$/iu;

/**
 * Names and literal addresses of this computer and of local networks: RFC 1918, link-local
 * (RFC 3927, RFC 4291), unique local (RFC 4193), and names without a dot or under `.local`.
 */
export const isLocalHost = (hostname: string): boolean =>
  THIS_COMPUTER.test(hostname) ||
  /^(?:10(?:\.\d+){3}|192\.168(?:\.\d+){2}|169\.254(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2})\.?$/u.test(
    hostname,
  ) ||
  /^\[(?:f[cd]|fe[89ab]|::ffff:)/iu.test(hostname) ||
  /^[^.[\]]+\.?$|\.(?:local|internal|home\.arpa)\.?$/iu.test(hostname);

/** Exactly one recipient, even after decoding: no second address, line break or query. */
const MAIL = /^[^@\s\p{Cc},;:<>"?&%]+@[^@\s\p{Cc},;:<>"?&%]+$/u;

function isMail(text: string): boolean {
  try {
    return MAIL.test(decodeURIComponent(text));
  } catch (thrown) {
    if (thrown instanceof URIError) return false;
    throw thrown;
  }
}

/**
 * A URL from content that may be opened outside the program: https without credentials and not to
 * this computer, or mailto, stripped of its headers. Null for all else, including relative URLs.
 */
export function externalAddress(text: string): ExternalAddress | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol === 'mailto:')
    return isMail(url.pathname) ? { href: `mailto:${url.pathname}`, host: url.pathname } : null;
  if (
    url.protocol !== 'https:' ||
    url.username !== '' ||
    url.password !== '' ||
    THIS_COMPUTER.test(url.hostname)
  )
    return null;
  return { href: url.href, host: url.host };
}
/**
 * A URL for logs and messages: without query, which may hold a signature, and without credentials.
 */
export const redactUrl = (url: string): string =>
  (url.split(/[?#]/u)[0] ?? url).replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/iu, '$1');

/** True for statuses that lead on to their Location (RFC 9110 §15.4). */
export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * Loopback hosts as `URL` serialises them: `localhost`, 127.0.0.0/8, `[::1]`. They need no https
 * and bypass proxies.
 */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/iu.test(hostname);

/** The address of a service as it is kept: origin and path, without `/v1`. */
export const serviceBase = ({ origin, pathname }: { origin: string; pathname: string }): string =>
  `${origin}${pathname.replace(/\/(?:v1\/?)?$/, '')}`;
