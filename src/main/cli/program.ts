import { Command, CommanderError, type Option } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { addAccountCommands } from './account.ts';
import { addApiCommands } from './api.ts';
import { addArticleCommands } from './articles.ts';
import { addAutoFetchCommands } from './auto-fetch.ts';
import { homeOf, type CommandContext, type GivenCommon, type ProgramInfo } from './context.ts';
import { addDoctorCommand } from './doctor.ts';
import { addFormatCommands } from './format.ts';
import { addHistoryCommands } from './history.ts';
import { addKeyCommands } from './keys.ts';
import { addLedgerCommands } from './ledger.ts';
import { addCatalogueCommands } from './catalogue.ts';
import { addNewsroomCommand } from './newsroom.ts';
import { Output } from './output.ts';
import { addPolicyCommand } from './policy.ts';
import { addRecallCommands } from './recall.ts';
import { addNetworkCommands } from './network.ts';
import { addReportCommand } from './report.ts';
import { addSavedCommands } from './saved.ts';
import { addSourceCommands } from './source.ts';
import { addStationCommands } from './station.ts';
import { ownTerminal, type Terminal } from './terminal.ts';
import { addTransferCommands } from './transfers.ts';
import type { Application } from '../app/services.ts';
import { addWatchFolderCommands } from './watch-folder.ts';
import { addWebhookCommands } from './webhook.ts';

/** A call of the command line: from where, and in whose process. */
type Call = Pick<CommandContext, 'argv' | 'terminal' | 'hosted' | 'exit'>;

export function programOf(facts: ProgramInfo, call: Call = ownCall([])): Command {
  const { terminal, hosted } = call;
  const program = new Command('desk')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .description(
      'Multimedia Desk on the command line: find footage, download verified packages, read articles.',
    )
    .version(facts.version)
    .option('--json', 'print one JSON object per line')
    .option('--home <dir>', 'folder for settings and state (MULTIMEDIA_DESK_HOME)')
    .option('--service <url>', 'service address, without /v1 (MULTIMEDIA_DESK_SERVICE)')
    .option('--demo', 'use the built-in demo')
    .option(
      '--credentials <where>',
      'keep tokens in: keychain (the system’s), or file (encrypted, in the home); remembered',
    )
    .option(
      '--credential-key <file>',
      'key of the credential file: 32 random bytes or a passphrase (default: systemd’s credential multimedia-desk-key)',
    )
    .showHelpAfterError('(See desk --help.)')
    .exitOverride();
  const context: CommandContext = {
    ...facts,
    ...call,
    run: (argv, own) => runHosted(facts, argv, own),
    common: (command) => {
      const given = command.optsWithGlobals<GivenCommon>();
      return { ...given, home: hosted?.services.options.home ?? homeOf(given) };
    },
    output: (command) => new Output(command.optsWithGlobals<GivenCommon>().json === true, terminal),
  };
  addAccountCommands(program, context);
  addCatalogueCommands(program, context);
  addNetworkCommands(program, context);
  addReportCommand(program, context);
  addSavedCommands(program, context);
  addAutoFetchCommands(program, context);
  addFormatCommands(program, context);
  addTransferCommands(program, context);
  addRecallCommands(program, context);
  addArticleCommands(program, context);
  addSourceCommands(program, context);
  addStationCommands(program, context);
  addApiCommands(program, context);
  addDoctorCommand(program, context);
  addKeyCommands(program, context);
  addLedgerCommands(program, context);
  addHistoryCommands(program, context);
  addNewsroomCommand(program, context);
  addPolicyCommand(program, context);
  addWebhookCommands(program, context);
  addWatchFolderCommands(program, context);
  takeGlobalsEverywhere(
    program,
    program.options.filter(({ long }) => long !== '--version'),
  );
  return program;
}

/** Accepts global options after the command's name too: `desk get --json …`. */
function takeGlobalsEverywhere(parent: Command, globals: readonly Option[]): void {
  for (const command of parent.commands) {
    command.exitOverride();
    for (const option of globals)
      if (!command.options.some(({ long }) => long === option.long)) command.addOption(option);
    takeGlobalsEverywhere(command, globals);
  }
}

const ownCall = (argv: readonly string[]): Call => ({
  argv,
  terminal: ownTerminal(),
  hosted: null,
  exit: (code) => {
    process.exitCode = code;
  },
});

/** Carries out a command line. What it does says its exit code by `call.exit`, and so does a fault. */
async function carryOut(facts: ProgramInfo, call: Call): Promise<void> {
  const { argv, terminal, exit } = call;
  try {
    await programOf(facts, call).parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    const output = new Output(argv.includes('--json'), terminal);
    if (thrown instanceof CommanderError) {
      // Commander has already printed it for people.
      const message =
        thrown.code === 'commander.help'
          ? 'No command given. See desk --help.'
          : thrown.message.replace(/^error: /, '');
      if (output.json && thrown.exitCode !== 0) output.failedWith({ code: 'usage', message });
      exit(thrown.exitCode === 0 ? 0 : 2);
    } else
      exit(
        output.failed(
          thrown instanceof AppError ? thrown : new Error('unexpected', { cause: thrown }),
        ),
      );
  }
}

/** Carries out a command line of another process in this one. @returns the exit code */
export async function runHosted(
  facts: ProgramInfo,
  argv: readonly string[],
  { terminal, application }: { terminal: Terminal; application: Application },
): Promise<number> {
  let code = 0;
  const exit = (said: number): void => {
    code = said;
  };
  await carryOut(facts, { argv, terminal, hosted: application, exit });
  return code;
}

/** Runs the command in `process.argv` and sets the exit code. */
export async function run(facts: ProgramInfo): Promise<void> {
  // A closed reader (`desk … | head`) is no error: the command continues, so that the exit code
  // stays meaningful.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EPIPE') throw thrown;
    });
  }
  await carryOut(facts, ownCall(process.argv.slice(2)));
}
