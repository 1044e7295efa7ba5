import type { Command } from 'commander';
import { onApplication, type CommandContext } from './context.ts';

type Options = { to?: string; overwrite?: boolean };

/** `desk report`: what helps to find a fault, to be attached to a ticket. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('versions, settings, states and the end of the log, without secrets, for a ticket')
    .option('--to <file>', 'write it to this file; default: a name with the time, in this folder')
    .option('--overwrite', 'replace an existing file')
    .action(
      onApplication<Options>(
        context,
        async ({ services }, { options, output }) => {
          const { documents } = output.terminal;
          if (options.to !== undefined && options.overwrite !== true)
            await documents.requireFree(options.to);
          const { supportReport } = await import('../app/support-report.ts');
          const { name, text } = await supportReport(services);
          const file = await documents.write(options.to ?? name, text);
          return output.done({ file }, `Read it before you send it: ${file}`);
        },
        { needsService: false, connect: true },
      ),
    );
}
