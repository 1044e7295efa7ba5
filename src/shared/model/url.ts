export type ExternalAddress = {
  href: string;
  /** Where it leads, to be shown before it is opened: a host, or an e-mail address. */
  host: string;
};

// Of the WHATWG URL standard, what is used here: this folder is compiled without the types of Node
// or of a browser, which both have it.
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
 * Names and addresses of this computer, as `URL` writes them: `localhost` (RFC 6761, 6.3),
 * 127.0.0.0/8, 0.0.0.0/8, ::1, :: and the IPv4 ones in their mapped, compatible and translated
 * forms.
 */
const THIS_COMPUTER =
  /^(?:(?:.+\.)?localhost\.?|(?:127|0)(?:\.\d+){3}\.?|\[::1?\]|\[(?:::ffff:|::|64:ff9b::)(?:7f[0-9a-f]{2}|0?[0-9a-f]{1,2}):[0-9a-f]{1,4}\])$/iu;

/**
 * One recipient, also once a mail program has decoded it: no second one, no line and no query are
 * hidden in it.
 */
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
 * An address that came with content and may be opened outside of the program: https without a
 * password and not to this computer, or mailto, without any header it may bring. Null for all else;
 * what has no scheme of its own is no address.
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
/** For logs and messages: without the query, which may be a signature, and without credentials. */
export const redactUrl = (url: string): string =>
  (url.split(/[?#]/u)[0] ?? url).replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/iu, '$1');

/**
 * Loopback by name or address, as `URL` writes a host: `localhost`, 127.0.0.0/8, `[::1]`. Such
 * hosts need no https and never go through a proxy.
 */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/iu.test(hostname);
