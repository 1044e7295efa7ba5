import type { Command } from 'commander';
import type { WatchFolderView } from '../../shared/contract/watch-folder.ts';
import type { Services } from '../app/services.ts';
import { momentText } from '../catalogue/rights.ts';
import { onApplication, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

const LOCAL = { needsService: false, connect: false } as const;

function print(view: WatchFolderView, { policy, settings }: Services, output: Output): number {
  const { setting, state, fault, lists } = view;
  for (const { name, at, queued, fault: own } of lists)
    output.line({ type: 'list', name, at, queued, fault: own }, [
      `${momentText(at)}  ${name}: ${[
        ...(own === null || queued > 0 ? [`${queued} queued`] : []),
        ...(own === null ? [] : [own.message]),
      ].join('. ')}`,
    ]);
  const isOff = policy.isOff('watch-folder') || policy.isOff('get-by-address');
  const said =
    setting === null
      ? 'No watch folder is set'
      : `${setting.folder}: ${
          isOff
            ? 'not watched, switched off by the administrator'
            : fault !== null
              ? fault.message
              : state === 'watching'
                ? 'watched'
                : 'watched while the app or desk station runs'
        }, downloads to ${setting.destination ?? settings.view.destination}`;
  return output.done({ setting, state, fault }, said);
}

/** `desk watch-folder`: lists that others put into a folder are queued. */
export function addWatchFolderCommands(program: Command, context: CommandContext): void {
  const watch = program
    .command('watch-folder')
    .description('queue the Metalinks and exported queues that are put into a folder');
  watch
    .command('set')
    .description('watch this folder while the app or desk station runs')
    .argument('<folder>', 'lists are moved to its subfolders done and failed')
    .option('--to <dir>', 'destination folder (default: the one in the settings)')
    .action(
      onApplication<{ to?: string }>(
        context,
        async ({ services }, { args: [folder = ''], options, output }) =>
          print(
            await services.listInbox.set({
              folder: output.terminal.resolve(folder),
              destination: options.to === undefined ? null : output.terminal.resolve(options.to),
            }),
            services,
            output,
          ),
        LOCAL,
      ),
    );
  watch
    .command('off')
    .description('stop watching; the folder stays as it is')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) =>
          print(await services.listInbox.set(null), services, output),
        LOCAL,
      ),
    );
  watch
    .command('status')
    .description('show the folder, its last lists, and what is wrong')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => print(services.listInbox.view, services, output),
        LOCAL,
      ),
    );
}
