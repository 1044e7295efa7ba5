import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import type { CommandContext } from './account.ts';
import { withDesk } from './context.ts';

/**
 * `desk keys list` and `accept`: whom this home believes when a service signs its lists of files.
 */
export function addKeyCommands(program: Command, context: CommandContext): void {
  const keys = program
    .command('keys')
    .description('keys that sign the lists of files of a service');

  keys
    .command('list')
    .description('those trusted here, and those the service names now')
    .action(async (_options: unknown, command: Command) => {
      const output = context.output(command);
      context.exit(
        await withDesk(
          context.common(command),
          context.version,
          output,
          { needsService: true },
          async ({ desk }) => {
            const { pinned, offered } = await desk.session().keys.change();
            const all = new Map(
              [...pinned, ...offered].map((key) => [`${key.keyId} ${key.publicKey}`, key]),
            );
            const holds = (
              list: typeof pinned,
              { keyId, publicKey }: (typeof pinned)[number],
            ): boolean => list.some((key) => key.keyId === keyId && key.publicKey === publicKey);
            for (const key of all.values()) {
              const [trusted, named] = [holds(pinned, key), holds(offered, key)];
              output.line(
                { type: 'item', ...key, trusted, named },
                `${trusted ? 'trusted  ' : 'NEW      '}${key.keyId}  ${key.publicKey}${named ? '' : '  (no longer named by the service)'}`,
              );
            }
            return output.done({ count: all.size });
          },
        ),
      );
    });

  keys
    .command('accept')
    .description(
      'trust the keys the service names now, and no longer the former ones; only after the service has confirmed them by another way',
    )
    .argument('<key-id...>', 'all that desk keys list shows as named now')
    .action(async (_ids: string[], _options: unknown, command: Command) => {
      const output = context.output(command);
      context.exit(
        await withDesk(
          context.common(command),
          context.version,
          output,
          { needsService: true },
          async ({ desk }) => {
            const { keys: own } = desk.session();
            const { offered } = await own.change();
            const missing = offered.filter(({ keyId }) => !command.args.includes(keyId));
            if (missing.length > 0 || command.args.length !== offered.length)
              throw new AppError(
                'usage',
                `Name the keys that are to be trusted, all of them: ${offered.map(({ keyId }) => keyId).join(' ')}`,
              );
            await own.accept(offered);
            return output.done(
              { count: offered.length },
              'Trusted from now on; desk queue retry goes on with what was refused',
            );
          },
        ),
      );
    });
}
