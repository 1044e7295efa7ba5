import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { isSeed } from './content/open.ts';
import { EditRefused, parseEdit, type EditRequest } from './editing/request.ts';
import { askService, type EditorAnswer, type EditorAsked } from './editing/socket.ts';
import { startService } from './index.ts';
import type { ServiceOptions } from './index.ts';
import { stderrLog } from './log.ts';

/** The service refused an edit. */
const REFUSED = 1;
/** Wrong arguments, or no service runs on the folder. */
const USAGE_ERROR = 2;

/**
 * `assets/demo` of the repository or the package: this file runs from src/service or, built, from
 * out/main.
 */
function demoDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '../../assets/demo'), join(here, '../assets/demo')].find((folder) =>
    existsSync(folder),
  );
  if (found === undefined) throw new Error('The demo media are missing (assets/demo)');
  return found;
}

const refuse = (message: string): never => {
  throw new InvalidArgumentError(message);
};
const port = (text: string): number =>
  /^\d{1,5}$/.test(text) && Number(text) < 65_536
    ? Number(text)
    : refuse('must be a number from 0 to 65535');
const seed = (text: string) => (isSeed(text) ? text : refuse('must be demo or bench:N'));
const origin = (text: string): string =>
  /^https?:\/\/[^?#]+$/.test(text)
    ? text.replace(/\/+$/, '')
    : refuse('must be an http(s) URL without a query');
const bytes = (text: string): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : refuse('must be a number of bytes');
const connections = (text: string): number =>
  /^[1-9]\d{0,4}$/.test(text) ? Number(text) : refuse('must be a number from 1 to 99999');
const line = (text: string): string =>
  /^[^\p{Cc}]{1,200}$/u.test(text.trim())
    ? text.trim()
    : refuse('must be one line of at most 200 characters');
const limits = (text: string) =>
  text === 'normal' || text === 'relaxed' ? text : refuse('must be normal or relaxed');

type Given = {
  port: number;
  metricsPort?: number;
  data?: string;
  seed: NonNullable<ServiceOptions['seed']>;
  demoDay: boolean;
  origin?: string;
  limits: NonNullable<ServiceOptions['limits']>;
  testControls?: boolean;
  rotatePepper?: boolean;
  quota?: number;
  connections?: number;
  contact?: string;
};

const startOptions = (program: Command): Command =>
  program
    .description(
      'Start the reference service on its own, on loopback. With a command: edit what a running one publishes.',
    )
    .option('--port <number>', 'port to listen on; 0: any free port', port, 0)
    .option(
      '--metrics-port <number>',
      'serve metrics for Prometheus at http://127.0.0.1:<number>/metrics; 0: any free port',
      port,
    )
    .option('--data <folder>', 'folder for accounts and keys; default: a temporary one')
    .option('--seed <seed>', 'content: demo, or bench:N for N generated assets', seed, 'demo')
    .option(
      '--no-demo-day',
      'leave out the correction and the withdrawal that the demo makes minutes after its first start',
    )
    .option(
      '--origin <url>',
      'serve files from <url>/<packageId>/<path> instead of this service',
      origin,
    )
    .option(
      '--limits <kind>',
      'rate limits: normal, or relaxed for load and test runs',
      limits,
      'normal',
    )
    .option(
      '--quota <bytes>',
      'most bytes one account may download per day (UTC); default: no limit',
      bytes,
    )
    .option(
      '--contact <text>',
      'how to reach the people who run the service, shown at the end of every email',
      line,
    )
    .option(
      '--rotate-pepper',
      'add a new secret key for password hashes; accounts move to it at their next sign-in',
    )
    .option(
      '--connections <number>',
      'most open connections per address (IPv6 /64), of 800 in all; default: 200, or 800 with relaxed limits',
      connections,
    )
    .option(
      '--test-controls',
      'let anyone on this computer move the clock, break downloads and edit assets',
    );

async function start(options: Given): Promise<void> {
  if (options.testControls)
    process.stderr.write(
      'TEST CONTROLS ARE ON: anyone on this computer can move the clock, break downloads and edit assets.\n',
    );
  const service = await startService({
    port: options.port,
    seed: options.seed,
    demoDay: options.seed === 'demo' && options.demoDay,
    editors: options.data !== undefined,
    limits: options.limits,
    testControls: options.testControls ?? false,
    rotatePepper: options.rotatePepper ?? false,
    demoDir: demoDirectory(),
    log: stderrLog,
    ...(options.data === undefined ? {} : { dataDir: options.data }),
    ...(options.quota === undefined ? {} : { quotaBytesPerDay: options.quota }),
    ...(options.metricsPort === undefined ? {} : { metricsPort: options.metricsPort }),
    ...(options.connections === undefined
      ? {}
      : { connections: { perAddress: options.connections } }),
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    ...(options.contact === undefined ? {} : { contact: options.contact }),
    ...(process.env['SMTP_URL'] ? { smtpUrl: process.env['SMTP_URL'] } : {}),
  });
  const stop = () => {
    // Open downloads may delay the close; a second signal exits at once.
    process.once('SIGINT', () => process.exit(130));
    void service.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(
    `${JSON.stringify({ type: 'service', url: service.url, mailbox: service.mailboxUrl, metrics: service.metricsUrl, pid: process.pid, demoAccount: service.demoAccount })}\n`,
  );
}

type EditGiven = {
  data: string;
  reason?: string;
  reasonFr?: string;
  note?: string;
  noteFr?: string;
  patch?: string;
};

function fail(message: string, code: number): never {
  process.stderr.write(`service: ${message}\n`);
  process.exit(code);
}

async function ask(data: string, asked: EditorAsked): Promise<unknown> {
  const answer: EditorAnswer | null = await askService(data, asked);
  if (answer === null)
    return fail(
      `no service runs on ${data}. Start it with --data ${data}, then edit.`,
      USAGE_ERROR,
    );
  return 'refused' in answer ? fail(answer.refused, REFUSED) : answer.ok;
}

/** Prints one line of JSON, as the start does. */
const print = (type: string, fields: object) =>
  process.stdout.write(`${JSON.stringify({ type, ...fields })}\n`);

function readPatch(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return fail(
      error instanceof SyntaxError
        ? `${file} isn’t JSON: ${error.message}`
        : `${file} can’t be read`,
      USAGE_ERROR,
    );
  }
}

const localText = (en: string | undefined, fr: string | undefined) =>
  en === undefined && fr === undefined ? undefined : { en, ...(fr === undefined ? {} : { fr }) };

/** Checked here as well, so that wrong arguments are told apart from what the service refuses. */
function requestOf(act: string, given: EditGiven): EditRequest {
  const reason = localText(given.reason, given.reasonFr);
  const note = localText(given.note, given.noteFr);
  try {
    return parseEdit({
      act,
      ...(reason === undefined ? {} : { reason }),
      ...(note === undefined ? {} : { note }),
      ...(given.patch === undefined ? {} : { patch: readPatch(given.patch) }),
    });
  } catch (error) {
    if (error instanceof EditRefused) return fail(error.message, USAGE_ERROR);
    throw error;
  }
}

const EDITS = {
  publish: 'make a scheduled asset visible now',
  correct: 'change texts, shots, captions and restrictions; its packages get a new version',
  hold: 'put an asset on hold: it can’t be downloaded until the hold is lifted',
  withdraw: 'withdraw an asset permanently',
  lift: 'release an asset from hold or, if it isn’t on hold, from its embargo',
} as const satisfies Record<EditRequest['act'], string>;

function withEdits(program: Command): Command {
  const data = ['--data <folder>', 'data folder of the running service'] as const;
  for (const [act, description] of Object.entries(EDITS)) {
    const command = program
      .command(act)
      .description(description)
      .argument('<asset>', 'its ID or slug')
      .requiredOption(...data);
    if (act === 'hold' || act === 'withdraw')
      command
        .requiredOption('--reason <text>', 'why, as the clients show it')
        .option('--reason-fr <text>', 'the same in French');
    if (act === 'correct')
      command
        .requiredOption('--patch <file>', 'what changes, as JSON; see docs/editing.md')
        .requiredOption('--note <text>', 'what was corrected, as the clients show it');
    else command.option('--note <text>', 'for the history of the asset');
    command
      .option('--note-fr <text>', 'the same in French')
      .action(async (asset: string, given: EditGiven) => {
        const edit = requestOf(act, given);
        print('edit', Object(await ask(given.data, { asset, edit })));
      });
  }
  program
    .command('edits')
    .description('list the edits that were made')
    .requiredOption(...data)
    .action(async (given: { data: string }) => {
      const made = await ask(given.data, { list: true });
      for (const edit of Array.isArray(made) ? made : []) print('edit', Object(edit));
    });
  return program;
}

const program = new Command('service')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR))
  // So that --data after a command is the command’s.
  .enablePositionalOptions();
withEdits(startOptions(program).action((options: Given) => start(options)))
  .parseAsync()
  .catch((error: unknown) => fail(error instanceof Error ? error.message : String(error), REFUSED));
