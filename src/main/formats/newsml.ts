import { SaxesParser } from 'saxes';
import {
  embargoOf,
  expiryOf,
  joined,
  statusOf,
  stated,
  timeOf,
  UNREADABLE,
  unreadableDates,
  type SidecarFacts,
} from './sidecar.ts';

/** An element with what is below it; names without their prefixes. */
type Element = {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
};

const MAX_ELEMENTS = 20_000;
const MAX_DEPTH = 60;

/** Null for what is no well-formed XML, and for what is too large or deep to be about one film. */
function parseXml(xml: string): Element | null {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [root];
  let count = 0;
  let isBroken = false;
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', () => (isBroken = true));
  parser.on('opentag', ({ name, attributes }) => {
    if (++count > MAX_ELEMENTS || open.length > MAX_DEPTH) isBroken = true;
    if (isBroken) return;
    const element: Element = {
      name: local(name),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [local(key), value]),
      ),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const add = (text: string): void => {
    const last = open.at(-1);
    if (last && !isBroken) last.text += text;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const closed = open.length > 1 ? open.pop() : undefined;
    const last = open.at(-1);
    // Text of what is inside counts as its parent's too: a headline may have parts in italics.
    if (closed && last && !isBroken) last.text += closed.text;
  });
  try {
    parser.write(xml).close();
  } catch {
    return null;
  }
  return isBroken ? null : root;
}
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

function* descendants(element: Element, name: string): Generator<Element> {
  for (const child of element.children) {
    if (child.name === name) yield child;
    yield* descendants(child, name);
  }
}
const find = (element: Element | null, name: string): Element | null =>
  element?.children.find((child) => child.name === name) ?? null;
const all = (element: Element | null, name: string): Element[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** Lines of an element: what is only indented for people who read the XML is no line. */
const clean = (text: string): string =>
  text
    .replace(/[^\S\n]+/gu, ' ')
    .replace(/ ?\n ?/gu, '\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
const lineOf = (element: Element | null): string =>
  clean(element?.text ?? '').replaceAll('\n', ' ');
/** The name of a concept, or what it is called in place of one. */
const nameOf = (element: Element): string =>
  lineOf(find(element, 'name')) || element.attributes['literal'] || '';
const names = (elements: readonly Element[]): string[] => [
  ...new Set(elements.map(nameOf).filter(Boolean)),
];

/** `iso3166-1a2:FR` of a concept, or of one that it lies in. */
const countryOf = (element: Element): string | null => {
  for (const one of [
    element,
    ...descendants(element, 'broader'),
    ...descendants(element, 'sameAs'),
  ]) {
    const code = /(?:^|:)([A-Z]{2})$/u.exec(one.attributes['qcode'] ?? '')?.[1];
    if (code !== undefined) return code;
  }
  return null;
};
const isPerson = ({ attributes }: Element): boolean =>
  /(?:^|:)person$/u.test(attributes['type'] ?? '');

/** Seconds of a `timeDelim`, whose unit is `timeunit:seconds` unless it says another one. */
function shotsOf(contentMeta: readonly Element[]): SidecarFacts['shots'] {
  return contentMeta.flatMap((part) => {
    const text = clean(find(part, 'description')?.text ?? find(part, 'headline')?.text ?? '');
    if (text === '') return [];
    const { start, end, timeunit = '' } = find(part, 'timeDelim')?.attributes ?? {};
    const factor = /milliseconds$/iu.test(timeunit)
      ? 1
      : /(?:^|:)seconds$|^$/iu.test(timeunit)
        ? 1000
        : null;
    const ms = (value: string | undefined): number | null =>
      value === undefined || factor === null || !/^\d+(?:\.\d+)?$/u.test(value)
        ? null
        : Math.round(Number(value) * factor);
    return { startMs: ms(start), endMs: ms(end), text };
  });
}

/** Paragraphs of inline XHTML or NITF. */
const bodyOf = (contentSet: Element | null): string => {
  const inline = [...all(contentSet, 'inlineXML'), ...all(contentSet, 'inlineData')];
  return inline
    .flatMap((one) => {
      const paragraphs = [...descendants(one, 'p')].map(lineOf).filter(Boolean);
      return paragraphs.length > 0 ? paragraphs : [clean(one.text)];
    })
    .filter(Boolean)
    .join('\n\n');
};

/** The concept of a controlled value, by whichever of its names it has: its last part is the word. */
const wordOf = ({ attributes, text }: Element): string =>
  attributes['qcode'] ??
  (attributes['uri'] ?? attributes['literal'] ?? text).replace(/^.*[/#]/su, '');

/** Of several the strictest; null where none is stated. */
const statusIn = (itemMeta: Element | null): NonNullable<SidecarFacts['status']> | null =>
  joined(all(itemMeta, 'pubStatus').map((one) => ({ status: statusOf(wordOf(one)) }))).status ??
  null;

/** An empty one is an embargo whose end is open (NewsML-G2: it may be nil). */
const embargoIn = (itemMeta: Element | null): number | null =>
  joined(
    all(itemMeta, 'embargoed').map((one) => ({ embargoMs: embargoOf(lineOf(one) || 'open') ?? 0 })),
  ).embargoMs ?? null;

const MAX_ITEMS = 100;

/**
 * What a news item of NewsML-G2 says (IPTC), alone or as the first of a news message, whose others
 * may restrict it further. Null for any other document; one that is cut off holds its film back,
 * since it may say more than what is there. Namespaces aren’t compared: some systems leave them out.
 */
export function readNewsMl(xml: string): SidecarFacts | null {
  const root = parseXml(xml);
  if (!root)
    return /<(?:\w+:)?(?:news(?:Item|Message)|packageItem)\b/u.test(xml) ? UNREADABLE : null;
  const items = [...descendants(root, 'newsItem'), ...descendants(root, 'packageItem')];
  if (items.length === 0) return null;
  const facts = items.slice(0, MAX_ITEMS).map(factsOf);
  return joined(items.length > MAX_ITEMS ? [...facts, UNREADABLE] : facts);
}

function factsOf(item: Element): SidecarFacts {
  const itemMeta = find(item, 'itemMeta');
  const contentMeta = find(item, 'contentMeta');
  const rights = all(item, 'rightsInfo');
  const located = all(contentMeta, 'located');
  const subjects = all(contentMeta, 'subject');
  const ofRights = (name: string): string =>
    rights
      .flatMap((one) => all(one, name))
      .map((one) => nameOf(one) || lineOf(one))
      .filter(Boolean)
      .join(' ');
  const duration = [...descendants(find(item, 'contentSet') ?? item, 'remoteContent')]
    .map(({ attributes }) => attributes)
    .find((one) => one['duration'] !== undefined);
  const seconds = Number(duration?.['duration']);
  return stated({
    headline:
      lineOf(find(contentMeta, 'headline')) ||
      lineOf(find(contentMeta, 'slugline')) ||
      lineOf(find(itemMeta, 'title')),
    description: all(contentMeta, 'description')
      .map(({ text }) => clean(text))
      .filter(Boolean)
      .join('\n\n'),
    script: bodyOf(find(item, 'contentSet')),
    language: find(contentMeta, 'language')?.attributes['tag'] ?? item.attributes['lang'] ?? null,
    publishedMs:
      timeOf(lineOf(find(itemMeta, 'firstCreated'))) ??
      timeOf(lineOf(find(itemMeta, 'versionCreated'))),
    updatedMs: timeOf(lineOf(find(itemMeta, 'versionCreated'))),
    status: statusIn(itemMeta),
    note: [
      all(itemMeta, 'edNote').map(lineOf).join(' '),
      unreadableDates(
        all(itemMeta, 'embargoed')
          .map(lineOf)
          .find((one) => one !== '' && timeOf(one) === null),
        lineOf(find(itemMeta, 'expires')),
      ) ?? '',
    ]
      .filter((one) => one !== '')
      .join('\n'),
    embargoMs: embargoIn(itemMeta),
    expiresMs: expiryOf(lineOf(find(itemMeta, 'expires'))),
    credits: [
      ...new Set([
        ...all(contentMeta, 'creditline').map(lineOf),
        ...names(all(contentMeta, 'creator')),
        ...all(contentMeta, 'by').map(lineOf),
      ]),
    ].filter(Boolean),
    source: names(all(contentMeta, 'infoSource'))[0] ?? names(all(itemMeta, 'provider'))[0] ?? null,
    copyright: ofRights('copyrightNotice') || ofRights('copyrightHolder'),
    usageTerms: ofRights('usageTerms'),
    countries: [...new Set(located.flatMap((one) => countryOf(one) ?? []))],
    location: names(located)[0] ?? null,
    dateline: lineOf(find(contentMeta, 'dateline')),
    topics: names(subjects.filter((one) => !isPerson(one))),
    people: names(subjects.filter(isPerson)),
    durationMs:
      seconds > 0 && /^$|seconds$/iu.test(duration?.['durationunit'] ?? '')
        ? Math.round(seconds * 1000)
        : null,
    shots: shotsOf(all(item, 'partMeta')) ?? [],
  });
}
