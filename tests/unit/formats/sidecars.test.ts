import { describe, expect, test } from 'vitest';
import { readNewsMl } from '../../../src/main/formats/newsml.ts';
import { readNinjs } from '../../../src/main/formats/ninjs.ts';
import { joined, timeOf } from '../../../src/main/formats/sidecar.ts';

const text = (html: string): string => html.replaceAll(/<[^>]*>/gu, '');
const ninjs = (item: object) => readNinjs(JSON.stringify({ uri: 'urn:quay:1', ...item }), text);

describe('ninjs', () => {
  test('version 1', () => {
    expect(
      ninjs({
        versioncreated: '2026-11-25T10:00:00Z',
        firstcreated: '2026-11-24T09:00:00+01:00',
        pubstatus: 'usable',
        headline: 'Ice leaves the harbour',
        description_text: 'Ferries run again.',
        body_html: '<p>Long text</p>',
        byline: 'By A. Writer',
        copyrightholder: 'Quay Agency',
        usageterms: 'Editorial use only',
        language: 'en',
        located: 'Hjelle',
        place: [{ name: 'Hjelle', code: 'iso3166-1a2:NO' }],
        subject: [{ name: 'weather', code: 'medtop:17000000' }, 'ferries'],
        person: [{ name: 'P. Pilot' }],
      }),
    ).toEqual({
      headline: 'Ice leaves the harbour',
      description: 'Ferries run again.',
      script: 'Long text',
      language: 'en',
      publishedMs: Date.UTC(2026, 10, 24, 8),
      updatedMs: Date.UTC(2026, 10, 25, 10),
      status: 'usable',
      credits: ['By A. Writer'],
      copyright: 'Quay Agency',
      usageTerms: 'Editorial use only',
      countries: ['NO'],
      location: 'Hjelle',
      topics: ['weather', 'ferries'],
      people: ['P. Pilot'],
    });
  });

  test('version 3 with its own spelling, of which no right is lost', () => {
    expect(
      ninjs({
        pubStatus: 'withheld',
        versionCreated: '2026-11-25T10:00:00Z',
        firstCreated: '2026-11-24T09:00:00Z',
        embargoedUntil: '2026-11-26T17:00:00Z',
        expires: '2026-12-01T00:00:00Z',
        usageTerms: 'Editorial use only',
        copyrightNotice: '© Quay Agency',
        edNote: 'Not in Canada',
        by: 'A. Writer',
        infoSources: [{ name: 'Quay Agency' }],
        bodies: [
          { contentType: 'text/html', value: '<p>As HTML</p>' },
          { contentType: 'text/plain', value: 'As text' },
        ],
      }),
    ).toEqual({
      script: 'As text',
      publishedMs: Date.UTC(2026, 10, 24, 9),
      updatedMs: Date.UTC(2026, 10, 25, 10),
      status: 'withheld',
      note: 'Not in Canada',
      embargoMs: Date.UTC(2026, 10, 26, 17),
      expiresMs: Date.UTC(2026, 11, 1),
      credits: ['A. Writer'],
      source: 'Quay Agency',
      copyright: '© Quay Agency',
      usageTerms: 'Editorial use only',
    });
  });

  test.each([
    [
      { embargoed: '2026-11-26T17:00:00Z', embargoedUntil: '2026-11-27T17:00:00Z' },
      Date.UTC(2026, 10, 27, 17),
    ],
    [
      { embargoed: '2026-11-28T17:00:00Z', embargoedUntil: '2026-11-27T17:00:00Z' },
      Date.UTC(2026, 10, 28, 17),
    ],
    [{ embargoedUntil: 'tonight' }, Date.UTC(2200, 0)],
  ])('of the embargoes in %j the last holds', (item, embargoMs) => {
    expect(ninjs(item)).toMatchObject({ embargoMs });
  });

  test('two spellings that say different things hold the film back', () => {
    expect(ninjs({ pubstatus: 'usable', pubStatus: 'canceled' })).toMatchObject({
      status: 'withheld',
    });
    expect(ninjs({ pubStatus: 'usable', pubstatus: 'usable' })).toMatchObject({ status: 'usable' });
    expect(readNinjs('{"uri": "urn:x", "pubStatus": "can', text)).toMatchObject({
      status: 'withheld',
    });
  });

  test('version 3, of which the plain forms are taken', () => {
    expect(
      ninjs({
        headlines: [{ role: 'main', value: 'Ice leaves' }],
        descriptions: [
          { contenttype: 'text/html', value: '<p>As HTML</p>' },
          { contenttype: 'text/plain', value: 'As text' },
        ],
        bodies: [{ contenttype: 'text/html', value: '<p>Body</p>' }],
        bylines: [{ byline: 'By A. Writer' }],
        infosources: [{ name: 'Quay Agency' }],
        subjects: [{ name: 'weather' }],
        people: [{ name: 'P. Pilot' }],
        places: [{ name: 'Hjelle' }],
        duration: '12.5',
        expires: '2027-01-01T00:00:00Z',
      }),
    ).toEqual({
      headline: 'Ice leaves',
      description: 'As text',
      script: 'Body',
      credits: ['By A. Writer'],
      source: 'Quay Agency',
      topics: ['weather'],
      people: ['P. Pilot'],
      location: 'Hjelle',
      durationMs: 12_500,
      expiresMs: Date.UTC(2027, 0, 1),
    });
  });

  test.each([
    ['withheld', 'withheld'],
    ['canceled', 'canceled'],
    ['cancelled', 'canceled'],
    ['stat:usable', 'usable'],
    ['killed', 'withheld'],
    ['', 'withheld'],
  ])('the status %s is %s', (pubstatus, status) => {
    expect(ninjs({ pubstatus })).toMatchObject({ status });
  });

  test('an embargo that can’t be read holds for ever, and is told', () => {
    for (const embargoed of ['until Monday', '12/11/2026', '2026-11-31', '2026-11-12 or later']) {
      const facts = ninjs({ embargoed, ednote: 'Sound to follow' });
      expect(facts?.embargoMs, embargoed).toBeGreaterThan(Date.UTC(2100, 0));
      expect(facts?.note).toBe(
        'Sound to follow\nThe date of its embargo can’t be read: check with the publisher',
      );
    }
    expect(ninjs({ embargoed: '2026-12-01T06:00:00Z' })).toEqual({
      embargoMs: Date.UTC(2026, 11, 1, 6),
    });
  });

  test('an expiry that can’t be read is over, and is told', () => {
    const note = 'The date of its expiry can’t be read: check with the publisher';
    for (const expires of ['31.12.2026', '12/31/2026', 7])
      expect(ninjs({ expires })).toEqual({ expiresMs: 0, note });
    expect(readNewsMl('<newsItem><itemMeta><expires>soon</expires></itemMeta></newsItem>')).toEqual(
      { expiresMs: 0, note },
    );
    expect(
      readNewsMl('<newsItem><itemMeta><embargoed>12/11/2026</embargoed></itemMeta></newsItem>')
        ?.note,
    ).toBe('The date of its embargo can’t be read: check with the publisher');
  });

  test('of items in a list each restricts, and one without its uri', () => {
    const list = [{ uri: 'a', headline: 'A' }, { pubstatus: 'canceled' }, { other: 1 }];
    expect(readNinjs(JSON.stringify(list), text)).toEqual({ headline: 'A', status: 'canceled' });
    expect(readNinjs('{"pubstatus":"canceled"}', text)).toEqual({ status: 'canceled' });
    expect(
      readNinjs(
        JSON.stringify([{ uri: 'a' }, ...Array.from({ length: 100 }, () => ({ uri: 'b' }))]),
        text,
      ),
    ).toEqual({ status: 'withheld' });
  });

  test('other JSON is none; one that is cut off holds its film back', () => {
    for (const json of ['{}', '[]', 'null', '"uri"', '{"name":"camera"}', '{'])
      expect(readNinjs(json, text), json).toBeNull();
    expect(readNinjs('{"uri":"urn:1","pubstatus":"canc', text)).toEqual({ status: 'withheld' });
  });

  test('members of other types are as if they weren’t there', () => {
    expect(
      ninjs({ headline: 7, subject: 'x', people: [{ name: 3 }, null, 5, { name: 'P. Pilot' }] }),
    ).toEqual({ people: ['P. Pilot'] });
  });
});

const item = (meta: string): string => `<newsItem><itemMeta>${meta}</itemMeta></newsItem>`;
const newsItem = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:quay:1" version="3" standard="NewsML-G2" xml:lang="en">${inside}</newsItem>`;

describe('NewsML-G2', () => {
  test('an item with its rights, its subjects and its shots', () => {
    expect(
      readNewsMl(
        newsItem(`
      <rightsInfo>
        <copyrightHolder literal="Quay Agency"/>
        <usageTerms>Not for sale in Norway</usageTerms>
      </rightsInfo>
      <itemMeta>
        <provider literal="QA"><name>Quay Agency</name></provider>
        <versionCreated>2026-11-25T10:00:00Z</versionCreated>
        <firstCreated>2026-11-24T08:00:00Z</firstCreated>
        <embargoed>2026-11-26T06:00:00Z</embargoed>
        <pubStatus qcode="stat:usable"/>
        <edNote>Quality as incoming</edNote>
      </itemMeta>
      <contentMeta>
        <located qcode="geo:1"><name>Hjelle</name><broader qcode="iso3166-1a2:NO"/></located>
        <creditline>Quay / A. Camera</creditline>
        <language tag="nb"/>
        <subject type="cpnat:person" literal="P. Pilot"/>
        <subject type="cpnat:abstract" qcode="medtop:17"><name xml:lang="en">weather</name></subject>
        <headline>Ice <i>leaves</i> the
          harbour</headline>
        <dateline>HJELLE, 25 November</dateline>
        <description role="drol:summary">Ferries run again.</description>
      </contentMeta>
      <partMeta partid="a"><timeDelim start="0" end="4.5"/><description>Wide of the quay</description></partMeta>
      <partMeta partid="b"><timeDelim start="4500" end="9000" timeunit="timeunit:milliseconds"/><description>Ferry leaves</description></partMeta>
      <partMeta partid="c"><timeDelim start="100" timeunit="timeunit:frames"/><description>Gulls</description></partMeta>
      <contentSet>
        <inlineXML contenttype="application/nitf+xml"><nitf><body><p>First.</p><p>Second &amp; last.</p></body></nitf></inlineXML>
        <remoteContent href="a.mp4" duration="61"/>
      </contentSet>`),
      ),
    ).toEqual({
      headline: 'Ice leaves the harbour',
      description: 'Ferries run again.',
      script: 'First.\n\nSecond & last.',
      language: 'nb',
      publishedMs: Date.UTC(2026, 10, 24, 8),
      updatedMs: Date.UTC(2026, 10, 25, 10),
      status: 'usable',
      note: 'Quality as incoming',
      embargoMs: Date.UTC(2026, 10, 26, 6),
      credits: ['Quay / A. Camera'],
      source: 'Quay Agency',
      copyright: 'Quay Agency',
      usageTerms: 'Not for sale in Norway',
      countries: ['NO'],
      location: 'Hjelle',
      dateline: 'HJELLE, 25 November',
      topics: ['weather'],
      people: ['P. Pilot'],
      durationMs: 61_000,
      shots: [
        { startMs: 0, endMs: 4500, text: 'Wide of the quay' },
        { startMs: 4500, endMs: 9000, text: 'Ferry leaves' },
        { startMs: null, endMs: null, text: 'Gulls' },
      ],
    });
  });

  test('with prefixes, in a message, without a namespace', () => {
    for (const xml of [
      '<n:newsMessage xmlns:n="x"><n:itemSet><n:newsItem><n:contentMeta><n:headline>Ice</n:headline></n:contentMeta></n:newsItem></n:itemSet></n:newsMessage>',
      '<newsItem><contentMeta><headline>Ice</headline></contentMeta></newsItem>',
    ])
      expect(readNewsMl(xml)).toEqual({ headline: 'Ice' });
  });

  test('a recall, in the words of the standard', () => {
    expect(readNewsMl(newsItem('<itemMeta><pubStatus qcode="stat:canceled"/></itemMeta>'))).toEqual(
      { status: 'canceled', language: 'en' },
    );
  });

  test.each([
    '<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>',
    '<pubStatus literal="canceled"/>',
    '<pubStatus>canceled</pubStatus>',
    '<pubStatus qcode="stat:usable"/><pubStatus qcode="stat:canceled"/>',
  ])('a recall, however it is named: %s', (status) => {
    expect(readNewsMl(newsItem(`<itemMeta>${status}</itemMeta>`))).toMatchObject({
      status: 'canceled',
    });
  });

  test('a status without a name holds back; an embargo without a time has no end', () => {
    expect(readNewsMl(newsItem('<itemMeta><pubStatus/></itemMeta>'))).toMatchObject({
      status: 'withheld',
    });
    for (const open of ['<embargoed/>', '<embargoed xsi:nil="true"/>'])
      expect(readNewsMl(newsItem(`<itemMeta>${open}</itemMeta>`))?.embargoMs, open).toBeGreaterThan(
        Date.UTC(2100, 0),
      );
    expect(readNewsMl(newsItem('<itemMeta/>'))).toEqual({ language: 'en' });
  });

  test('of a message each item restricts, and one of a package', () => {
    const both = `${item('<pubStatus qcode="stat:usable"/>')}${item('<pubStatus qcode="stat:canceled"/><embargoed>2026-11-26</embargoed>')}`;
    expect(readNewsMl(`<newsMessage>${both}</newsMessage>`)).toEqual({
      status: 'canceled',
      embargoMs: Date.UTC(2026, 10, 26),
    });
    expect(readNewsMl(`<newsMessage>${item('').repeat(101)}</newsMessage>`)).toEqual({
      status: 'withheld',
    });
    expect(
      readNewsMl(
        '<packageItem><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta></packageItem>',
      ),
    ).toEqual({ status: 'canceled' });
  });

  test('other XML is none; one that is cut off, too deep or too large holds its film back', () => {
    for (const xml of ['', 'text', '<clip><name>x</name></clip>', '<clip>'])
      expect(readNewsMl(xml), xml).toBeNull();
    const deep = `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`;
    for (const xml of [
      newsItem('<itemMeta>').replace('</newsItem>', ''),
      newsItem(deep),
      newsItem('<a/>'.repeat(30_000)),
      '<!DOCTYPE a [<!ENTITY e "x">]><newsItem>&e;</newsItem>',
    ])
      expect(readNewsMl(xml), xml.slice(0, 60)).toEqual({ status: 'withheld' });
  });
});

test('of several texts the strictest rights hold, and the first to say something', () => {
  expect(
    joined([
      { headline: 'First', status: 'usable', embargoMs: 5, expiresMs: 20 },
      { headline: 'Second', script: 'Text', status: 'canceled', note: 'Error', embargoMs: 9 },
      { expiresMs: 10 },
    ]),
  ).toEqual({
    headline: 'First',
    script: 'Text',
    status: 'canceled',
    note: 'Error',
    embargoMs: 9,
    expiresMs: 10,
  });
  expect(joined([])).toEqual({});
});

test('times are those of ISO 8601', () => {
  expect(timeOf('2026-11-25')).toBe(Date.UTC(2026, 10, 25));
  for (const none of ['', '25/11/2026', 'tomorrow', 7, null, '2026-99-99'])
    expect(timeOf(none)).toBeNull();
});
