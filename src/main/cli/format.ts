import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { profileName, ruleText } from '../../shared/model/format-text.ts';
import { allProfiles, isBuiltIn, type FormatProfile } from '../../shared/model/house-format.ts';
import { formatNamed } from '../app/resolve-target.ts';
import type { Services } from '../app/services.ts';
import { readHouseFormats, writeHouseFormats } from '../formats/house-formats.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

type Settings = Pick<Services, 'settings'>;

const OTHERWISE: Record<FormatProfile['otherwise'], string> = {
  closest: 'otherwise the closest, where somebody looks',
  'leave-out': 'otherwise none',
};

const linesOf = (profile: FormatProfile): string[] => [
  ...profile.rules.map((rule, at) => `  ${at + 1}  ${ruleText(rule, 'en')}`),
  `     ${OTHERWISE[profile.otherwise]}`,
];

function list({ settings }: Settings, out: Output): number {
  const { houseFormat } = settings.view;
  const profiles = allProfiles(settings.view);
  for (const profile of profiles) {
    const name = profileName(profile, 'en');
    const isDefault = profile.id === houseFormat;
    const { id, rules, otherwise } = profile;
    out.line({ type: 'item', id, name, builtIn: isBuiltIn(id), isDefault, rules, otherwise }, [
      `${id}  ${name}${isDefault ? '  (default)' : ''}`,
      ...linesOf(profile),
    ]);
  }
  return out.done({ count: profiles.length, default: houseFormat });
}

async function exportTo(
  services: Settings,
  out: Output,
  names: readonly string[],
  to: string | undefined,
): Promise<number> {
  const profiles =
    names.length === 0
      ? services.settings.view.formatProfiles
      : names.map((name) => formatNamed(services, name, 'not-found'));
  if (profiles.length === 0)
    throw new AppError(
      'not-found',
      'There are no house formats of your own. Name a built-in one to have it as a pattern: desk format export broadcast',
    );
  const text = writeHouseFormats(
    profiles.map((profile) => ({
      // A built-in one is read back as one of your own, which needs another name.
      name: isBuiltIn(profile.id)
        ? `${profileName(profile, 'en')} copy`
        : profileName(profile, 'en'),
      rules: [...profile.rules],
      otherwise: profile.otherwise,
    })),
  );
  if (to === undefined) {
    return out.done(
      { count: profiles.length, document: JSON.parse(text) as unknown },
      text.trimEnd().split('\n'),
    );
  }
  const file = await out.terminal.documents.write(to, text);
  return out.done({ count: profiles.length, file }, `${profiles.length} written to ${file}`);
}

/** What is here under a name is replaced; others stay. */
async function importFrom({ settings }: Settings, out: Output, file: string): Promise<number> {
  const profiles = readHouseFormats(await out.terminal.documents.read(file));
  const before = new Set(settings.view.formatProfiles.map(({ id }) => id));
  const { formatProfiles } = settings.importFormats(profiles);
  for (const { name } of profiles) {
    const id = formatProfiles.find((one) => one.name === name)?.id;
    const replaced = id !== undefined && before.has(id);
    out.line({ type: 'item', id, name, replaced }, `${replaced ? 'replaced' : 'added'}  ${name}`);
  }
  return out.done({ count: profiles.length });
}

/** `desk format`: house formats. */
export function addFormatCommands(program: Command, context: CommandContext): void {
  const format = program
    .command('format')
    .description('house formats: which rendition is taken, by ordered rules');
  const alone = { needsService: false };
  format
    .command('list')
    .description('list house formats with their rules')
    .action(
      onApplication(context, async ({ services }, { output }) => list(services, output), alone),
    );
  format
    .command('use')
    .description('take this one by default, in the window and the station')
    .argument('<format>', 'name or ID')
    .action(
      onApplication(
        context,
        async ({ services }, { args, output }) => {
          const profile = formatNamed(services, args[0] ?? '', 'not-found');
          services.settings.set({ houseFormat: profile.id });
          const name = profileName(profile, 'en');
          return output.done({ id: profile.id, name }, `${name} is taken by default`);
        },
        alone,
      ),
    );
  format
    .command('export')
    .description('write house formats as JSON')
    .argument('[format...]', 'names or IDs (default: all of your own)')
    .option('--to <file>', 'file to write (default: print it)')
    .action(
      onApplication<{ to?: string }>(
        context,
        ({ services }, { args, options, output }) => exportTo(services, output, args, options.to),
        alone,
      ),
    );
  format
    .command('import')
    .description('add house formats from a JSON file; one of the same name is replaced')
    .argument('<file>')
    .action(
      onApplication(
        context,
        ({ services }, { args, output }) => importFrom(services, output, args[0] ?? ''),
        alone,
      ),
    );
  format
    .command('remove')
    .description('remove a house format of your own')
    .argument('<format>', 'name or ID')
    .action(
      onApplication(
        context,
        async ({ services }, { args, output }) => {
          const { id, name } = formatNamed(services, args[0] ?? '', 'not-found');
          if (name === null)
            throw new AppError('usage', 'A built-in house format can’t be removed');
          services.settings.removeFormat(id);
          return output.done({ id, name }, `Removed ${name}`);
        },
        alone,
      ),
    );
}
