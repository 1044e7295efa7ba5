import { describe, expect, test } from 'vitest';
import { formatLabel } from '../../src/renderer/features/asset/copy.ts';
import { facetLabel } from '../../src/renderer/features/catalogue/facet-labels.ts';
import { countryName, languageName } from '../../src/renderer/i18n/format.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import { restrictionLabel, ruleLabel } from '../../src/renderer/state/asset-labels.ts';
import type { AssetView } from '../../src/renderer/state/views.ts';
import { SET_FIELDS } from '../../src/shared/api/query/fields.ts';
import { topicName } from '../../src/shared/api/query/values.ts';
import type { RecoveryReport } from '../../src/shared/contract/app.ts';

/** What a service may put where it names a topic, a language, a platform, a codec … */
const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'en_US',
  'e',
  '',
  ' ',
  '\0',
  '\u{1F600}',
  'a'.repeat(5000),
];

const restriction = (kind: AssetView['restrictions'][number]['kind'], value: string) => ({
  id: 'rst_1',
  kind,
  mode: 'deny' as const,
  values: [value],
  note: 'No use',
});
const rendition = (container: string, videoCodec: string) =>
  ({ name: 'Master', container, videoCodec }) as AssetView['renditions'][number];

/** Every text that is looked up by a word from outside. */
const LOOKUPS: Record<string, (word: string, language: 'en' | 'fr') => string | null> = {
  country: countryName,
  language: languageName,
  ...Object.fromEntries(
    SET_FIELDS.map((name) => [
      `facet ${name}`,
      (word: string, language: 'en' | 'fr') =>
        facetLabel(name, word, word, texts[language], language),
    ]),
  ),
  'section of an article': (word, language) => topicName(word, language),
  'kind of captions': (word, language) => texts[language].asset.captionKinds[word] ?? word,
  'fault of a field': (word, language) =>
    texts[language].account.faults[word] ?? texts[language].account.wrongField,
  'setting that was reset': (word, language) =>
    texts[language].shell.recoveries['settings-rebuilt']({
      file: null,
      fromBackup: 0,
      lost: [word],
    } as unknown as RecoveryReport),
  container: (word) =>
    formatLabel(
      { renditions: [rendition(word, 'h264')] } as AssetView,
      { label: 'Master' } as AssetView['packageContents'][number],
    ),
  codec: (word) =>
    formatLabel(
      { renditions: [rendition('mov', word)] } as AssetView,
      { label: 'Master' } as AssetView['packageContents'][number],
    ),
  ...Object.fromEntries(
    (['territory', 'platform', 'time', 'editorial', 'archive'] as const).flatMap((kind) =>
      [ruleLabel, restrictionLabel].map((label) => [
        `${label.name} of ${kind}`,
        (word: string, language: 'en' | 'fr') =>
          label(restriction(kind, word), texts[language], language),
      ]),
    ),
  ),
};

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  test.each(Object.entries(LOOKUPS))(
    'a %s that is no word of ours is shown as text',
    (_, lookUp) => {
      for (const word of HOSTILE) {
        const text = lookUp(word, language);
        expect([word, typeof text]).toEqual([word, 'string']);
        expect(text).not.toMatch(/native code|\[object/u);
      }
    },
  );

  test('no table of texts has anything under a word that it does not name', () => {
    const tables: [string, object][] = [[language, texts[language]]];
    for (const [path, table] of tables) {
      for (const word of ['__proto__', 'constructor', 'toString'])
        expect([path, (table as Record<string, unknown>)[word]]).toEqual([path, undefined]);
      for (const [name, inner] of Object.entries(table) as [string, unknown][])
        if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
          tables.push([`${path}.${name}`, inner]);
    }
    expect(tables.length).toBeGreaterThan(30);
  });
});
