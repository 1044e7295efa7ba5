import type { AssetDetail } from '../../catalogue/asset.ts';
import { ninjsText } from '../../../shared/api/sidecars/ninjs.ts';
import { rightsSheet } from '../../../shared/api/sidecars/rights-sheet.ts';
import { scriptText } from '../../../shared/api/sidecars/script-text.ts';
import { shotlistText } from '../../../shared/api/sidecars/shotlist-text.ts';
import type { MadeFile } from '../../catalogue/package-files.ts';
import type { SourceId } from '../../../shared/model/source.ts';

/** Terms of a source, with the time at which the user has accepted them, ms since 1970. */
export type AcceptedTerms = { version: string; text: string; at: number };

function metadata(asset: AssetDetail, source: SourceId): string {
  const stated = {
    format: 'multimedia-desk-asset',
    version: 1,
    id: asset.id,
    source: { id: source, title: asset.source },
    page: asset.sourceUrl,
    title: asset.headline,
    description: asset.descriptionText,
    publishedAt: asset.isDateStated ? asset.publishedAt : null,
    updatedAt: asset.isDateStated ? asset.updatedAt : null,
    durationMs: asset.durationMs,
    languages: asset.languages,
    topics: asset.topics,
    subjects: asset.subjects,
    credits: asset.credits,
    copyright: asset.copyrightNotice,
    terms: asset.usageTerms,
    restrictions: asset.restrictions,
    shotlist: asset.shotlist,
    soundbites: asset.soundbites,
    script: asset.script?.text ?? null,
  };
  return `${JSON.stringify(stated, null, 2)}\n`;
}

const creditOf = ({ credits, source }: AssetDetail): string => credits.join(', ') || source;

function rights(
  asset: AssetDetail,
  { readAt, accepted }: { readAt: string; accepted: AcceptedTerms | null },
): string {
  const facts = {
    headline: asset.headline,
    credit: creditOf(asset),
    copyright: asset.copyrightNotice,
    usageTerms: asset.usageTerms,
    restrictions: asset.restrictions.map(({ shots = [], ...rule }) => ({ ...rule, shots })),
    shots: asset.shotlist.map(({ n }) => n),
    times: { embargoUntil: asset.embargoUntil, expiresAt: asset.expiresAt },
    termsVersion: accepted && accepted.version,
    accepted: accepted && { text: accepted.text, at: new Date(accepted.at).toISOString() },
    maker: 'program' as const,
    publisher: asset.source,
    identifier: asset.subjects.map(({ scheme, code }) => `${scheme} ${code}`).join(', '),
    page: asset.sourceUrl,
    publishedAt: asset.isDateStated ? asset.publishedAt : null,
    readAt,
  };
  return rightsSheet({ en: facts, fr: facts });
}

/**
 * What this program writes into a package. Only the rights sheet depends on more than the asset: the
 * same asset gives the same bytes, whatever the language of the interface.
 */
export function packageText(
  asset: AssetDetail,
  file: MadeFile,
  { source, ...made }: { source: SourceId; readAt: string; accepted: AcceptedTerms | null },
): string {
  const { headline, slug, dateline, shotlist, restrictions, script } = asset;
  const credit = creditOf(asset);
  const isFrench = /^fr\b/iu.test(script?.language ?? asset.languages[0] ?? '');
  const language = isFrench ? 'fr' : 'en';
  if (file === 'metadata') return metadata(asset, source);
  if (file === 'ninjs')
    return ninjsText({
      ...asset,
      dateline: dateline || (asset.location ?? ''),
      publishedAt: asset.isDateStated ? asset.publishedAt : null,
      updatedAt: asset.isDateStated ? asset.updatedAt : null,
    });
  if (file === 'shotlist')
    return shotlistText({ headline, slug, credit, shots: shotlist, restrictions }, language);
  if (file === 'script')
    return scriptText({ headline, slug, dateline, credit, script: script?.text ?? '' }, language);
  return rights(asset, made);
}
