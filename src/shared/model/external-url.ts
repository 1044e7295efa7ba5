export type ExternalAddress = { href: string; /** Where it leads, to be shown before it is opened: a host, or an e-mail address. */ host: string };

// Of the WHATWG URL standard, what is used here: this folder is compiled without the types of Node or of a browser, which both have it.
declare const URL: { canParse(text: string): boolean; new (text: string): Record<'protocol' | 'pathname' | 'username' | 'password' | 'hostname' | 'host' | 'href', string> };

/** Names and addresses of this computer, as `URL` writes them: `localhost` (RFC 6761, 6.3), 127.0.0.0/8, 0.0.0.0/8, ::1, :: and both in IPv4-mapped form. */
const THIS_COMPUTER = /^(?:(?:.+\.)?localhost\.?|(?:127|0)(?:\.\d+){3}\.?|\[::1?\]|\[::ffff:(?:7f[0-9a-f]{2}|0?[0-9a-f]{1,2}):[0-9a-f]{1,4}\])$/iu;

/**
 * An address that came with content and may be opened outside of the program: https without a password and not to this computer, or
 * mailto, without any header it may bring. Null for all else; what has no scheme of its own is no address.
 */
export function externalAddress(text: string): ExternalAddress | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol === 'mailto:') return /^[^@\s]+@[^@\s]+$/u.test(url.pathname) ? { href: `mailto:${url.pathname}`, host: url.pathname } : null;
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || THIS_COMPUTER.test(url.hostname)) return null;
  return { href: url.href, host: url.host };
}
