import { expect, test } from 'vitest';
import { sampledTexts } from '../../support/sampled-texts.ts';
import { checkEnglish, checkFrench, neverSaid } from '../../support/typography.ts';

const faultsOf = (text: string, language: 'en' | 'fr'): string[] => [
  ...(language === 'en' ? checkEnglish : checkFrench)(text),
  ...neverSaid(text, language),
];

/** A text that breaks one rule, and as it should be. */
test.each([
  ['en', "You can't sign in.", 'You can’t sign in.'],
  ['en', '"Lake saved', '“Lake” saved'],
  ['en', 'Import...', 'Import…'],
  ['en', 'Really ?', 'Really?'],
  ['en', 'Two  spaces', 'One space'],
  ['en', 'It goes on at once.', 'It resumes at once.'],
  ['en', 'Starts by itself', 'Starts automatically'],
  ['en', 'Held back by its publisher.', 'Put on hold by the publisher.'],
  ['en', 'Waiting: next in line', 'Queued'],
  ['en', 'Paused by timetable', 'Paused by schedule'],
  ['en', 'It was put aside.', 'It was set aside.'],
  ['en', 'Open mailbox', 'Open inbox'],
  ['en', 'E-mail address', 'Email address'],
  ['en', 'Check your junk folder.', 'Check your spam folder.'],
  ['en', 'Waiting: no network', 'Waiting: no connection'],
  ['en', 'This is not there any more.', 'This is no longer available.'],
  ['en', '3 MB fetched', '3 MB downloaded'],
  ['en', 'Mend the files', 'Repair the files'],
  ['en', 'with the note on rights', 'with the rights sheet'],
  ['en', '3 bundles', '3 packages'],
  ['en', 'only when it is verified', 'only once it is verified'],
  ['en', 'on this machine', 'on this computer'],
  ['en', 'Log in to download', 'Sign in to download'],
  ['en', 'It cannot be reached.', 'It can’t be reached.'],
  ['en', 'Please check them.', 'Check them.'],
  ['fr', "L'aperçu", 'L’aperçu'],
  ['fr', 'Importer...', 'Importer…'],
  ['fr', 'Échec : disque plein', 'Échec\u00a0: disque plein'],
  ['fr', 'Oublié\u00a0?', 'Oublié\u202f?'],
  ['fr', 'Oublié ?', 'Oublié\u202f?'],
  ['fr', 'hors ligne; reprise', 'hors ligne\u202f; reprise'],
  ['fr', '«\u00a0Lac»', '«\u00a0Lac\u00a0»'],
  ['fr', '42 %', '42\u00a0%'],
  ['fr', 'Echéance', 'Échéance'],
  ['fr', 'Etat', 'État'],
  ['fr', 'A partir de', 'À partir de'],
  ['fr', '3 lots', '3 sujets'],
  ['fr', 'Le conducteur', 'La liste des plans'],
  ['fr', 'Un courriel', 'Un e-mail'],
  ['fr', 'Ouvrir le courrier', 'Ouvrir la messagerie'],
  ['fr', 'Gardé hors ligne', 'Enregistré hors ligne'],
  ['fr', 'Part tout seul', 'Départ automatique'],
  ['fr', '1 fichier abîmé', '1 fichier endommagé'],
  ['fr', 'Tout relire', 'Tout vérifier'],
  ['fr', 'Tout suspendre', 'Tout mettre en pause'],
  ['fr', 'Retenu par l’éditeur.', 'Suspendu par l’éditeur.'],
  ['fr', 'Restreint', 'Restrictions'],
  ['fr', 'pas de réseau', 'hors ligne'],
  ['fr', 'Cet article n’existe plus', 'Cet article n’est plus disponible'],
  ['fr', 'la note sur les droits', 'la fiche de droits'],
  ['fr', 'vidéo maître', 'master'],
  ['fr', '2 images fixes', '2 photos'],
  ['fr', 'Rapport de preuve', 'Justificatif'],
  ['fr', 'Prévisualisation', 'Aperçu'],
  ['fr', 'Plus urgent', 'Rendre normal'],
] as const)('%s: “%s” is found, “%s” is not', (language, wrong, right) => {
  expect(faultsOf(wrong, language)).toHaveLength(1);
  expect(faultsOf(right, language)).toEqual([]);
});

test.each([
  ['fr', 'De 22:00 à 06:30, https://lac.example/a?b'],
  ['fr', 'Un seul fichier\u00a0: regardez-le dans la liste.'],
  ['fr', 'Un symbole, comme\u202f! ou #'],
  ['en', 'A symbol, like ! or #. See https://lake.example/a?b'],
] as const)('%s: “%s” is as it should be', (language, text) => {
  expect(faultsOf(text, language)).toEqual([]);
});

test('texts with figures are called so that each of their branches is seen', () => {
  const catalogue = {
    plain: 'Fine',
    lists: [['One', 'Two']],
    figures: {
      many: (n: number) => (n === 1 ? '1 package' : `${n} bundles`),
      third: (a: string, b: string, isLast: boolean) => (isLast ? `${a} ${b} ?` : a),
      names: (names: readonly string[]) => `${names.join(', ')} cannot be read`,
      object: ({ file }: { file: string | null }) => (file === null ? 'Fine' : 'It goes on'),
    },
  };
  const broken = [...sampledTexts(catalogue, 'x', [{ file: null }, { file: 'a' }])]
    .filter(([, text]) => faultsOf(text, 'en').length > 0)
    .map(([path]) => path);
  expect([...new Set(broken)]).toEqual([
    'x.figures.many',
    'x.figures.third',
    'x.figures.names',
    'x.figures.object',
  ]);
  expect([...sampledTexts(catalogue.lists, 'x')]).toEqual([
    ['x.0.0', 'One'],
    ['x.0.1', 'Two'],
  ]);
});

const odd = (x: { deep: { text: string } }): string => x.deep.text;

test('a text that no sample brings about is not taken for a sound one', () => {
  expect(() => [...sampledTexts({ odd }, 'x')]).toThrow('x.odd returns no text');
  expect([...sampledTexts({ odd }, 'x', [{ deep: { text: 'Fine' } }])]).toEqual([
    ['x.odd', 'Fine'],
  ]);
});
