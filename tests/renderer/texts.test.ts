import { expect, test } from 'vitest';
import { formatDate, formatLongDate, formatPublished } from '../../src/renderer/i18n/format.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { RecoveryReport } from '../../src/shared/contract/app.ts';
import { sampledTexts } from '../support/sampled-texts.ts';
import { checkEnglish, checkFrench, neverSaid, phrasesIn } from '../support/typography.ts';

type Language = keyof typeof texts;

/** What the interface has another word for; elsewhere these may mean something else. */
const REPLACED: Record<Language, readonly string[]> = {
  en: [
    '(?:kept|keep) (?:offline|on this computer)',
    '(?:without a|the|your) network|the line',
    '(?:is|are) tried again|tries again',
    'reading every file',
    'as (?:it|they) (?:was|were) published',
    'wish(?:es)?',
    '(?:downloads|packages) go(?:es)? to',
    'already here|(?:packages?|files?|footage|it) (?:is|are) here',
    'embargo (?:ends?|is over)',
    // But for the name of its settings.
    '(?<!desk |^)stations?',
    'terms (?!of use)of',
  ],
  fr: [
    '(?:part|repart|repren[dn])\\p{L}* seuls?',
    '(?:du|le|votre) réseau|la ligne',
    'mentions?',
    'interviews?',
    'horaires?|repos|se repos\\p{L}+',
    'va dans',
    '(?:est|sont) arrivée?s?|déjà ici',
    'relue?s?|relisez',
    'valables? ici',
    'sommes? de contrôle',
    'relevée?s?',
    'machines?',
    // But for the name of its settings.
    '(?<!desk |^)stations?',
  ],
};

const faultsOf = (text: string, language: Language): string[] => [
  ...(language === 'en' ? checkEnglish : checkFrench)(text),
  ...neverSaid(text, language),
  ...phrasesIn(text, REPLACED[language]),
];

const incidents = [null, 0, 1, 3].flatMap((kept) =>
  [[], ['destination', 'Lac']].flatMap((lost) =>
    [0, 2].flatMap((fromBackup) =>
      [null, '/home/x.json'].map((file): Partial<RecoveryReport> => ({
        kept,
        lost,
        fromBackup,
        file,
      })),
    ),
  ),
);

test.each(['en', 'fr'] as const)(
  'every text of the interface keeps the typography and the terms (%s)',
  (language) => {
    const faults = new Map<string, string>();
    for (const [path, text] of sampledTexts(texts[language], language, incidents))
      for (const fault of faultsOf(text, language)) faults.set(`${path}: ${fault}`, text);
    expect(Object.fromEntries(faults)).toEqual({});
  },
);

test.each([
  ['en', 'Kept offline', 'Saved offline'],
  ['en', 'Readable without a network', 'Readable without a connection'],
  ['en', 'Waiting: the line broke', 'Waiting: connection lost, retrying'],
  ['en', 'It is tried again.', 'Retrying automatically.'],
  ['en', 'Reading every file', 'Verifying every file'],
  ['en', 'Every file is as it was published', 'Every file matches the original'],
  ['en', 'Your wish', 'Deadline'],
  ['en', 'Downloads go to D:', 'Downloads save to D:'],
  ['en', 'The package is here', 'Package downloaded'],
  ['en', 'when the embargo ends', 'when the embargo lifts'],
  ['en', 'until the station ends', 'until “desk station” stops'],
  ['en', 'the terms of this package', 'the terms of use'],
  ['en', 'Log in to download', 'Log in to this network in your browser first.'],
  ['fr', 'tout reprendra seul', 'tout reprendra automatiquement'],
  ['fr', 'au retour du réseau', 'au retour de la connexion'],
  ['fr', 'Copier la mention', 'Copier le crédit'],
  ['fr', 'Interviews', 'Sonores'],
  ['fr', 'Les transferts se reposent', 'Les transferts sont en pause'],
  ['fr', 'Va dans Lac', 'Destination\u00a0: Lac'],
  ['fr', 'Le sujet est arrivé', 'Sujet téléchargé'],
  ['fr', 'Relu', 'Vérifié'],
  ['fr', 'cette machine', 'cet ordinateur'],
  ['fr', 'Sommes de contrôle', 'Empreintes'],
  ['fr', 'relevé par cet ordinateur', 'consigné par cet ordinateur'],
  ['fr', 'l’arrêt de la station', 'l’arrêt de «\u00a0desk station\u00a0»'],
] as const)('%s: “%s” would be found, “%s” is not', (language, wrong, right) => {
  expect(faultsOf(wrong, language)).toHaveLength(1);
  expect(faultsOf(right, language)).toEqual([]);
});

test('French spaces are put in whatever is put into the text', () => {
  expect(texts.fr.catalogue.forText('lac')).toBe('pour «\u00a0lac\u00a0»');
  expect(texts.fr.transfers.withTitle('Pause', 'Lac ?')).toBe('Pause\u00a0: Lac\u202f?');
});

const counted = ({ articles, feeds, transfers }: typeof texts.en) =>
  [0, 1, 2].map((n) => [
    articles.offlineSummary(String(n), '3'),
    feeds.used(String(n), '3', '4'),
    transfers.ready(n, 3),
    transfers.filesVerified(n, 3),
    transfers.piecesLabel(String(n), '3'),
    transfers.verificationStopped(n, 3),
  ]);

test('what is counted agrees with its number', () => {
  expect(counted(texts.en)[1]).toEqual([
    '1 article, 3 saved offline',
    '1 article with its pictures, 3 of 4.',
    'Ready, 1 of 3 files verified',
    '1 of 3 verified',
    '1 of 3 pieces verified',
    'Stopped: 1 of 3 packages verified, no damage so far',
  ]);
  const [none = [], one, two = []] = counted(texts.fr);
  expect(one).toEqual([
    '1 article, 3 hors ligne',
    '1 article avec ses images, 3 sur 4.',
    'Prêt, 1 fichier sur 3 vérifié',
    '1 sur 3 vérifié',
    '1 morceau sur 3 vérifié',
    'Arrêté\u00a0: 1 sujet sur 3 vérifié, aucun fichier endommagé jusqu’ici',
  ]);
  // In French nought takes the singular.
  expect(none.map((text) => text.replace('0', '1'))).toEqual(one);
  for (const text of two) expect(text).toMatch(/articles|vérifiés/u);
});

test('a date is written as in its language', () => {
  const [first, later] = [Date.UTC(2025, 11, 1, 12), Date.UTC(2025, 11, 11, 12)];
  expect([first, later].map((ms) => formatDate(ms, 'fr'))).toEqual([
    '1er déc. 2025',
    '11 déc. 2025',
  ]);
  expect(formatLongDate(first, 'fr')).toBe('1er décembre 2025');
  expect(formatPublished(first, 'fr')).toBe('1er déc. 2025, 12:00 UTC');
  expect(formatPublished(first, 'en')).toBe('1 Dec 2025, 12:00 UTC');
});

function said(own: typeof texts.en): Map<string, string> {
  const first = new Map<string, string>();
  for (const [path, text] of sampledTexts(own, '', incidents))
    if (path !== '.common.product' && !first.has(path)) first.set(path, text);
  return first;
}

test('French says the same things as English, and none of them in English by mistake', () => {
  const english = said(texts.en);
  const french = said(texts.fr);
  expect([...french.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  // Single words may be the same in both, and so are addresses and figures.
  const same = [...french]
    .filter(([path, text]) => /\p{L}{2,} \p{L}{2,}/u.test(text) && english.get(path) === text)
    .map(([path, text]) => `${path}: ${text}`);
  expect(same).toEqual([]);
});
