import type { Command } from 'commander';
import { templatesUnder } from '../app/policy-guard.ts';
import { resolveTarget } from '../app/resolve-target.ts';
import { keychainOf, onApplication, type CommandContext } from './context.ts';
import { getCommand, needsSource, runGet, type GetOptions } from './get.ts';
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
              destination: services.settings.view.destination,
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
