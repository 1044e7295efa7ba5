import { describe, expect, test } from 'vitest';
import { openContent } from '../../src/service/content/open.ts';
import type { EndpointName } from '../../src/shared/api/endpoints.ts';
import { demoDir } from '../support/service/demo.ts';
import { DEVICE, startTested } from './support/service.ts';

/**
 * What of ninjs 3.1 we write: its published names, and of each value whether it has the published
 * form. The schema allows no others.
 */
type Check = (value: unknown) => boolean;
type Shape = { [name: string]: Check | Shape | [Shape] };
const text: Check = (value) => typeof value === 'string';
const count: Check = (value) => Number.isInteger(value);
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string);
/** RFC 3986: a scheme, and only characters that a URI may have. */
const uri: Check = (value) =>
  typeof value === 'string' &&
  /^[a-z][\w+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-F]{2})+$/i.test(value) &&
  URL.canParse(value);
/** RFC 3339. */
const dateTime: Check = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value));
const point: Shape = {
  type: oneOf('Point'),
  coordinates: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((one) => Math.abs(Number(one)) <= 180) &&
    Math.abs(Number(value[1])) <= 90,
};
const type = oneOf('text', 'audio', 'video', 'picture');
const words: Shape = { role: text, contentType: text, value: text };
const NINJS: Shape = {
  uri,
  type,
  version: text,
  firstCreated: dateTime,
  versionCreated: dateTime,
  embargoedUntil: dateTime,
  expires: dateTime,
  pubStatus: oneOf('usable', 'withheld', 'canceled'),
  language: text,
  copyrightNotice: text,
  usageTerms: text,
  edNote: text,
  slugline: text,
  located: text,
  by: text,
  standard: { name: oneOf('ninjs'), version: oneOf('3.1'), schema: uri },
  headlines: [words],
  descriptions: [words],
  bodies: [{ ...words, wordCount: count }],
  infoSources: [{ name: text }],
  people: [{ name: text }],
  places: [{ name: text, geoJSON: point }],
  subjects: [{ name: text, uri }],
  associations: [{ name: text, uri, type }],
  altIds: [{ role: text, value: text }],
  renditions: [
    {
      name: text,
      href: uri,
      contentType: text,
      width: count,
      height: count,
      sizeInBytes: count,
      duration: number,
    },
  ],
};

function faultsOf(value: unknown, shape: Check | Shape | [Shape], at: string): string[] {
  if (typeof shape === 'function') return shape(value) ? [] : [`${at}: ${JSON.stringify(value)}`];
  if (Array.isArray(shape))
    return Array.isArray(value)
      ? value.flatMap((one, index) => faultsOf(one, shape[0], `${at}[${index}]`))
      : [`${at}: no list`];
  return Object.entries(value as object).flatMap(([name, member]) =>
    shape[name] === undefined
      ? [`${at}.${name}: unknown`]
      : faultsOf(member, shape[name], `${at}.${name}`),
  );
}

describe('ninjs', () => {
  test('every document of the demo keeps to the published names and forms, in both languages', async () => {
    const service = await startTested({ content: openContent('demo', demoDir) });
    const { body: session } = await service.ask('signIn', {
      body: { ...service.demoAccount, device: DEVICE },
    });
    const idsOf = async (name: EndpointName) =>
      (
        (await service.ask(name, { token: session.accessToken, query: { limit: '500' } })).body as {
          changes: { id: string }[];
        }
      ).changes.map(({ id }) => id);
    const all = [
      ...(await idsOf('assetChanges')).map((id) => ['assetNinjs', id] as const),
      ...(await idsOf('articleChanges')).map((id) => ['articleNinjs', id] as const),
    ];
    expect(all.length).toBeGreaterThan(40);
    const faults: string[] = [];
    for (const [name, id] of all) {
      for (const language of ['en', 'fr']) {
        const { body } = await service.ask(name, {
          params: { id },
          token: session.accessToken,
          headers: { 'accept-language': language },
        });
        faults.push(...faultsOf(body, NINJS, id));
        for (const { name: subject, uri: concept } of body.subjects)
          if (
            !/^(?:http:\/\/cv\.iptc\.org\/newscodes\/mediatopic\/\d{8}|urn:multimedia:topic:\S+)$/.test(
              concept,
            )
          )
            faults.push(`${id}: ${subject} ${concept}`);
      }
    }
    expect(faults).toEqual([]);
  });
});
