import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEMO_DAY } from '../../../src/service/demo/day.ts';
import { loadDemo, type LocalText } from '../../../src/service/demo/index.ts';
import { spacedText } from '../../../src/service/french.ts';
import { checkEnglish, checkFrench } from '../../support/typography.ts';

const demo = loadDemo(path.resolve(import.meta.dirname, '../../../assets/demo'));

/** Texts of an asset that are the service's own words, not what somebody said. */
const notesOf = (asset: (typeof demo.assets)[number]): LocalText[] => [
  asset.usageTerms,
  ...asset.restrictions.map(({ note }) => note),
  ...asset.history.map(({ note }) => note),
  ...(asset.statusReason ? [asset.statusReason] : []),
];
const textsOf = (asset: (typeof demo.assets)[number]): LocalText[] => [
  asset.headline,
  asset.description,
  ...asset.shotlist.map(({ text }) => text),
  ...asset.soundbites.map(({ role }) => role),
  ...asset.packages.map(({ label }) => label),
  ...notesOf(asset),
];

describe('the words of the demo', () => {
  test('French keeps French typography, English English, wherever they stand', () => {
    const faults = demo.assets.flatMap((asset) => {
      const scripts = (language: 'en' | 'fr') =>
        asset.scripts.filter((script) => script.language === language).map(({ text }) => text);
      const spoken = asset.soundbites.filter(({ language }) => language === 'fr');
      const quotes = asset.shotlist.filter(({ language }) => language === 'fr');
      const french = [
        ...textsOf(asset).flatMap(({ fr = '' }) => fr),
        ...scripts('fr'),
        ...spoken.map(({ verbatim }) => verbatim),
        ...quotes.map(({ quote = '' }) => quote),
        ...asset.captions
          .filter(({ language }) => language === 'fr')
          .flatMap(({ text }) => text.split('\n').filter((line) => !/\d\d:\d\d/.test(line))),
      ];
      const english = [...textsOf(asset).map(({ en }) => en), ...scripts('en')];
      return [...french.flatMap(checkFrench), ...english.flatMap(checkEnglish)].map(
        (fault) => `${asset.slug}: ${fault}`,
      );
    });
    expect(faults).toEqual([]);
  });

  test('notes on rights, versions and status are there in French too, whatever else is', () => {
    const missing = demo.assets.flatMap((asset) =>
      notesOf(asset).filter(({ fr }) => fr === undefined || fr === ''),
    );
    expect(missing).toEqual([]);
    expect(demo.assets.flatMap(notesOf).length).toBeGreaterThan(60);
  });

  test('what the demo’s day says is set in both languages', () => {
    const texts = DEMO_DAY.flatMap(({ request }) =>
      request.act === 'correct'
        ? [request.note, ...(request.patch.restrictions?.add ?? []).map(({ note }) => note)]
        : request.act === 'withdraw'
          ? [request.reason]
          : [],
    );
    expect(texts).toHaveLength(3);
    for (const { en, fr } of texts) {
      expect(checkEnglish(en)).toEqual([]);
      expect(checkFrench(spacedText({ en, fr: fr ?? '' }).fr)).toEqual([]);
      expect(fr).toBeTruthy();
    }
  });

  test('a note that is about a shot begins with it', () => {
    for (const asset of demo.assets)
      for (const { id, note } of asset.restrictions) {
        const shots = asset.shotlist.filter(({ restrictionIds }) => restrictionIds.includes(id));
        if (shots.length === 0) continue;
        const numbers = shots.map(({ n }) => n).join(', ');
        expect(note.en).toMatch(new RegExp(`^Shot ${numbers}: `, 'u'));
        expect(note.fr).toMatch(new RegExp(`^Plan ${numbers}\u00a0: `, 'u'));
      }
  });

  test('the rights sheet says credit, terms and restrictions in both languages', async () => {
    const lake = demo.assets.find(({ slug }) => slug === 'AUR-26-1147');
    const id = lake?.packages[0]?.files.find(({ role }) => role === 'licence')?.id ?? '';
    const stored = demo.file(id);
    const sheet = (await stored?.read(0, stored.bytes))?.toString('utf8') ?? '';
    for (const line of [
      '<p>Credit: Auren Multimedia; Shot 6: Moraine Air</p>',
      '<li>Shot 6: no use in Canada (third-party drone footage) [territory, deny: CA]</li>',
      '<p>Embargo and expiry times: the catalogue takes precedence.</p>',
      '<p>Crédit\u00a0: Auren Multimedia; Shot 6: Moraine Air</p>',
      '<li>Plan 6\u00a0: pas d’utilisation au Canada (images de drone d’un tiers) [territory, deny: CA]</li>',
      '<p>Heures d’embargo et d’expiration\u00a0: le catalogue fait foi.</p>',
    ])
      expect(sheet).toContain(line);
  });
});
