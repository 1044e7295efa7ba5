/*
 * What of a publisher's addresses may be stored: they can be signed, or open to one reader alone.
 */

/**
 * Names of parameters that say what is asked for: which one, in which form, of which size. Any other
 * may be a key, and what isn't on this list counts as one.
 */
const HARMLESS = new RegExp(
  `^(?:${[
    'id|guid|uuid|item|story|article|entry|episode|post|node|p|slug|name|title|file|filename',
    'asset(?:_?id)?|video(?:_?id)?|clip(?:_?id)?|media(?:_?id)?|image(?:_?id)?|player(?:_?id)?|channel(?:_?id)?|feed(?:_?id)?|show(?:_?id)?|playlist(?:_?id)?|v|vid',
    'format|fmt|fm|type|ext|container|codec|mime|output|quality|q|profile|rendition|variant|bitrate|br|rate|fps',
    'w|h|width|height|size|resolution|res|dpr|scale|fit|crop|resize|auto|strip|ssl|aspect|ratio',
    'lang|language|locale|hl|country|region|section|category|cat|tag|topic',
    'page|per_page|limit|offset|count|start|end|from|to|t|time|date|year|month|day|sort|order',
    'ver|version|rev|revision|download|dl|inline|autoplay',
  ].join('|')})$`,
  'iu',
);
/** Longer values, and those of other characters, may be anything. */
const HARMLESS_VALUE = /^[\w .,:~+/()*-]{0,64}$/u;
/** A JSON Web Token, or a digest of 128 bits or more, whatever its parameter is called. */
const SECRET_VALUE = /^ey[\w-]+\.|^[\da-f]{40,}$/iu;

/**
 * Names of parameters that sign an address or open it to one reader, of which the values change from
 * reading to reading. Akamai puts some into the path.
 */
const SIGNATURE =
  /^(?:[\w-]*(?:token|signature|sig|secret|credential|password|passwd|auth|hmac|session|api[-_]?key|access[-_]?key)[\w-]*|key|k|ks|policy|expires?|expiry|exp|e|st|hash|h?mac|md5|hdnts|hdnea|hdntl|x-(?:amz|goog)-[\w-]+|googleaccessid|key-pair-id|sv|se|sp|sr|skoid|nonce|ts|timestamp|rand|_|utm_\w+)$/iu;
const SIGNED_PATH =
  /[/;](?:hdnts|hdnea|hdntl|exp|token|sig|signature|hmac|jsessionid|phpsessid|sid)=/iu;

/** True for a parameter that may be stored and shown. */
export const isHarmless = ([name, value]: [string, string]): boolean =>
  HARMLESS.test(name) && HARMLESS_VALUE.test(value) && !SECRET_VALUE.test(value);

/** Parameters in an order of their own, since some servers shuffle them. */
function withParameters(url: URL, kept: [string, string][]): string {
  const copy = new URL(url.href);
  copy.username = '';
  copy.password = '';
  copy.hash = '';
  copy.search = new URLSearchParams(kept).toString();
  return copy.href;
}

/** True for an address that mustn't be stored. */
export function isSecret(address: string): boolean {
  const url = URL.parse(address);
  if (!url) return true;
  return (
    url.username !== '' ||
    url.password !== '' ||
    SIGNED_PATH.test(url.pathname) ||
    ![...url.searchParams].every(isHarmless)
  );
}

/** An address of a page without what may be secret, which a reader without it may open too. */
export function publicAddress(address: string): string | null {
  const url = URL.parse(address);
  if (!url || !/^https?:$/u.test(url.protocol) || SIGNED_PATH.test(url.pathname)) return null;
  const parameters = [...url.searchParams];
  const kept = parameters.filter(isHarmless);
  // As it was, where nothing is left out.
  if (kept.length === parameters.length && url.username === '' && url.password === '') {
    url.hash = '';
    return url.href;
  }
  return withParameters(url, kept);
}

/** Without a user's name and password, which would be in every address beside it. */
export function withoutLogin(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * A text with each address in it changed. Most texts have none, and looking for words that may begin
 * one takes longer than all else that is done with them.
 */
export const withAddresses = (text: string, change: (address: string) => string): string =>
  text.includes('://') || /www\./iu.test(text)
    ? text.replace(/\b(?:[a-z][a-z\d+.-]{1,15}:\/\/|www\.)[^\s<>"'“”«»]+/giu, change)
    : text;

/** A text, with the addresses in it as they may be stored. */
export const withoutSecrets = (text: string): string =>
  withAddresses(text, (address) => {
    const hasScheme = address.includes('://');
    const url = URL.parse(hasScheme ? address : `https://${address}`);
    if (!url) return '';
    if (!isSecret(url.href)) return address;
    const known = publicAddress(url.href) ?? `${url.protocol}//${url.host}/`;
    return hasScheme ? known : known.slice('https://'.length);
  });

/**
 * What stays of an address when it is signed anew. Never stored or shown, but hashed.
 *
 * @param whole also with parameters that nobody knows
 */
export function stableAddress(address: string, whole = false): string {
  const url = URL.parse(address);
  if (!url) return address;
  return withParameters(
    url,
    [...url.searchParams]
      .filter((parameter) =>
        whole
          ? !SIGNATURE.test(parameter[0])
          : isHarmless(parameter) && !SIGNATURE.test(parameter[0]),
      )
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}
