import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { packageFacts, type PackageFacts } from '../../shared/model/file-names.ts';
import { noneFitsText, profileName } from '../../shared/model/format-text.ts';
import {
  allProfiles,
  fittingPackage,
  isBuiltIn,
  type FormatProfile,
} from '../../shared/model/house-format.ts';
import { isForeignId } from '../../shared/model/source.ts';
import { packagesWithFacts, type AssetDetail } from '../catalogue/asset.ts';
import { factsOf, questionOf, requireRights } from '../catalogue/rights.ts';
import type { PackageItem } from '../transfers/api.ts';
import { acknowledgedTerms, supplierOf } from './enqueue.ts';
import type { Services } from './services.ts';

export type PackageTarget = Pick<
  PackageItem,
  | 'assetId'
  | 'packageId'
  | 'rev'
  | 'title'
  | 'label'
  | 'purpose'
  | 'bytes'
  | 'fileCount'
  | 'acknowledge'
  | 'terms'
> & {
  /** For names by a template. */
  facts: PackageFacts;
};

/**
 * A house format by its ID or name, in any case.
 *
 * @param code of the error: `usage` where it is the value of an option
 * @throws an error of that code, with where they are listed
 */
export function formatNamed(
  { settings }: Pick<Services, 'settings'>,
  named: string,
  code: 'usage' | 'not-found' = 'usage',
): FormatProfile {
  const profiles = allProfiles(settings.view);
  const wanted = named.trim().toLowerCase();
  const found =
    profiles.find(({ id }) => id === named.trim() || (isBuiltIn(id) && id === wanted)) ??
    profiles.find((profile) => profileName(profile, 'en').toLowerCase() === wanted);
  if (!found) throw new AppError(code, `No house format ${named}. See them with: desk format list`);
  return found;
}

const named = z.object({ assetId: z.string() });

/** @throws what `find` throws; `not-found` says what was looked for, and where to look */
export async function namedAs<T>(name: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'not-found') throw thrown;
    throw new AppError(
      'not-found',
      `Nothing is called ${name}. Find its ID or slug with: desk catalogue search`,
      { ...thrown.detail, retryable: false },
    );
  }
}

/**
 * @throws what `judge` throws; a refusal of what isn't confirmed names the ids that were given and
 * aren't the asset's
 */
function namingUnknown<T>(
  given: readonly string[],
  { slug, restrictions }: { slug: string; restrictions: readonly { id: string }[] },
  judge: () => T,
): T {
  try {
    return judge();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.detail.restrictionIds === undefined) throw thrown;
    const { restrictionIds } = thrown.detail;
    const unknown = given.filter(
      (id) => !restrictionIds.includes(id) && !restrictions.some((own) => own.id === id),
    );
    if (unknown.length === 0) throw thrown;
    const what = unknown.length === 1 ? 'isn’t a restriction' : 'aren’t restrictions';
    throw new AppError(
      thrown.code,
      `${thrown.message.replace(/\.$/u, '')}. ${unknown.join(', ')} ${what} of ${slug}.`,
      thrown.detail,
    );
  }
}

/** Whether it names a package: of the service, or of another source with its asset. */
export const isPackageId = (target: string): boolean =>
  isForeignId(target) ? target.split('/').length > 2 : target.startsWith('pkg_');

/**
 * The asset that a target of `resolveTarget` is or is of.
 *
 * @throws `not-found`, `usage` for a slug of several, what `catalogue.detail` throws
 */
export async function assetOf(desk: Services, target: string): Promise<AssetDetail> {
  const { catalogue } = desk.library;
  // Of another source than the service: its id, that of the asset, and for a package its own.
  const [source = '', asset = ''] = isForeignId(target) ? target.split('/') : [];
  return namedAs(target, async () =>
    catalogue.detail(
      source !== ''
        ? `${source}/${asset}`
        : isPackageId(target)
          ? named.parse(await desk.session().source.manifest(target)).assetId
          : await catalogue.idNamed(target),
    ),
  );
}

/**
 * Resolves a target of `desk get`: an asset (by ID or slug) in a house format, or one package by its
 * ID. Nothing stands in for what the format names, since nobody looks.
 */
export async function resolveTarget(
  desk: Services,
  target: string,
  format: string,
  acknowledge: readonly string[],
): Promise<PackageTarget> {
  const { catalogue } = desk.library;
  const profile = formatNamed(desk, format);
  const isPackage = isPackageId(target);
  const detail = await assetOf(desk, target);
  const [row] = await catalogue.rows([detail.id]);
  const supplier = supplierOf(desk, row?.source ?? desk.session().scope);
  if (supplier.refusal?.code === 'terms-not-accepted') throw supplier.refusal;
  const question = questionOf(desk.viewer(), supplier.source);
  const verdict = namingUnknown(acknowledge, detail, () =>
    requireRights(factsOf(detail), question, detail, acknowledge),
  );
  const offered = packagesWithFacts(detail);
  const { chosen, unstated } = fittingPackage(offered, profile);
  const found = isPackage ? offered.find(({ id }) => id === target) : chosen;
  if (!found)
    throw new AppError(
      'not-found',
      isPackage
        ? `${detail.slug} has no package ${target}`
        : `${detail.slug}: ${noneFitsText(profileName(profile, 'en'), unstated, 'en')}. See desk catalogue show ${detail.slug}`,
    );
  return {
    assetId: detail.id,
    packageId: found.id,
    rev: found.rev,
    title: detail.headline,
    label: found.label,
    purpose: found.purpose,
    ...(found.bytes === null ? {} : { bytes: found.bytes }),
    fileCount: found.fileCount,
    acknowledge: [...acknowledge, ...(supplier.terms ? [supplier.terms.id] : [])],
    terms: acknowledgedTerms(supplier, detail.restrictions, verdict),
    facts: packageFacts(
      { ...detail, location: detail.location ?? '', publishedAt: Date.parse(detail.publishedAt) },
      found,
    ),
  };
}
