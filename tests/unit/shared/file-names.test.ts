import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FILE_TOKENS,
  extensionOf,
  fileNames,
  fileTemplateFault,
  packageFacts,
  type ManifestEntry,
  type PackageFacts,
} from '../../../src/shared/model/file-names.ts';
import {
  foldedName,
  isRefused,
  pathFault,
  pathsFault,
  safePaths,
  type IsTaken,
  type Steps,
} from '../../../src/shared/model/names.ts';

function ended<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
const facts: PackageFacts = {
  date: '2026-11-24',
  place: 'Lauterbrunnen',
  title: 'Glacier lake survey',
  id: 'AUR-26-1147',
  language: 'en+fr',
  format: 'broadcast',
  rendition: '1080i50',
};
const FILES: ManifestEntry[] = [
  { path: 'video/master.mxf', bytes: 2_000, role: 'video', renditionId: 'r1' },
  { path: 'video/proxy.mp4', bytes: 100, role: 'video', renditionId: 'r2' },
  { path: 'captions/master_en.vtt', bytes: 10, role: 'captions', language: 'en' },
  { path: 'captions/master_fr.vtt', bytes: 10, role: 'captions', language: 'fr-CA' },
  { path: 'rights', bytes: 10, role: 'licence' },
];
const named = (template: string, files = FILES, given: Partial<PackageFacts> = {}): string[] =>
  ended(fileNames({ template, facts: { ...facts, ...given } }, files));

test('an ingest system’s names: each file has its own language and extension, the film its format', () => {
  expect(named('{date}_{id}_{title}_{language}_{rendition}')).toEqual([
    '2026-11-24_AUR-26-1147_Glacier-lake-survey_EN+FR_1080i50.mxf',
    '2026-11-24_AUR-26-1147_Glacier-lake-survey_EN+FR.mp4',
    '2026-11-24_AUR-26-1147_Glacier-lake-survey_EN.vtt',
    '2026-11-24_AUR-26-1147_Glacier-lake-survey_FR-CA.vtt',
    '2026-11-24_AUR-26-1147_Glacier-lake-survey_EN+FR',
  ]);
});

test.each([
  ['{name}', ['master.mxf', 'proxy.mp4', 'master_en.vtt', 'master_fr.vtt', 'rights']],
  [
    '{id}',
    ['AUR-26-1147.mxf', 'AUR-26-1147.mp4', 'AUR-26-1147.vtt', 'AUR-26-1147_2.vtt', 'AUR-26-1147'],
  ],
  ['{number}', ['01.mxf', '02.mp4', '03.vtt', '04.vtt', '05']],
  [
    '{role}/{name}',
    [
      'video/master.mxf',
      'video/proxy.mp4',
      'captions/master_en.vtt',
      'captions/master_fr.vtt',
      'licence/rights',
    ],
  ],
  [
    '{folder}/{id}_{number}',
    [
      'video/AUR-26-1147_01.mxf',
      'video/AUR-26-1147_02.mp4',
      'captions/AUR-26-1147_03.vtt',
      'captions/AUR-26-1147_04.vtt',
      'AUR-26-1147_05',
    ],
  ],
  ['../{name}', ['master.mxf', 'proxy.mp4', 'master_en.vtt', 'master_fr.vtt', 'rights']],
  [
    '{rendition} - {name}',
    ['1080i50 - master.mxf', 'proxy.mp4', 'master_en.vtt', 'master_fr.vtt', 'rights'],
  ],
  // Where nothing is left of it the publisher's own name stays.
  [
    '{name}/{rendition}',
    [
      'master/1080i50.mxf',
      'proxy/proxy.mp4',
      'master_en/master_en.vtt',
      'master_fr/master_fr.vtt',
      'rights/rights',
    ],
  ],
])('%j names %j', (template, names) => {
  expect(named(template)).toEqual(names);
});

test('files that are called alike on some system are numbered in the order of the manifest', () => {
  const files = ['a/clip.mov', 'b/CLIP.mov', 'c/clip_2.mov', 'd/Clip.MOV'].map((path) => ({
    path,
    bytes: 1,
  }));
  expect(named('{name}', files)).toEqual(['clip.mov', 'CLIP_2.mov', 'clip_2_2.mov', 'Clip_3.MOV']);
});

const one = (title: string, path = 'a.mov') => named('{title}', [{ path, bytes: 1 }], { title })[0];

test('what a fact holds makes no folder, no device and no extension', () => {
  expect(one('../../etc/passwd')).toBe('etc-passwd.mov');
  expect(one('CON')).toBe('_CON.mov');
  expect(one('Visit example.com', 'README')).toBe('Visit-example-com');
  expect(one('What now? “The bridge” reopens. ')).toBe('What-now-“The-bridge”-reopens.mov');
  expect(one('Auren Valley, Switzerland - 2026')).toBe('Auren-Valley-Switzerland-2026.mov');
  expect(one('cafe\u0301')).toBe('café.mov');
  expect(one('氷河湖の調査')).toBe('氷河湖の調査.mov');
  expect(one('...', 'x/own name.mov')).toBe('own-name.mov');
});

test('a title without end is cut once for a package, not for each of its files', () => {
  const files = Array.from({ length: 500 }, (_, n) => ({ path: `${n}.mov`, bytes: 1 }));
  const names = named('{title}_{name}', files, { title: 'é. '.repeat(100_000) });
  expect(new Set(names).size).toBe(500);
});

test('the longest value is shortened before others, between whole characters', () => {
  const [name = ''] = named('{id}_{title}', [{ path: 'a.mov', bytes: 1 }], {
    title: '👨‍👩‍👧‍👦'.repeat(40),
  });
  expect(name).toMatch(/^AUR-26-1147_(?:👨‍👩‍👧‍👦)+\.mov$/u);
});

const isTaken: IsTaken = (folded, depth) => depth === 0 && folded.startsWith('manifest.');

test('names of the program’s own files are left to it', () => {
  const files = [{ path: 'list.json', bytes: 1 }];
  expect(
    ended(
      fileNames({ template: '{title}', facts: { ...facts, title: 'manifest' } }, files, isTaken),
    ),
  ).toEqual(['_manifest.json']);
});

const renditionOf = (label: string) =>
  packageFacts(
    { slug: 's', headline: 'h', location: 'l', languages: ['en'], publishedAt: 0 },
    { purpose: 'web', label },
  ).rendition;

test('the rendition is what the publisher calls the package, down to its format', () => {
  expect(
    ['HD 1080i50', 'Web 360p', 'UHD 2160p59.94 HDR', 'Preview and rights sheet', 'v10801p2'].map(
      renditionOf,
    ),
  ).toEqual(['1080i50', '360p', '2160p59.94', 'Preview and rights sheet', 'v10801p2']);
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', 'con', 'a.b', 'x'.repeat(300), '\u0130ı', 'ß', 'ẞ', '.done', '名'.repeat(90)),
);
const template = fc
  .array(
    fc.oneof(
      fc.constantFrom(...FILE_TOKENS).map((token) => `{${token}}`),
      fc.constantFrom('/', ' ', '-', '_', '.', 'x', '..', 'nul', 'manifest', ':', '\u202e'),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));
/** Paths as a manifest that was accepted has them. */
const files = fc
  .array(
    fc.record({
      path: fc.oneof(
        text,
        fc.constantFrom('a/b.mov', 'A/B.mov', 'clip.mov', 'c/clip.mov', 'clip.MOV', 'x.part', 'x'),
      ),
      bytes: fc.option(fc.nat()),
      role: fc.constantFrom('video', 'captions', undefined),
      language: fc.oneof(text, fc.constant(undefined)),
      renditionId: fc.constantFrom('r1', 'r2', undefined),
    }),
    { maxLength: 12 },
  )
  .map((given) => {
    const paths = ended(safePaths(given.map(({ path }) => path)));
    return given.flatMap((file, at) => {
      const safe = paths[at];
      return safe === undefined || isRefused(safe) ? [] : [{ ...file, path: safe.path }];
    });
  });
const anyFacts = fc.record({
  date: text,
  place: text,
  title: text,
  id: text,
  language: text,
  format: text,
  rendition: text,
});

test('whatever titles and files are called: safe everywhere, unique, bounded, with their extensions, and the same again', () => {
  fc.assert(
    fc.property(template, anyFacts, files, (pattern, values, entries) => {
      const naming = { template: pattern, facts: values };
      const names = ended(fileNames(naming, entries, isTaken));
      expect(names).toHaveLength(entries.length);
      expect(names.map(pathFault).filter(Boolean)).toEqual([]);
      expect(ended(pathsFault(names, isTaken))).toBeNull();
      expect(new Set(names.map(foldedName)).size).toBe(names.length);
      expect(names.map(extensionOf)).toEqual(entries.map(({ path }) => extensionOf(path)));
      for (const name of names) expect(name.length).toBeLessThanOrEqual(130);
      expect(ended(fileNames(naming, entries, isTaken))).toEqual(names);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['{title}', null],
  ['{name}', null],
  ['{role}_{language}', null],
  ['{folder}/{number}', null],
  ['{date}_{rendition}', 'no-token'],
  ['{slug}_{name}', 'unknown-token'],
  ['{name', 'brace'],
  ['', 'no-token'],
])('the fault of %j is %j', (pattern, fault) => {
  expect(fileTemplateFault(pattern)?.kind ?? null).toBe(fault);
});
