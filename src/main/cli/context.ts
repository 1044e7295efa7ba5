import type { RecoveryReport } from '../../shared/contract/app.ts';
import type { Command } from 'commander';
import Conf from 'conf';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { ensureHome } from '../adapters/sqlite/home-lock.ts';
import { createAddressVault } from '../adapters/address-vault.ts';
import { environmentNetwork, type Network } from '../adapters/http/network.ts';
import { createLog } from '../adapters/log.ts';
import type { CredentialChoice } from '../adapters/vault.ts';
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
import type { Output } from './output.ts';

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
  'demo-rebuilt': 'The demo’s data was damaged. The demo was reset.',
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
  /** Global options, whether given before or after the command's name. */
  common(command: Command): Common;
  output(command: Command): Output;
  /** Sets the exit code; the process ends once all output is written. */
  exit(code: number): void;
};

/** Global options. */
export type Common = {
  home?: string;
  service?: string;
  demo?: boolean;
  json?: boolean;
  credentials?: string;
  credentialKey?: string;
};

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

export const homeOf = (common: Common): string =>
  path.resolve(common.home ?? process.env['MULTIMEDIA_DESK_HOME'] ?? defaultHome());

/**
 * Where secrets are to be kept, from `--credentials` and `--credential-key`.
 *
 * @returns undefined for where they were
 * @throws `usage`
 */
export function credentialChoiceOf({
  credentials,
  credentialKey,
}: Common): CredentialChoice | undefined {
  if (credentials !== undefined && credentials !== 'file' && credentials !== 'keychain')
    throw new AppError('usage', 'Use file or keychain for --credentials');
  if (credentials === 'keychain') {
    if (credentialKey !== undefined)
      throw new AppError('usage', '--credential-key goes with --credentials file');
    return { store: 'keychain' };
  }
  return credentials === undefined && credentialKey === undefined
    ? undefined
    : { store: 'file', keyFile: credentialKey };
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
export function networkOfHome(
  common: Common,
  version: string,
): { network: Network; by: DeskNetwork['by'] } {
  const home = homeOf(common);
  const policy = policyOfComputer();
  if (!existsSync(path.join(home, 'settings.json')) && !policy.view.isThere)
    return { network: environmentNetwork(), by: 'environment' };
  const settings = settingsOfHome(home, policy);
  const network = new DeskNetwork({
    settings: () => settings.view,
    vault: createAddressVault(home, 'network'),
    version,
    log: (message) => void process.stderr.write(`${message}\n`),
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
  /** Its result says whether the ledger is whole, so nothing else does. */
  checksLedger?: boolean;
};

/**
 * Opens the home and the service for one command.
 * @throws what `lockHome` throws; `usage` if a service is needed and none is set up
 */
export async function openApplication(
  common: Common,
  version: string,
  {
    needsService,
    needsSource = false,
    connect = needsService || needsSource,
    shell = noWindow,
    background = false,
    send,
  }: OpenOptions,
): Promise<Application> {
  const home = homeOf(common);
  // `createSettingsFile` needs the home before `createApplication` ensures it.
  await ensureHome(home);
  const serviceUrl = common.service ?? process.env['MULTIMEDIA_DESK_SERVICE'];
  if (serviceUrl !== undefined) requireServiceAddress(common, serviceUrl);
  const credentials = credentialChoiceOf(common);
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
  const { services } = application;
  const hasService = services.current() !== null;
  if (!hasService && (needsService || (needsSource && services.sourcesView().items.length === 0))) {
    await application.close();
    throw new AppError(
      'usage',
      `No service is set up. Use --service URL (or MULTIMEDIA_DESK_SERVICE)${needsSource ? ', or add a source: desk source add' : ''}.`,
    );
  }
  return application;
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

/** Reports each recovery once, on stderr, so that stdout stays machine-readable. */
export function printRecoveries({ services: { recoveries } }: Application, output: Output): void {
  for (const recovery of recoveries.view.items) output.warn(`desk: ${recoveryText(recovery)}`);
  recoveries.dismiss();
}

/** What a command ends with, on stderr: damage that was found, and a ledger that isn't whole. */
export async function printDamage(application: Application, output: Output): Promise<void> {
  printRecoveries(application, output);
  const { ledger, options } = application.services;
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

/**
 * The action of a command that works on an opened home: opens it, works, and closes it in any case.
 * @param open how to open it; defaults to a service being needed
 */
export function onApplication<Options = Record<string, string & boolean>>(
  context: CommandContext,
  work: Work<Options>,
  open: OpenOptions | ((common: Common, options: Options) => OpenOptions) = { needsService: true },
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const [output, common] = [context.output(command), context.common(command)];
    const options = command.opts() as Options;
    const opening = typeof open === 'function' ? open(common, options) : open;
    const isChecked = opening.checksLedger === true;
    let application: Application | null = null;
    let code: number;
    try {
      application = await openApplication(common, context.version, opening);
      printRecoveries(application, output);
      code = await work(application, { args: command.args, options, output });
    } catch (thrown) {
      code = output.failed(thrown);
    } finally {
      if (application && isChecked) printRecoveries(application, output);
      else if (application) await printDamage(application, output);
      await application?.close();
    }
    context.exit(code);
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

/** Reads one line from standard input and strips only its line end. */
export async function readPassword(): Promise<string> {
  const [password = ''] = await readPasswords(['Password']);
  return password;
}

/**
 * Reads one line per name, in order.
 * @throws `usage` if a line is missing or empty
 */
export async function readPasswords(names: readonly string[]): Promise<string[]> {
  if (process.stdin.isTTY) process.stderr.write(`${names.join(', then ')}: `);
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += String(part);
    if (text.split('\n').length > names.length) break;
  }
  const lines = text.split(/\r?\n/).slice(0, names.length);
  if (lines.length < names.length || lines.includes(''))
    throw new AppError(
      'usage',
      `${names.join(', then ')}: expected on standard input, one per line`,
    );
  return lines;
}
