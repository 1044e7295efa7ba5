import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { AppError } from '../../shared/errors.ts';
import type { Shell } from '../app/services.ts';
import { requestLink, serveLinks } from '../station/link-socket.ts';
import type { Station } from '../station/server.ts';
import { homeOf, openApplication, type CommandContext, type Common } from './context.ts';
import type { Output } from './output.ts';

/**
 * Opens the link in the system's browser. It shows in the process list, but its ticket is redeemed
 * at once and then worthless.
 */
function openInBrowser(url: string): void {
  const [command, ...args] = { win32: ['cmd', '/c', 'start', '', url], darwin: ['open', url] }[
    process.platform as string
  ] ?? ['xdg-open', url];
  if (command)
    spawn(command, args, { stdio: 'ignore', detached: true })
      .on('error', () => process.stderr.write('No browser could be opened. Use the link above.\n'))
      .unref();
}

const waitForSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => resolve(signal));
  });

async function run(
  common: Common,
  options: { port?: string; open?: boolean },
  { version, pages }: CommandContext,
  output: Output,
): Promise<number> {
  const port = Number(options.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('usage', 'Use a number from 0 to 65535 for --port');
  let station: Station | null = null;
  const shell: Shell = {
    kind: 'station',
    mediaSuffix: () => station?.mediaSuffix() ?? '',
    chooseFolder: async () => null,
    reveal: () => undefined,
    openExternal: async () => {
      throw new AppError('forbidden', 'Links are opened by the browser itself');
    },
  };
  const application = await openApplication(common, version, {
    needsService: false,
    connect: true,
    background: true,
    shell,
    send: (name, payload) => station?.send(name, payload),
  });
  try {
    station = new (await import('../station/server.ts')).Station({
      root: pages,
      port,
      invoke: application.invoke,
      media: application.media,
      onBug: (where, thrown) => application.services.options.log.error(where, thrown),
    });
    await station.listen();
    const running = station;
    const link = (): string => running.link();
    const stopLinks = await serveLinks(homeOf(common), link);
    const stopped = waitForSignal();
    const first = link();
    output.line({ type: 'station', url: first, pid: process.pid }, first);
    output.note('Open this link within 10 minutes; it works once. Enter: new link. Ctrl+C: stop.');
    const { keychain } = application.services.current()?.account.view ?? {};
    if (keychain === 'absent')
      output.note('No keychain here: you stay signed in until you stop this command.');
    if (options.open) openInBrowser(first);
    const keys = readline.createInterface({ input: process.stdin });
    keys.on('line', () => {
      const fresh = link();
      output.line({ type: 'station', url: fresh, pid: process.pid }, fresh);
    });
    await stopped;
    keys.close();
    stopLinks();
    return output.done();
  } finally {
    await station?.close();
    await application.close();
  }
}

export function addStationCommands(program: Command, context: CommandContext): void {
  const station = program
    .command('station')
    .description('open the app in a browser, on this computer only')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free one)')
    .option('--open', 'open the link in the browser')
    .action(async (options: { port?: string; open?: boolean }, command: Command) => {
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
      const url = await requestLink(homeOf(context.common(command)));
      context.exit(
        url === null
          ? output.failed(
              new AppError('not-found', 'desk station isn’t running. Start it with: desk station'),
            )
          : output.done({ url }, url),
      );
    });
}
