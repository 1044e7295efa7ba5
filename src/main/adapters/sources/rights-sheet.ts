import type { AssetDetail } from '../../catalogue/asset.ts';
import { shownName } from '../../../shared/model/names.ts';

export const rightsSheetWords = {
  en: {
    credit: 'Credit',
    terms: 'Terms of use',
    noTerms: 'No terms stated. Check with the publisher.',
    accepted: 'Terms of use of the source, accepted',
    acceptedOn: 'Accepted',
    copyright: 'Copyright',
    restriction: 'Restriction',
    publisher: 'Publisher',
    identifier: 'Identifier',
    page: 'Page',
    published: 'Published',
    read: 'Read from the publisher',
    made: 'Compiled by Multimedia Desk from what the publisher states. Not signed.',
    labelled: (label: string, value: string) => `${label}: ${value}`,
  },
  fr: {
    credit: 'Crédit',
    terms: 'Conditions d’utilisation',
    noTerms: 'Aucune condition indiquée. Vérifiez auprès de l’éditeur.',
    accepted: 'Conditions d’utilisation de la source, acceptées',
    acceptedOn: 'Acceptées le',
    copyright: 'Copyright',
    restriction: 'Restriction',
    publisher: 'Éditeur',
    identifier: 'Identifiant',
    page: 'Page',
    published: 'Publié le',
    read: 'Lu chez l’éditeur le',
    made: 'Fiche établie par Multimedia Desk d’après les indications de l’éditeur, sans signature.',
    labelled: (label: string, value: string) => `${label}\u00a0: ${value}`,
  },
};

/** Terms of a source, with the time at which the user has accepted them, ms since 1970. */
export type AcceptedTerms = { version: string; text: string; at: number };

const day = (time: string): string => time.slice(0, 10);
/** Of one line, without what a terminal would obey or what would turn the text. */
const lineOf = (text: string): string => shownName(text.replaceAll(/\s+/gu, ' ').trim());

/** What the publisher states of the rights, as a page of plain text beside the files. */
export function rightsSheet(
  asset: AssetDetail,
  {
    readAt,
    language,
    accepted,
  }: { readAt: string; language: 'en' | 'fr'; accepted: AcceptedTerms | null },
): string {
  const { labelled, ...of } = rightsSheetWords[language];
  const lines: [label: string, value: string | null][] = [
    [of.credit, asset.credits.join(', ') || asset.source],
    [of.terms, asset.usageTerms || of.noTerms],
    [of.accepted, accepted && accepted.text],
    [of.acceptedOn, accepted && day(new Date(accepted.at).toISOString())],
    [of.copyright, asset.copyrightNotice],
    ...asset.restrictions.map(({ note }): [string, string] => [of.restriction, note]),
    [of.publisher, asset.source],
    [of.identifier, asset.subjects.map(({ scheme, code }) => `${scheme} ${code}`).join(', ')],
    [of.page, asset.sourceUrl],
    [of.published, asset.isDateStated ? day(asset.publishedAt) : null],
    [of.read, day(readAt)],
  ];
  const stated = lines.flatMap(([label, value]) =>
    value === null || value === '' ? [] : [labelled(label, lineOf(value))],
  );
  return `${[lineOf(asset.headline), '', ...stated, '', of.made].join('\n')}\n`;
}
