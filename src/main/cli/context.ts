import type { RecoveryReport } from '../../shared/contract/app.ts';
import type { Command } from 'commander';
import Conf from 'conf';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { ensureHome } from '../adapters/sqlite/home-lock.ts';
import { createAddressVault } from '../adapters/address-vault.ts';
import { environmentNetwork, type Network } from '../adapters/http/network.ts';
import { createLog } from '../adapters/log.ts';
import { isCredentialChoice, type CredentialChoice } from '../adapters/vault.ts';
import { createSettingsFile } from '../adapters/fs/settings-file.ts';
import { createApplication } from '../app/application.ts';
import { DeskNetwork } from '../app/network.ts';
import { readPolicyFile, systemPolicy } from '../adapters/fs/policy-file.ts';
import { Policy } from '../settings/policy.ts';
import { Settings } from '../settings/settings.ts';
import { serviceOrigin } from '../app/service-address.ts';
import type { Application, Services, Shell } from '../app/services.ts';
import type { KeychainState } from '../account/ports.ts';
import { faultText } from '../ledger/journal.ts';
import type { ChainFault } from '../ledger/ledger.ts';
import { forward } from './forward.ts';
import type { RunHosted } from './host.ts';
import type { Output } from './output.ts';
import { hostName, type Terminal } from './terminal.ts';

const WHAT: Record<RecoveryReport['kind'], string> = {
  'settings-rebuilt': 'The settings were damaged.',
  'settings-changed':
    'The settings file was changed outside the app and is used as it is. Check your settings.',
  'library-rebuilt': 'The library was damaged and has been repaired.',
  'library-damaged': 'Part of the library can’t be read. The next start repairs it.',
  'queue-rebuilt': 'The queue was damaged and has been repaired. Files on disk are untouched.',
  'queue-damaged': 'Part of the queue can’t be read. The next start repairs it.',
  'auto-fetch-rebuilt':
    'The record of auto-fetch was damaged and has been repaired. Nothing is queued twice.',
  'events-rebuilt':
    'The record of events was damaged and has been repaired. Some events may not have been sent.',
  'demo-rebuilt': 'The demo’s data was damaged. The demo was reset.',
  'api-tokens-reset':
    'The list of systems with access to the API was damaged. None has access: give them new tokens.',
  'credentials-reset': 'The credential file was damaged. Sign in again.',
  'items-skipped': 'The service sent entries that couldn’t be read. They were skipped.',
  'moved-aside': 'Something else was where one of the app’s files belongs.',
};

/** One line for a terminal. No full stop after a path: it may be copied from there. */
function recoveryText({ kind, file, kept, fromBackup, lost }: RecoveryReport): string {
  const facts = [
    ...(kept === null ? [] : [`${kept} recovered`]),
    ...(fromBackup > 0
      ? [
          kind === 'settings-rebuilt'
            ? 'restored from their last backup'
            : `${fromBackup} of them from a backup`,
        ]
      : []),
    ...(lost.length > 0 ? [`not recovered: ${lost.join(', ')}`] : []),
    ...(file === null ? [] : [`set aside as ${file}`]),
  ].join(', ');
  return facts === ''
    ? WHAT[kind]
    : `${WHAT[kind]} ${facts.charAt(0).toUpperCase()}${facts.slice(1)}`;
}

/** Version and paths, known only to the entry point: the bundler may move any other module. */
export type ProgramInfo = {
  version: string;
  /** Folder of the built renderer, which the station serves. */
  pages: string;
};
export type CommandContext = ProgramInfo & {
  /** The command line, without the program's name. */
  argv: readonly string[];
  terminal: Terminal;
  /** That of this process, for a command that another process has sent; null for one of its own. */
  hosted: Application | null;
  /** Carries out what other processes send to this one. */
  run: RunHosted;
  /** Global options, whether given before or after the command's name. */
  common(command: Command): Common;
  output(command: Command): Output;
  /** Sets the exit code; the process ends once all output is written. */
  exit(code: number): void;
};

/** Global options. */
export type GivenCommon = {
  home?: string;
  service?: string;
  demo?: boolean;
  json?: boolean;
  credentials?: string;
  credentialKey?: string;
};
/** With the home that is used, an absolute path. */
export type Common = GivenCommon & { home: string };

/** Electron's `userData` folder, so that window and command line share their state. */
function defaultHome(): string {
  const base =
    {
      win32: process.env['APPDATA'] ?? path.join(os.homedir(), 'AppData', 'Roaming'),
      darwin: path.join(os.homedir(), 'Library', 'Application Support'),
    }[process.platform as string] ??
    process.env['XDG_CONFIG_HOME'] ??
    path.join(os.homedir(), '.config');
  return path.join(base, 'multimedia-desk');
}

/** The home that is named by an option, the environment, or else the user's. */
export const homeOf = ({ home }: GivenCommon): string =>
  path.resolve(home ?? process.env['MULTIMEDIA_DESK_HOME'] ?? defaultHome());

/**
 * Where secrets are to be kept, from `--credentials` and `--credential-key`.
 *
 * @returns undefined for where they were
 * @throws `usage`
 */
export function credentialChoiceOf(
  { credentials, credentialKey }: Common,
  terminal: Terminal,
): CredentialChoice | undefined {
  if (credentials !== undefined && credentials !== 'file' && credentials !== 'keychain')
    throw new AppError('usage', 'Use file or keychain for --credentials');
  if (credentials === 'keychain') {
    if (credentialKey !== undefined)
      throw new AppError('usage', '--credential-key goes with --credentials file');
    return { store: 'keychain' };
  }
  return credentials === undefined && credentialKey === undefined
    ? undefined
    : {
        store: 'file',
        keyFile: credentialKey === undefined ? undefined : terminal.resolve(credentialKey),
      };
}

const noWindow: Shell = {
  kind: 'command-line',
  mediaSuffix: () => '',
  chooseFolder: async () => null,
  chooseFile: async () => null,
  reveal: () => undefined,
  openExternal: async () => {
    throw new AppError('forbidden', 'No browser can be opened from the command line');
  },
};

/** The administrator's policy of this computer. */
export const policyOfComputer = (): Policy => new Policy(readPolicyFile(systemPolicy()));

/** The settings of a home that isn't opened, as the policy of this computer leaves them. */
export const settingsOfHome = (home: string, policy = policyOfComputer()): Settings =>
  new Settings(
    createSettingsFile(Conf, home),
    { destination: home, language: 'en' },
    () => undefined,
    policy,
  );

/**
 * The network as the settings of a home have it, for commands that open no home; as the environment
 * says where there are none.
 */
export function networkFor(
  { hosted, version, terminal }: CommandContext,
  { home }: Common,
): { network: Network; by: DeskNetwork['by'] } {
  if (hosted) {
    const { network } = hosted.services;
    return { network, by: network.by };
  }
  const policy = policyOfComputer();
  if (!existsSync(path.join(home, 'settings.json')) && !policy.view.isThere)
    return { network: environmentNetwork(), by: 'environment' };
  const settings = settingsOfHome(home, policy);
  const network = new DeskNetwork({
    settings: () => settings.view,
    vault: createAddressVault(home, 'network'),
    version,
    log: (message) => terminal.err(`${message}\n`),
  });
  return { network, by: network.by };
}

type OpenOptions = {
  needsService: boolean;
  /** Any source of footage will do, also one without an account. */
  needsSource?: boolean;
  /** Connects to the service if one is set up; defaults to `needsService`. */
  connect?: boolean;
  shell?: Shell;
  background?: boolean;
  send?(name: string, payload: unknown): void;
};
type CommandOptions = OpenOptions & {
  /** Its result says whether the ledger is whole, so nothing else does. */
  checksLedger?: boolean;
  /** Says why it failed; `isOpen` is false if the home couldn't be opened. @returns the exit code */
  failed?(thrown: unknown, output: Output, isOpen: boolean): number;
};

/** @throws `usage` if a service or source is needed and none is set up */
function requireSource(
  { services }: Application,
  { needsService, needsSource = false }: OpenOptions,
  { host }: Terminal,
): void {
  const isMissing = needsService || (needsSource && services.sourcesView().items.length === 0);
  if (services.current() !== null || !isMissing) return;
  const choose =
    host === null
      ? 'Use --service URL (or MULTIMEDIA_DESK_SERVICE)'
      : host === 'station'
        ? 'Choose it on the page of desk station, or start that with --service URL (or MULTIMEDIA_DESK_SERVICE)'
        : `Choose it in ${hostName(host)}`;
  throw new AppError(
    'usage',
    `No service is set up. ${choose}${needsSource ? ', or add a source: desk source add' : ''}.`,
  );
}

/**
 * Opens the home and the service in this process.
 * @throws what `lockHome` throws; `usage` if a service is needed and none is set up
 */
export async function openApplication(
  { version, terminal }: Pick<CommandContext, 'version' | 'terminal'>,
  common: Common,
  opening: OpenOptions,
): Promise<Application> {
  const {
    needsService,
    needsSource = false,
    connect = needsService || needsSource,
    shell = noWindow,
    background = false,
    send,
  } = opening;
  const { home } = common;
  // `createSettingsFile` needs the home before `createApplication` ensures it.
  await ensureHome(home);
  const serviceUrl = common.service ?? terminal.service;
  if (serviceUrl !== undefined) requireServiceAddress(common, serviceUrl);
  const credentials = credentialChoiceOf(common, terminal);
  const application = await createApplication({
    home,
    version,
    shell,
    background,
    ...(send ? { send } : {}),
    log: createLog(home),
    settingsStore: createSettingsFile(Conf, home),
    serviceUrl,
    demo: common.demo,
    credentials,
    connect,
  });
  try {
    requireSource(application, opening, terminal);
  } catch (thrown) {
    await application.close();
    throw thrown;
  }
  return application;
}

const usedText = (scope: string | null): string =>
  scope === null ? 'no service' : scope === 'demo' ? 'the demo' : scope;

/**
 * What a process that runs already has chosen isn't chosen anew by a command.
 * @throws `usage` for something else than it has, and what `serviceOrigin` throws
 */
function requireAsChosen({ services }: Application, common: Common, terminal: Terminal): void {
  const { service, host } = terminal;
  const name = hostName(host ?? 'station', true);
  const stop = host === 'desktop' ? 'close it' : 'stop it';
  const used = services.current()?.scope ?? null;
  const given = common.service ?? service;
  if (given !== undefined) requireServiceAddress(common, given);
  const wanted = common.demo ? 'demo' : given === undefined ? used : serviceOrigin(given);
  if (wanted !== used) {
    const option = common.demo
      ? '--demo'
      : common.service === undefined
        ? 'MULTIMEDIA_DESK_SERVICE'
        : '--service';
    throw new AppError(
      'usage',
      `${name} uses ${usedText(used)}. Leave out ${option}, choose ${usedText(wanted)} in its settings, or ${stop} first.`,
    );
  }
  const choice = credentialChoiceOf(common, terminal);
  if (choice !== undefined && !isCredentialChoice(services.options.home, choice))
    throw new AppError(
      'usage',
      `${name} keeps tokens elsewhere. Leave out --credentials and --credential-key, or ${stop} first.`,
    );
}

/** @throws what `serviceOrigin` throws; the message says where the address was given */
function requireServiceAddress({ service }: Common, address: string): void {
  try {
    serviceOrigin(address);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const option = service === undefined ? 'MULTIMEDIA_DESK_SERVICE' : '--service';
    const example = thrown.code === 'usage' ? '. Use one such as https://media.example' : '';
    throw new AppError(thrown.code, `${option}: ${thrown.message}${example}`);
  }
}

/**
 * Reports each recovery once, on stderr, so that stdout stays machine-readable. Those of a host stay
 * on its pages, which others read.
 */
function createRecoveryPrinter(
  { services: { recoveries } }: Application,
  output: Output,
): () => void {
  const told = new Set<string>();
  return () => {
    for (const recovery of recoveries.view.items) {
      const text = recoveryText(recovery);
      if (!told.has(text)) output.warn(`desk: ${text}`);
      told.add(text);
    }
    if (output.terminal.host === null) recoveries.dismiss();
  };
}

/** A ledger that isn't whole, on stderr. */
async function printBreak({ services: { ledger, options } }: Application, output: Output) {
  try {
    const broken = await ledger.journal.knownBreak();
    if (broken !== null) output.warn(`desk: ${brokenText(broken)}`);
  } catch (thrown) {
    options.log.error('ledger', thrown);
  }
}

/** A broken ledger, and where to go on. */
const brokenText = (broken: ChainFault): string =>
  `The ledger is broken: ${faultText(broken)}. New entries are still added. See: desk ledger check, and docs/security.md`;

export const keychainOf = (services: Services): KeychainState =>
  services.current()?.account.view.keychain ?? 'ok';

/** A command's work on an opened home. @returns the exit code */
export type Work<Options = Record<string, string & boolean>> = (
  application: Application,
  call: { args: string[]; options: Options; output: Output },
) => Promise<number>;

/** How long a process that has the home and is just starting is waited for, ms. */
const STARTING_MS = 2000;
const STARTING_STEP_MS = 100;

const forwarded = (context: CommandContext, command: Command): Promise<number | null> =>
  forward(context.common(command).home, command, {
    ...context,
    output: context.output(command),
  });

/**
 * Has a command carried out by the process that is starting in its home.
 * @throws `inUse` if none serves it soon
 */
async function forwardedSoon(
  context: CommandContext,
  command: Command,
  inUse: AppError,
): Promise<number> {
  const untilMs = systemClock.nowMs() + STARTING_MS;
  while (systemClock.nowMs() < untilMs) {
    await systemClock.sleep(STARTING_STEP_MS);
    const code = await forwarded(context, command);
    if (code !== null) return code;
  }
  throw inUse;
}

/** Works on an opened home and closes it in any case. @returns the exit code */
async function workOn<Options>(
  application: Application,
  work: Work<Options>,
  call: Parameters<Work<Options>>[1],
  { checksLedger = false, failed }: CommandOptions,
): Promise<number> {
  const { output } = call;
  const printRecoveries = createRecoveryPrinter(application, output);
  try {
    printRecoveries();
    return await work(application, call);
  } catch (thrown) {
    return failed?.(thrown, output, true) ?? output.failed(thrown);
  } finally {
    printRecoveries();
    if (!checksLedger) await printBreak(application, output);
    await application.close();
  }
}

/**
 * The action of a command that works on an opened home: on the one that this process opens, or in
 * the process that has it open.
 *
 * @param open how to open it; defaults to a service being needed
 */
export function onApplication<Options = Record<string, string & boolean>>(
  context: CommandContext,
  work: Work<Options>,
  open:
    | CommandOptions
    | ((common: Common, options: Options, args: readonly string[]) => CommandOptions) = {
    needsService: true,
  },
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const [output, common] = [context.output(command), context.common(command)];
    const options = command.opts() as Options;
    const opening = typeof open === 'function' ? open(common, options, command.args) : open;
    const call = { args: command.args, options, output };
    const { hosted, terminal } = context;
    const carryOut = async (): Promise<number> => {
      if (hosted) {
        requireAsChosen(hosted, common, terminal);
        requireSource(hosted, opening, terminal);
        return workOn(hosted, work, call, opening);
      }
      const code = await forwarded(context, command);
      if (code !== null) return code;
      const application = await openApplication(context, common, opening).catch(
        (thrown: unknown) => {
          if (thrown instanceof AppError && thrown.code === 'home-in-use') return thrown;
          throw thrown;
        },
      );
      return application instanceof AppError
        ? forwardedSoon(context, command, application)
        : workOn(application, work, call, opening);
    };
    try {
      context.exit(await carryOut());
    } catch (thrown) {
      context.exit(opening.failed?.(thrown, output, false) ?? output.failed(thrown));
    }
  };
}

/**
 * The action of a command that opens no home, but looks at what a process uses that has it open:
 * carried out by that one, if there is one of this version.
 */
export function withoutOpening(
  context: CommandContext,
  work: (command: Command, output: Output) => Promise<number>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const output = context.output(command);
    try {
      const code = context.hosted
        ? null
        : await forwarded(context, command).catch((thrown: unknown) => {
            if (thrown instanceof AppError && thrown.code === 'home-in-use') return null;
            throw thrown;
          });
      context.exit(code ?? (await work(command, output)));
    } catch (thrown) {
      context.exit(output.failed(thrown));
    }
  };
}

/** The value of `--limit`. @throws `usage` */
export function parseLimit(text: string | undefined): number {
  const limit = text === undefined ? Infinity : Number(text);
  if (Number.isNaN(limit) || limit < 1)
    throw new AppError('usage', 'Use a number above 0 for --limit');
  return limit;
}

/** The day in UTC, or a moment. @throws `usage` */
export function parseMoment(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const ms = /^\d{4}-\d{2}-\d{2}/u.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms))
    throw new AppError(
      'usage',
      `Use a date for ${option}, for example 2026-11-24 or 2026-11-24T18:00Z`,
    );
  return ms;
}

/** Reads one line from standard input. @throws as `Terminal.readLines` */
export async function readPassword({ terminal }: Output): Promise<string> {
  const [password = ''] = await terminal.readLines(['Password']);
  return password;
}
