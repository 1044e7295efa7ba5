import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { AppError } from '../../shared/errors.ts';
import type { Shell } from '../app/services.ts';
import { writeLinkPage } from '../station/link-page.ts';
import { createStationSessionsFile } from '../adapters/fs/station-sessions-file.ts';
import { isJournal } from '../adapters/log.ts';
import type { StationApi } from '../station/api.ts';
import type { Station } from '../station/server.ts';
import { openApplication, type CommandContext, type Common } from './context.ts';
import { hostOf, requestLink } from './forward.ts';
import { serveHome } from './host.ts';
import type { Output } from './output.ts';

/**
 * Opens a link in the system's browser, by a page that only its user can read.
 *
 * @returns removes that page
 */
function openInBrowser(link: string, output: Output): () => void {
  const failed = (): void => output.warn('No browser could be opened. Use the link above.');
  try {
    const { file, remove } = writeLinkPage(link);
    const [command = '', ...args] = {
      win32: ['cmd', '/c', 'start', '', file],
      darwin: ['open', file],
    }[process.platform as string] ?? ['xdg-open', file];
    spawn(command, args, { stdio: 'ignore', detached: true }).on('error', failed).unref();
    return remove;
  } catch {
    failed();
    return () => undefined;
  }
}

/** @throws `home-in-use` where the home is served already, with how to go on */
async function requireUnserved(home: string): Promise<void> {
  const host = await hostOf(home);
  if (host)
    throw new AppError(
      'home-in-use',
      host.kind === 'station'
        ? `desk station already runs in ${home}. Get a link with: desk station link`
        : `The app’s window uses ${home}. Close it, or use another folder with --home.`,
    );
}

type StationOptions = { port?: string; open?: boolean; publicAddress?: string };

/** @throws `usage` for what isn't the address of an https server, without a path */
function publicOriginOf({ publicAddress, port }: StationOptions): string | undefined {
  if (publicAddress === undefined) return undefined;
  const url = URL.parse(publicAddress);
  if (url?.protocol !== 'https:' || url.href !== `${url.origin}/`)
    throw new AppError(
      'usage',
      'Use an https address without a path for --public-address, such as https://desk.example',
    );
  if (port === undefined || port === '0')
    throw new AppError('usage', '--public-address needs --port, which the proxy connects to');
  return url.origin;
}

async function run(
  common: Common,
  options: StationOptions,
  context: CommandContext,
  output: Output,
): Promise<number> {
  const { pages, version, terminal } = context;
  const port = Number(options.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('usage', 'Use a number from 0 to 65535 for --port');
  const publicOrigin = publicOriginOf(options);
  // Which others may read; it has no link then.
  const isInJournal = isJournal(1);
  let station: Station | null = null;
  let api: StationApi | null = null;
  let opened: { link: string; remove(): void } | null = null;
  const newLink = (): string => station?.link() ?? '';
  const printLink = (): string => {
    const link = newLink();
    if (isInJournal) output.note('Get a link with: desk station link');
    else output.line({ type: 'station', url: link, pid: terminal.pid }, link);
    return link;
  };
  const shell: Shell = {
    kind: 'station',
    mediaSuffix: () => station?.mediaSuffix() ?? '',
    chooseFolder: async () => null,
    chooseFile: async () => null,
    reveal: () => undefined,
    openExternal: async () => {
      throw new AppError('forbidden', 'Links are opened by the browser itself');
    },
    sessions: {
      view: () => station?.sessions() ?? { rev: 0, sessions: [] },
      end: (id) => station?.endSession(id),
    },
  };
  await requireUnserved(common.home);
  const application = await openApplication(context, common, {
    needsService: false,
    connect: true,
    background: true,
    shell,
    send: (name, payload) => station?.send(name, payload),
  });
  try {
    const [{ Station }, { StationApi }] = await Promise.all([
      import('../station/server.ts'),
      import('../station/api.ts'),
    ]);
    api = new StationApi(application.services);
    station = new Station({
      root: pages,
      port,
      publicOrigin,
      // With any free port the next station has another address, which browsers take for another site.
      ...(port !== 0 && { sessions: createStationSessionsFile(common.home) }),
      onSessions: (view) => application.publish('station.changed', view),
      onWrongHost: (host) =>
        output.warn(
          `A request for ${JSON.stringify(host)} was refused. Have the proxy pass the address on, in nginx: proxy_set_header Host $http_host;`,
        ),
      invoke: application.invoke,
      media: application.media,
      api,
      onBug: (where, thrown) => application.services.options.log.error(where, thrown),
      onLinkUsed(used, use) {
        if (used === opened?.link) opened.remove();
        if (use === 'first') return;
        output.warn(
          'A link was opened a second time, so the page that opened it first was disconnected. If that page wasn’t yours, somebody else has seen the link. Here is a new one.',
        );
        printLink();
      },
    });
    await station.listen();
    const stopServing = await serveHome({
      home: common.home,
      version,
      application,
      link: newLink,
      run: context.run,
    });
    const stopped = new Promise<void>((resolve) => {
      terminal.onInterrupt(resolve);
    });
    const first = printLink();
    if (!isInJournal)
      output.note(
        'Open this link within 10 minutes; it works once. Enter: new link. Ctrl+C: stop.',
      );
    const { keychain } = application.services.current()?.account.view ?? {};
    if (keychain === 'absent')
      output.note(
        'No keychain here: you stay signed in until you stop this command. On a server, use --credentials file.',
      );
    if (options.open) opened = { link: first, remove: openInBrowser(first, output) };
    const keys = readline.createInterface({ input: process.stdin });
    keys.on('line', printLink);
    await stopped;
    keys.close();
    stopServing();
    return output.done();
  } finally {
    opened?.remove();
    await station?.close();
    api?.close();
    await application.close();
  }
}

export function addStationCommands(program: Command, context: CommandContext): void {
  const station = program
    .command('station')
    .description('open the app in a browser; on this computer, or by a reverse proxy')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free one)')
    .option('--open', 'open the link in the browser')
    .option(
      '--public-address <url>',
      'https address of the reverse proxy in front of it: the only one that is answered then',
    )
    .action(async (options: StationOptions, command: Command) => {
      const output = context.output(command);
      try {
        context.exit(await run(context.common(command), options, context, output));
      } catch (thrown) {
        context.exit(output.failed(thrown));
      }
    });
  station
    .command('link')
    .description('print a new link to the running desk station')
    .action(async (_options: unknown, command: Command) => {
      const output = context.output(command);
      try {
        const url = await requestLink(context.common(command).home);
        context.exit(output.done({ url }, url));
      } catch (thrown) {
        context.exit(output.failed(thrown));
      }
    });
}
