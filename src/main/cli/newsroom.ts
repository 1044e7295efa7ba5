import type { Command } from 'commander';
import { PLATFORMS, type Platform } from '../../shared/api/rights.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../app/services.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

type Changes = { territory?: string; platforms?: string; hold?: string };

const isPlatform = (name: string): name is Platform => PLATFORMS.some((one) => one === name);

function patchOf({ territory, platforms, hold }: Changes) {
  const names = platforms?.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names?.find((name) => !isPlatform(name));
  if (unknown !== undefined)
    throw new AppError('usage', `${unknown} isn’t a platform. Use: ${PLATFORMS.join(', ')}`);
  const code = territory?.trim().toUpperCase();
  if (code !== undefined && code !== 'ACCOUNT' && !/^[A-Z]{2}$/u.test(code))
    throw new AppError('usage', 'A territory is a two-letter country code, or: account');
  if (hold !== undefined && hold !== 'on' && hold !== 'off')
    throw new AppError('usage', 'Use --hold on or --hold off');
  return {
    ...(code === undefined ? {} : { territory: code === 'ACCOUNT' ? null : code }),
    ...(names === undefined ? {} : { platforms: PLATFORMS.filter((one) => names.includes(one)) }),
    ...(hold === undefined ? {} : { holdUnderEmbargo: hold === 'on' }),
  };
}

function show({ settings, viewer }: Pick<Services, 'settings' | 'viewer'>, out: Output): number {
  const { territory, platforms, holdsUnderEmbargo } = viewer().profile;
  return out.done({ territory, platforms, holdUnderEmbargo: holdsUnderEmbargo }, [
    `territory  ${territory ?? 'not stated'}${settings.view.territory === null ? ' (from your account)' : ''}`,
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
