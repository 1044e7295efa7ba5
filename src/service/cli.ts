import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { isSeed } from './content/open.ts';
import { startService } from './index.ts';
import type { ServiceOptions } from './index.ts';
import { stderrLog } from './log.ts';

const USAGE_ERROR = 2;

/**
 * The repository's or package's `assets/demo`: this file is in src/service or, built, in out/main.
 */
function demoDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '../../assets/demo'), join(here, '../assets/demo')].find((folder) =>
    existsSync(folder),
  );
  if (found === undefined) throw new Error('The demo media (assets/demo) are missing');
  return found;
}

const refuse = (message: string): never => {
  throw new InvalidArgumentError(message);
};
const port = (text: string): number =>
  /^\d{1,5}$/.test(text) && Number(text) < 65_536
    ? Number(text)
    : refuse('a number from 0 to 65535');
const seed = (text: string) => (isSeed(text) ? text : refuse('demo or bench:N'));
const origin = (text: string): string =>
  /^https?:\/\/[^?#]+$/.test(text)
    ? text.replace(/\/+$/, '')
    : refuse('an http(s) address without a query');
const bytes = (text: string): number =>
  /^\d{1,15}$/.test(text) ? Number(text) : refuse('a number of bytes');
const connections = (text: string): number =>
  /^[1-9]\d{0,4}$/.test(text) ? Number(text) : refuse('a number from 1 to 99999');
const line = (text: string): string =>
  /^[^\p{Cc}]{1,200}$/u.test(text.trim())
    ? text.trim()
    : refuse('one line of at most 200 characters');
const limits = (text: string) =>
  text === 'normal' || text === 'relaxed' ? text : refuse('normal or relaxed');

type Given = {
  port: number;
  metricsPort?: number;
  data?: string;
  seed: NonNullable<ServiceOptions['seed']>;
  origin?: string;
  limits: NonNullable<ServiceOptions['limits']>;
  testControls?: boolean;
  rotatePepper?: boolean;
  quota?: number;
  connections?: number;
  contact?: string;
};

function given(): Given {
  return new Command('service')
    .description('Starts the reference service alone, on loopback.')
    .option('--port <number>', 'port to listen on; 0 takes a free one', port, 0)
    .option(
      '--metrics-port <number>',
      'Prometheus reads http://127.0.0.1:<number>/metrics, 0 takes a free port; no metrics without it',
      port,
    )
    .option('--data <folder>', 'where accounts are kept; a temporary folder without it')
    .option('--seed <seed>', 'demo, or bench:N for N generated assets', seed, 'demo')
    .option(
      '--origin <address>',
      'files are at <address>/<packageId>/<path> instead of here',
      origin,
    )
    .option('--limits <kind>', 'normal, or relaxed for load and test runs', limits, 'normal')
    .option('--quota <bytes>', 'what one account may fetch in a day; any amount without it', bytes)
    .option(
      '--contact <text>',
      'how to reach the people who run the service, shown at the end of every email',
      line,
    )
    .option(
      '--rotate-pepper',
      'adds a new secret key for password hashes; accounts move to it when they sign in',
    )
    .option(
      '--connections <number>',
      'most open connections from one address (IPv6 /64), of 800 in all; 200 without it, 800 with relaxed limits',
      connections,
    )
    .option(
      '--test-controls',
      'lets anybody on this machine move the clock, break downloads and withdraw assets',
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR))
    .parse()
    .opts<Given>();
}

async function main(): Promise<void> {
  const options = given();
  if (options.testControls)
    process.stderr.write(
      'TEST CONTROLS ARE ON: anybody on this machine can move the clock, break downloads and withdraw assets.\n',
    );
  const service = await startService({
    port: options.port,
    seed: options.seed,
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
    // Open downloads must not keep it: the second signal, or the end of the last answer, whichever
    // is first.
    process.once('SIGINT', () => process.exit(130));
    void service.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(
    `${JSON.stringify({ type: 'service', url: service.url, mailbox: service.mailboxUrl, metrics: service.metricsUrl, pid: process.pid, demoAccount: service.demoAccount })}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`service: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
