import type { Command } from 'commander';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { packageFacts } from '../../shared/model/file-names.ts';
import { factsOf, questionOf, requireRights } from '../catalogue/rights.ts';
import { fittingPackage } from '../../shared/model/house-format.ts';
import { noneFitsText, profileName } from '../../shared/model/format-text.ts';
import { packagesWithFacts } from '../catalogue/asset.ts';
import { templatesUnder } from '../app/policy-guard.ts';
import type { Services } from '../app/services.ts';
import { acknowledgedTerms, supplierOf } from '../app/enqueue.ts';
import { isForeignId } from '../../shared/model/source.ts';
import { keychainOf, onApplication, type CommandContext } from './context.ts';
import { getCommand, needsSource, runGet, type GetOptions, type PackageTarget } from './get.ts';
import { formatNamed } from './format.ts';
import { addQueueCommands } from './queue.ts';
import { warnOfRecalls } from './recall.ts';
import {
  repairCommand,
  runRepair,
  runVerify,
  verifyCommand,
  type RepairOptions,
  type VerifyOptions,
} from './verify.ts';

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
  // Of another source than the service: its id, that of the asset, and for a package its own.
  const [source = '', asset = '', foreignPackage] = isForeignId(target) ? target.split('/') : [];
  const isPackage = foreignPackage !== undefined || target.startsWith('pkg_');
  const detail = await namedAs(target, async () =>
    catalogue.detail(
      source !== ''
        ? `${source}/${asset}`
        : isPackage
          ? named.parse(await desk.session().source.manifest(target)).assetId
          : await catalogue.idNamed(target),
    ),
  );
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

export function addTransferCommands(program: Command, context: CommandContext): void {
  program.addCommand(
    getCommand().action(
      onApplication<GetOptions>(
        context,
        async ({ services }, { args, options, output }) => {
          await warnOfRecalls(services, output);
          return runGet(
            {
              transfers: services.transfers,
              out: output,
              keychain: () => keychainOf(services),
              release: () => services.rights.release(),
              templatesUnder: (given) => templatesUnder(services.policy, given),
              resolveTarget: (target, format, acknowledge) =>
                resolveTarget(services, target, format, acknowledge),
            },
            args,
            options,
          );
        },
        (_common, _options, args) => ({
          needsService: false,
          needsSource: needsSource(args),
          failed(thrown, output, isOpen) {
            // The first line carries the pid, also on failure.
            if (!isOpen) output.line({ type: 'get', pid: output.terminal.pid });
            return output.failed(thrown, { files: [] });
          },
        }),
      ),
    ),
  );
  addQueueCommands(program, context);
  program.addCommand(
    verifyCommand().action(
      onApplication<VerifyOptions>(
        context,
        ({ services }, { args: [wanted = ''], options, output }) =>
          runVerify({ transfers: services.transfers, out: output }, wanted, options),
        // With `--service`, its keys may verify the manifest.
        ({ service }) => ({ needsService: false, connect: service !== undefined }),
      ),
    ),
  );
  program.addCommand(
    repairCommand().action(
      onApplication<RepairOptions>(
        context,
        ({ services }, { args: [folder = ''], options, output }) =>
          runRepair(
            { transfers: services.transfers, out: output, keychain: () => keychainOf(services) },
            folder,
            options,
          ),
        // A package may need URLs from the service, a Metalink doesn't. An undamaged folder needs
        // neither, so a missing service is no error.
        (_common, { metalink }) => ({ needsService: false, connect: metalink === undefined }),
      ),
    ),
  );
}
