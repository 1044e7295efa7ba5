import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNinjs } from '../../../src/main/formats/ninjs.ts';
import { parseShotlist } from '../../../src/main/formats/shotlist.ts';
import { ninjs } from '../../../src/shared/api/ninjs.ts';
import { ninjsText, type NinjsAsset } from '../../../src/shared/api/sidecars/ninjs.ts';
import {
  rightsSheet,
  type SheetFacts,
  type SheetRestriction,
} from '../../../src/shared/api/sidecars/rights-sheet.ts';
import { scriptText } from '../../../src/shared/api/sidecars/script-text.ts';
import { shotlistText, type ListedShot } from '../../../src/shared/api/sidecars/shotlist-text.ts';
import { oneLine } from '../../../src/shared/api/text.ts';

const NBSP = '\u00a0';

test.each([
  ['plain', 'plain'],
  [' two\r\nlines\tand\v more ', 'two lines and more'],
  ['next\u0085line\u2028and\u2029paragraph', 'next�line and paragraph'],
  ['a \u001b[31mred\u001b[0m word', 'a �[31mred�[0m word'],
  ['photo\u202egpj.exe', 'photo�gpj.exe'],
  ['half \ud83c a pair', 'half � a pair'],
  [`Deux points${NBSP}: trois\u202f!`, `Deux points${NBSP}: trois\u202f!`],
  ['\ufeffmark', 'mark'],
  [' \r\n ', ''],
])('%j is the line %j', (given, line) => {
  expect(oneLine(given)).toBe(line);
});

/** Any text, those that break lines and turn or hide text often among it. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\u2028',
        '\u0085',
        '\u202e',
        '\u2066',
        '\u001b[2J',
        '\0',
        '\ud800',
        'Credit: ',
        'x',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
const BREAKS = /[\r\v\f\u0085\u2028\u2029]/u;
const TURNS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Lines of a text of which every one was meant. */
function linesOf(text: string): string[] {
  expect(text).not.toMatch(BREAKS);
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.slice(0, -1).split('\n');
  for (const line of lines) expect(line).not.toMatch(TURNS);
  expect(text.isWellFormed()).toBe(true);
  return lines;
}

const SHEET: SheetFacts = {
  headline: 'Harbour dims its lights',
  credit: 'Quay Agency',
  copyright: '© Quay Agency',
  usageTerms: 'Editorial use only.',
  restrictions: [],
  shots: [],
  times: { embargoUntil: null, expiresAt: null },
  termsVersion: null,
  maker: 'program',
  publisher: 'Quay Agency',
  identifier: '',
  page: null,
  publishedAt: null,
  readAt: null,
};
const sheet = (facts: Partial<SheetFacts> = {}): string =>
  rightsSheet({ en: { ...SHEET, ...facts }, fr: { ...SHEET, ...facts } });
const restriction = (more: Partial<SheetRestriction> = {}): SheetRestriction => ({
  kind: 'territory',
  mode: 'deny',
  values: ['CA'],
  note: 'No use in Canada',
  shots: [],
  ...more,
});

const line = (rule: string): string => (rule === '' ? 'Note' : `Note [${rule}]`);

describe('rights sheet', () => {
  test('says everything, in English and then in French, with times in UTC', () => {
    expect(
      sheet({
        restrictions: [restriction({ shots: [6] })],
        shots: [5, 6, 7],
        times: { embargoUntil: '2026-11-24T18:00:00+01:00', expiresAt: '2026-12-31T00:00:00Z' },
        termsVersion: '2026-01',
        accepted: { text: 'No advertising', at: '2026-11-20T09:30:00.000Z' },
        identifier: 'virin 26',
        page: 'https://quay.example/1',
        publishedAt: '2026-11-23T23:30:00-02:00',
        readAt: '2026-11-24T08:00:00Z',
      }),
    ).toBe(`RIGHTS SHEET
Harbour dims its lights

Credit: Quay Agency
Terms of use: Editorial use only.
Version of the terms: 2026-01
Terms of use of the source, accepted: No advertising
Accepted: 2026-11-20 09:30 UTC
Copyright: © Quay Agency
Embargo: until 2026-11-24 17:00 UTC
Use ends: 2026-12-31 00:00 UTC
Restriction: No use in Canada [shot 6; not in CA]
Free: shots 5, 7: no restriction stated beyond the terms of use.
Publisher: Quay Agency
Identifier: virin 26
Page: https://quay.example/1
Published: 2026-11-24 01:30 UTC
Read from the publisher: 2026-11-24 08:00 UTC

Compiled by Multimedia Desk from what the publisher states. Not signed.

----

FICHE DE DROITS
Harbour dims its lights

Crédit${NBSP}: Quay Agency
Conditions d’utilisation${NBSP}: Editorial use only.
Version des conditions${NBSP}: 2026-01
Conditions d’utilisation de la source, acceptées${NBSP}: No advertising
Acceptées le${NBSP}: 2026-11-20 09:30 UTC
Copyright${NBSP}: © Quay Agency
Embargo${NBSP}: jusqu’au 2026-11-24 17:00 UTC
Fin d’utilisation${NBSP}: 2026-12-31 00:00 UTC
Restriction${NBSP}: No use in Canada [plan 6; pas dans CA]
Libre${NBSP}: plans 5, 7${NBSP}: aucune restriction indiquée en dehors des conditions d’utilisation.
Éditeur${NBSP}: Quay Agency
Identifiant${NBSP}: virin 26
Page${NBSP}: https://quay.example/1
Publié le${NBSP}: 2026-11-24 01:30 UTC
Lu chez l’éditeur le${NBSP}: 2026-11-24 08:00 UTC

Fiche établie par Multimedia Desk d’après les indications de l’éditeur, sans signature.
`);
  });

  const RULES: [Partial<SheetRestriction>, en: string, fr: string][] = [
    [
      { kind: 'territory', mode: 'allow', values: ['FR', 'CH'] },
      'only in FR, CH',
      'uniquement dans FR, CH',
    ],
    [{ kind: 'territory', values: [] }, '', ''],
    [{ kind: 'platform', values: ['social'] }, 'not on social media', 'pas sur réseaux sociaux'],
    [{ kind: 'platform', values: ['toString'] }, 'not on toString', 'pas sur toString'],
    [
      { kind: 'time', values: ['2026-11-30T12:00:00Z'] },
      'not after 2026-11-30 12:00 UTC',
      'pas après le 2026-11-30 12:00 UTC',
    ],
    [{ kind: 'time', values: ['soon'] }, 'not after soon', 'pas après le soon'],
    [
      { kind: 'time', values: [] },
      'not after the time in the catalogue',
      'pas après l’heure indiquée dans le catalogue',
    ],
    [
      { kind: 'editorial', mode: 'allow', values: ['news'] },
      'editorial use: news',
      `usage éditorial${NBSP}: news`,
    ],
    [{ kind: 'archive', values: [] }, 'archive', 'archives'],
    [{ kind: 'territory', shots: [2, 3] }, 'shots 2, 3; not in CA', 'plans 2, 3; pas dans CA'],
  ];
  test.each(RULES)('the rule of %j is %j', (more, en, fr) => {
    const text = sheet({
      restrictions: [restriction({ note: 'Note', ...more })],
      shots: [1, 2, 3],
    });
    expect(text.split('\n')).toContain(`Restriction: ${line(en)}`);
    expect(text.split('\n')).toContain(`Restriction${NBSP}: ${line(fr)}`);
  });

  test.each([
    ['nothing restricts', [], [1, 2], 'No restrictions stated beyond the terms of use.'],
    ['one shot', [[2]], [1, 2, 3], 'shots 1, 3: no restriction stated beyond the terms of use.'],
    [
      'all but one',
      [[1], [2]],
      [1, 2, 3],
      'shot 3: no restriction stated beyond the terms of use.',
    ],
    ['every shot', [[1], [2]], [1, 2], 'Nothing is free of restrictions.'],
    ['the whole too', [[1], []], [1, 2], 'Nothing is free of restrictions.'],
    ['a shot that isn’t there', [[9]], [1, 2], 'Nothing is free of restrictions.'],
    ['no shotlist', [[1]], [], 'Nothing is free of restrictions.'],
  ])('%s: what is free', (_name, on, shots, free) => {
    const restrictions = on.map((of) => restriction({ shots: of }));
    expect(sheet({ restrictions, shots }).split('\n')).toContain(`Free: ${free}`);
  });

  test('without times it says where they are, and without terms that there are none', () => {
    const { times: _times, ...untimed } = SHEET;
    const text = rightsSheet({ en: { ...untimed, usageTerms: '' }, fr: untimed });
    expect(text).toContain('Terms of use: No terms stated. Check with the publisher.\n');
    expect(text).toContain('Times of embargo and expiry: the catalogue takes precedence.\n');
    expect(text).not.toContain('Embargo:');
  });

  test('no text of a publisher makes a line of its own', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (a, b, c, d) => {
        const facts = {
          headline: `h${a}`,
          credit: `c${b}`,
          usageTerms: `t${c}`,
          restrictions: [
            restriction({ note: `n${d}`, values: [a, b] }),
            restriction({ kind: 'time', values: [c] }),
          ],
          identifier: `i${d}`,
          page: `p${a}`,
          accepted: { text: `a${b}`, at: '2026-11-20T09:30:00Z' },
          termsVersion: `v${c}`,
          publisher: `u${d}`,
        };
        const plain = sheet(
          Object.fromEntries(Object.keys(facts).map((name) => [name, Reflect.get(SHEET, name)])),
        );
        // Ten lines more or filled in each half, whatever is in them.
        expect(linesOf(sheet(facts)).length - linesOf(plain).length).toBe(2 * 7);
      }),
    );
  });
});

const SHOT: ListedShot = {
  n: 1,
  in: '10:00:00:00',
  out: '10:00:04:12',
  startMs: 0,
  durationMs: 4480,
  text: 'The harbour at dusk',
  restrictionIds: [],
};
const LIST = {
  headline: 'Harbour dims its lights',
  slug: 'AUR-26-1145',
  credit: 'Quay Agency',
  restrictions: [{ id: 'rst_1', note: 'No use in Canada' }],
};

describe('shotlist', () => {
  const shots: ListedShot[] = [
    { ...SHOT, location: 'Marren Bay', type: 'wide', language: 'und' },
    {
      ...SHOT,
      n: 2,
      in: null,
      out: null,
      startMs: 4480,
      durationMs: 3_600_000,
      text: 'SOUNDBITE (English), Lin Suwei',
      language: 'en',
      speaker: 'Lin Suwei',
      quote: 'Darker than a candle.',
      restrictionIds: ['rst_1', 'rst_gone'],
    },
    { ...SHOT, n: 3, in: null, out: null, startMs: null, durationMs: null },
  ];

  test('in English', () => {
    expect(shotlistText({ ...LIST, shots }, 'en')).toBe(`SHOTLIST, 3 shots
Harbour dims its lights
AUR-26-1145
Credit: Quay Agency

1. 10:00:00:00 - 10:00:04:12
The harbour at dusk
Place: Marren Bay
Type: wide shot

2. 0:04 - 1:00:04
SOUNDBITE (English), Lin Suwei
Language: en
Speaker: Lin Suwei
Quote: Darker than a candle.
Restriction: No use in Canada
Restriction: rst_gone

3.
The harbour at dusk
`);
  });

  test('in French, without what isn’t known', () => {
    expect(
      shotlistText(
        {
          ...LIST,
          slug: LIST.headline,
          credit: '',
          shots: [{ ...SHOT, location: 'Marren Bay', type: 'close' }],
        },
        'fr',
      ),
    ).toBe(`LISTE DES PLANS, 1 plan
Harbour dims its lights

1. 10:00:00:00 - 10:00:04:12
The harbour at dusk
Lieu${NBSP}: Marren Bay
Valeur de plan${NBSP}: gros plan
`);
  });

  test('no text makes a line of its own', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), anyText, (texts, other) => {
        const listed = texts.map((text, at) => ({
          ...SHOT,
          n: at + 1,
          text,
          location: `l${other}`,
          type: `t${other}`,
          speaker: `s${text}`,
          quote: `q${text}`,
          restrictionIds: [`r${other}`],
        }));
        const lines = linesOf(
          shotlistText(
            {
              ...LIST,
              headline: `h${other}`,
              slug: `s${other}`,
              credit: `c${other}`,
              shots: listed,
            },
            'en',
          ),
        );
        expect(lines).toHaveLength(4 + texts.length * (1 + 7));
      }),
    );
  });
});

describe('script', () => {
  const FACTS = {
    headline: 'Harbour dims its lights',
    slug: 'AUR-26-1145',
    dateline: 'MARREN BAY, Singapore',
    credit: 'Quay Agency',
  };
  test('its paragraphs, whatever ends them', () => {
    expect(scriptText({ ...FACTS, script: 'One.\r\nTwo.\n\n\nThree.\u2028Four.\u0085 ' }, 'en'))
      .toBe(`Harbour dims its lights
AUR-26-1145
MARREN BAY, Singapore
Credit: Quay Agency

One.

Two.

Three.

Four.
`);
    expect(scriptText({ ...FACTS, slug: FACTS.headline, dateline: '', script: '' }, 'fr')).toBe(
      `Harbour dims its lights\nCrédit${NBSP}: Quay Agency\n`,
    );
  });
  test('what is written is what can be read', () => {
    fc.assert(
      fc.property(anyText, anyText, (head, script) => {
        const lines = linesOf(
          scriptText({ ...FACTS, headline: `h${head}`, dateline: `d${head}`, script }, 'en'),
        );
        expect(lines[3]).toBe('Credit: Quay Agency');
      }),
    );
  });
});

const ASSET: NinjsAsset = {
  id: 'ast_1',
  rev: 2,
  type: 'video',
  slug: 'AUR-26-1145',
  headline: 'Harbour dims its lights',
  descriptionText: 'For one hour.',
  publishedAt: '2026-11-24T08:00:00Z',
  updatedAt: '2026-11-24T09:00:00Z',
  embargoUntil: '2026-11-24T17:00:00Z',
  expiresAt: null,
  pubStatus: 'usable',
  statusNote: null,
  script: { html: '<p>One.</p>', wordCount: 1, language: 'en' },
  credits: ['Quay Agency', 'I. Writer'],
  source: 'Quay Agency',
  dateline: 'MARREN BAY',
  place: { name: 'Marren Bay', lat: 1.28, lon: 103.86 },
  people: ['Lin Suwei'],
  subjects: [
    { scheme: 'http://cv.iptc.org/newscodes/mediatopic/', code: '06000000', name: 'environment' },
  ],
  copyrightNotice: '© Quay Agency',
  usageTerms: 'Editorial use only.',
  restrictions: [{ note: 'No use in Canada' }],
  packages: [{ id: 'pkg_1' }],
  relatedArticleIds: ['art_1'],
};

const read = (text: string) => readNinjs(text, (html) => html.replaceAll(/<[^>]*>/gu, ''));

describe('ninjs', () => {
  test('is what the service writes, and what this program reads', () => {
    const text = ninjsText(ASSET);
    expect(ninjs.parse(JSON.parse(text))).toEqual(JSON.parse(text));
    expect(JSON.parse(text)).toMatchObject({
      uri: 'urn:multimedia:ast_1',
      standard: { name: 'ninjs', version: '3.1' },
      version: '2',
      firstCreated: '2026-11-24T08:00:00Z',
      embargoedUntil: '2026-11-24T17:00:00Z',
      by: 'Quay Agency, I. Writer',
      edNote: 'No use in Canada',
      renditions: [],
    });
    expect(read(text)).toMatchObject({
      headline: 'Harbour dims its lights',
      description: 'For one hour.',
      script: 'One.',
      language: 'en',
      status: 'usable',
      usageTerms: 'Editorial use only.',
      people: ['Lin Suwei'],
    });
  });

  test('what isn’t known isn’t written', () => {
    const bare: NinjsAsset = {
      ...ASSET,
      publishedAt: null,
      updatedAt: null,
      embargoUntil: null,
      script: null,
      credits: [],
      source: '',
      place: null,
      restrictions: [],
    };
    const written = JSON.parse(ninjsText(bare)) as object;
    for (const name of [
      'firstCreated',
      'versionCreated',
      'embargoedUntil',
      'language',
      'by',
      'edNote',
    ])
      expect(written).not.toHaveProperty(name);
    expect(written).toMatchObject({ bodies: [], infoSources: [], places: [] });
    expect(
      JSON.parse(ninjsText({ ...ASSET, script: { ...ASSET.script!, language: 'und' } })),
    ).not.toHaveProperty('language');
  });

  test('any text gives a document that is valid and of one line where a line is meant', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const written = ninjsText({
          ...ASSET,
          id: `feed:${text}`,
          headline: text,
          slug: text,
          credits: [text],
          people: [text],
          subjects: [{ scheme: text, code: text, name: text }],
          dateline: text,
        });
        const parsed = ninjs.parse(JSON.parse(written));
        for (const line of [parsed.headlines[0]?.value, parsed.slugline, parsed.located, parsed.by])
          expect(line).not.toMatch(TURNS);
        expect(read(written)).not.toBeNull();
      }),
    );
  });
});

test('restrictions of a shotlist that is read again, from a folder, restrict', () => {
  const shots = [{ ...SHOT, restrictionIds: ['rst_1'] }];
  for (const language of ['en', 'fr'] as const)
    expect(parseShotlist(shotlistText({ ...LIST, shots }, language)).restrictions).toMatchObject([
      { text: 'No use in Canada' },
    ]);
});
