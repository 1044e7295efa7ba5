/** By the mark of its order of bytes, or by its first sign, which every format has in ASCII. */
function wideEncodingOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return null;
}

/** The text of a file: UTF-8, or what older systems write, at last that of Western Windows. */
export function decodedText(bytes: Uint8Array): string {
  const wide = wideEncodingOf(bytes);
  if (wide !== null) return new TextDecoder(wide).decode(bytes);
  const named = /^<\?xml[^>]*encoding=["']([\w-]+)["']/iu.exec(
    new TextDecoder('latin1').decode(bytes.subarray(0, 200)),
  )?.[1];
  // What could be read so far isn’t wide, whatever it says of itself.
  const isKnown = named !== undefined && !/^(?:utf-?16|ucs|iso-10646|unicode)/iu.test(named);
  for (const encoding of [...(isKnown ? [named] : []), 'utf-8'])
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Another one, or none that anybody knows.
    }
  return new TextDecoder('windows-1252').decode(bytes);
}

/** The encoding that the first kilobyte of a page names (HTML §13.2.3.2). */
function namedInMeta(bytes: Uint8Array): string | null {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const [, named] =
    /<meta[^>]{0,200}\bcharset\s{0,9}=\s{0,9}["']?([\w:.-]{1,40})/iu.exec(start) ?? [];
  // What could be read so far isn’t wide, whatever it says of itself.
  return named === undefined ? null : /^utf-?16/iu.test(named) ? 'utf-8' : named;
}

/**
 * The text of a page: by the mark of its order of bytes, the header, what the page says itself, or
 * UTF-8.
 *
 * @param named in the header; null if it names none
 */
export function decodedPage(bytes: Uint8Array, named: string | null): string {
  const [first, second, third] = bytes;
  const marked =
    first === 0xef && second === 0xbb && third === 0xbf
      ? 'utf-8'
      : first === 0xff && second === 0xfe
        ? 'utf-16le'
        : first === 0xfe && second === 0xff
          ? 'utf-16be'
          : null;
  for (const encoding of [marked, named, namedInMeta(bytes), 'utf-8'])
    try {
      if (encoding !== null) return new TextDecoder(encoding).decode(bytes);
    } catch {
      // One that nobody knows.
    }
  return '';
}
