import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { onApplication, type CommandContext } from './context.ts';

/** `desk keys`: which signing keys this home trusts, and trusting new ones. */
export function addKeyCommands(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('signing keys of the service’s file lists');

  keys
    .command('list')
    .description('list trusted keys and those in use now')
    .action(
      onApplication(context, async ({ services }, { output }) => {
        const { pinned, offered } = await services.session().keys.change();
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
            `${trusted ? 'trusted  ' : 'NEW      '}${key.keyId}  ${key.publicKey}${named ? '' : '  (no longer in use)'}`,
          );
        }
        return output.done({ count: all.size });
      }),
    );

  keys
    .command('accept')
    .description('trust the service’s current keys, after confirming them another way')
    .argument('<key-id...>', 'every key in use now, as desk keys list shows them')
    .action(
      onApplication(context, async ({ services }, { args, output }) => {
        const { keys: own } = services.session();
        const { offered } = await own.change();
        const missing = offered.filter(({ keyId }) => !args.includes(keyId));
        if (missing.length > 0 || args.length !== offered.length)
          throw new AppError(
            'usage',
            `Name every key to trust: ${offered.map(({ keyId }) => keyId).join(' ')}`,
          );
        await own.accept(offered);
        return output.done(
          { count: offered.length },
          'Keys trusted. Retry what was refused with: desk queue retry',
        );
      }),
    );
}
