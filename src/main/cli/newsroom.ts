import type { Command } from 'commander';
import { COUNTRIES } from '../../shared/api/countries.ts';
import { countryCode, PLATFORMS, type Platform } from '../../shared/api/rights.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../app/services.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

type Changes = { territory?: string; platforms?: string; hold?: string };

const isPlatform = (name: string): name is Platform => PLATFORMS.some((one) => one === name);

/** @returns null for the country of the account. @throws `usage` */
function territoryOf(text: string): string | null {
  const code = countryCode(text);
  if (code === 'ACCOUNT') return null;
  if (!COUNTRIES.has(code))
    throw new AppError(
      'usage',
      `${text} isn’t a country’s code. Use the two letters of ISO 3166-1, such as FR, GB or US, or: account`,
    );
  return code;
}

function patchOf({ territory, platforms, hold }: Changes) {
  const names = platforms?.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names?.find((name) => !isPlatform(name));
  if (unknown !== undefined)
    throw new AppError('usage', `${unknown} isn’t a platform. Use: ${PLATFORMS.join(', ')}`);
  if (hold !== undefined && hold !== 'on' && hold !== 'off')
    throw new AppError('usage', 'Use --hold on or --hold off');
  return {
    ...(territory === undefined ? {} : { territory: territoryOf(territory) }),
    ...(names === undefined ? {} : { platforms: PLATFORMS.filter((one) => names.includes(one)) }),
    ...(hold === undefined ? {} : { holdUnderEmbargo: hold === 'on' }),
  };
}

/** Without a session the country of the account is the last one known. */
function territoryText(territory: string | null, isOfAccount: boolean): string {
  if (territory === null)
    return 'not stated: what depends on it has to be confirmed. Sign in, or set it with --territory';
  return `${countryCode(territory)}${isOfAccount ? ' (from your account)' : ''}`;
}

function show({ settings, viewer }: Pick<Services, 'settings' | 'viewer'>, out: Output): number {
  const { territory, platforms, holdsUnderEmbargo } = viewer().profile;
  const isOfAccount = settings.view.territory === null;
  const facts = { territory, isOfAccount, platforms, holdUnderEmbargo: holdsUnderEmbargo };
  return out.done(facts, [
    `territory  ${territoryText(territory, isOfAccount)}`,
    `platforms  ${platforms.join(', ')}`,
    `embargo    .done ${holdsUnderEmbargo ? 'waits until it lifts' : 'doesn’t wait'}`,
  ]);
}

/** `desk newsroom`: what restrictions are checked against. */
export function addNewsroomCommand(program: Command, context: CommandContext): void {
  program
    .command('newsroom')
    .description(
      'show or set where you publish: restrictions that don’t apply to you need no confirmation',
    )
    .option('--territory <code>', 'country you publish in, such as FR; account: as in your account')
    .option(
      '--platforms <list>',
      `platforms you publish on: ${PLATFORMS.join(', ')}, separated by commas`,
    )
    .option(
      '--hold <on|off>',
      'whether .done of a package downloaded under embargo waits until it lifts',
    )
    .action(
      onApplication<Changes>(
        context,
        async ({ services }, { options, output }) => {
          const patch = patchOf(options);
          if (Object.keys(patch).length > 0) services.settings.set(patch);
          return show(services, output);
        },
        { needsService: false },
      ),
    );
}
