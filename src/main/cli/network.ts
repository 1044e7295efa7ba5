import type { Command } from 'commander';
import { onApplication, type CommandContext } from './context.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../app/services.ts';
import type { SecretState } from '../../shared/contract/network.ts';
import type { Output } from './output.ts';
import { hostName } from './terminal.ts';

const ALONE = { needsService: false };
const list = (text: string): string[] => text.split(/[\s,;]+/u).filter(Boolean);

/** A command ends at once, and what it couldn't keep with it. */
const lost = (state: 'locked' | 'absent'): AppError =>
  new AppError(
    `keychain-${state}`,
    state === 'locked'
      ? 'The keychain is locked. Unlock it, then try again.'
      : 'There is no keychain to keep the password in. Start one, use --credentials file, or name the proxy with its password in HTTPS_PROXY.',
  );

/**
 * What isn't kept is lost with a command of its own; what has the home open for long holds it.
 *
 * @throws `keychain-locked`, `keychain-absent`
 */
function requireKept(state: SecretState, output: Output): void {
  if (state === 'kept') return;
  const { host } = output.terminal;
  if (host === null) throw lost(state);
  output.warn(
    `desk: ${lost(state).message} Until then ${hostName(host)} holds it, as long as it runs.`,
  );
}

const until = (at: number | null): string =>
  at === null ? '' : `, until ${new Date(at).toISOString().slice(0, 10)}`;

/** How addresses are reached, as it is set now. */
async function show(services: Services, output: Output): Promise<number> {
  const { settings, network } = services;
  const { proxyMode, proxyAddress, proxyExceptions, pacAddress } = settings.view;
  const { listCertificates } = await import('../app/network-commands.ts');
  const [logins, { authorities, clients }] = await Promise.all([
    network.logins(),
    listCertificates(services),
  ]);
  const proxy = { manual: proxyAddress, pac: pacAddress, system: null, none: null }[proxyMode];
  output.line({ type: 'item', proxyMode, proxyAddress, proxyExceptions, pacAddress }, [
    `proxy: ${proxyMode}${proxy === null ? '' : ` ${proxy}`}`,
    ...(proxyExceptions.length === 0 ? [] : [`  not for ${proxyExceptions.join(', ')}`]),
  ]);
  for (const login of logins)
    output.line(
      { type: 'item', ...login },
      `login: ${login.proxy} as ${login.user ?? 'nobody: desk network login sets a user name'}`,
    );
  for (const { file, names, validUntil, fault } of authorities)
    output.line(
      { type: 'item', authority: file, names, validUntil, fault },
      `authority: ${fault ?? `${names.join(', ')}${until(validUntil)}`}  ${file}`,
    );
  for (const { host, file, names, validUntil, fault } of clients)
    output.line(
      { type: 'item', host, certificate: file, names, validUntil, fault },
      `certificate for ${host}: ${fault ?? `${names.join(', ')}${until(validUntil)}`}  ${file}`,
    );
  return output.done({ count: logins.length + authorities.length + clients.length });
}

/** `desk network`: proxies, their logins, and certificates. */
export function addNetworkCommands(program: Command, context: CommandContext): void {
  const network = program
    .command('network')
    .description('proxies, sign-ins and certificates; desk doctor tests the connection');

  network
    .command('show')
    .description('how addresses are reached')
    .action(onApplication(context, ({ services }, { output }) => show(services, output), ALONE));

  network
    .command('proxy <how>')
    .description('system, none, host:port or a URL such as socks5://host:1080, or script')
    .option('--except <list>', 'host names and networks reached without it, comma-separated')
    .option('--script <address>', 'URL of the PAC file, or its full path')
    .action(
      onApplication<{ except?: string; script?: string }>(
        context,
        async ({ services }, { args: [how = ''], options, output }) => {
          const except =
            options.except === undefined ? {} : { proxyExceptions: list(options.except) };
          if (how === 'system' || how === 'none')
            services.settings.set({ proxyMode: how, ...except });
          else if (how === 'script')
            services.settings.set({
              proxyMode: 'pac',
              ...(options.script === undefined ? {} : { pacAddress: options.script }),
              ...except,
            });
          else services.settings.set({ proxyMode: 'manual', proxyAddress: how, ...except });
          return show(services, output);
        },
        ALONE,
      ),
    );

  network
    .command('login <proxy>')
    .description('keep a user name and password for a proxy (host:port)')
    .requiredOption('--user <name>', 'user name')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .action(
      onApplication<{ user: string }>(
        context,
        async ({ services }, { args: [proxy = ''], options, output }) => {
          const [password = ''] = await output.terminal.readLines(['Password']);
          const { user } = options;
          const state = await services.network.setCredentials(proxy, { user, password });
          // In a host it lasts as long as that.
          if (state !== 'kept' && (state === 'locked' || output.terminal.host === null))
            throw lost(state);
          return output.done({ proxy, user }, `Sign-in for ${proxy} saved: ${user}`);
        },
        ALONE,
      ),
    );

  network
    .command('logout <proxy>')
    .description('forget the user name and password for a proxy')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [proxy = ''], output }) => {
          await services.network.setCredentials(proxy, null);
          return output.done({ proxy }, `Sign-in for ${proxy} forgotten`);
        },
        ALONE,
      ),
    );

  network
    .command('trust <file>')
    .description('trust the certificate authorities in a PEM file, in addition to the system’s')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [file = ''], output }) => {
          const { addAuthority } = await import('../app/network-commands.ts');
          await addAuthority(services, await output.terminal.documents.read(file));
          return show(services, output);
        },
        ALONE,
      ),
    );

  network
    .command('distrust <file>')
    .description('stop trusting the authorities in a file, named as in desk network show')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [file = ''], output }) => {
          const { removeAuthority } = await import('../app/network-commands.ts');
          await removeAuthority(services, file);
          return show(services, output);
        },
        ALONE,
      ),
    );

  network
    .command('certificate <host> [file]')
    .description(
      'use this client certificate with its key (PEM or PKCS #12) for a host; without a file, none',
    )
    .option('--password-stdin', 'read the password of the file from standard input')
    .action(
      onApplication<{ passwordStdin?: boolean }>(
        context,
        async ({ services }, { args: [host = '', file], options, output }) => {
          const { setClientCertificate } = await import('../app/network-commands.ts');
          const [passphrase = null] =
            options.passwordStdin === true ? await output.terminal.readLines(['Password']) : [];
          const state = await setClientCertificate(services, {
            host,
            file: file === undefined ? null : output.terminal.resolve(file),
            passphrase,
          });
          requireKept(state, output);
          return show(services, output);
        },
        ALONE,
      ),
    );
}
