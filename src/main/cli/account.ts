import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { type AccountView, exportDocument } from '../account/account.ts';
import type { Application, Services } from '../app/services.ts';
import type { Output } from './output.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { secretStoreOf } from '../adapters/vault.ts';
import { onApplication, readPassword, type CommandContext, type Work } from './context.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Result members shared by all commands that change the account. */
export function statusOf(view: AccountView): Record<string, unknown> {
  const flow = view.pendingFlow;
  return {
    signedIn: view.status === 'signed-in',
    email: view.profile?.email ?? null,
    newsletter: view.profile?.newsletter ?? null,
    keychain: view.keychain,
    pendingFlow: flow && { purpose: flow.purpose, codeExpiresAt: iso(flow.codeExpiresAt) },
  };
}

/** Longest wait for a mail of the demo, ms: it gathers them for a moment. */
const MAIL_MS = 5_000;
const MAIL_STEP_MS = 100;

/** The code in the demo's newest mail to an address; null where there is none. */
async function demoCode(services: Services, email: string): Promise<string | null> {
  const demo = services.demo();
  if (!demo) return null;
  for (let waitedMs = 0; waitedMs < MAIL_MS; waitedMs += MAIL_STEP_MS) {
    const mail = (await demo.messages()).find(
      ({ to, code }) => code !== null && to.toLowerCase() === email.toLowerCase(),
    );
    if (mail) return mail.code;
    await setTimeout(MAIL_STEP_MS);
  }
  return null;
}

/** The demo sends no mail, and its inbox ends with the command: the code is told here. */
async function codeSent(
  output: Output,
  services: Services,
  view: AccountView,
  next = 'desk account verify --code',
): Promise<number> {
  const email = view.pendingFlow?.email ?? '';
  const code = await demoCode(services, email);
  return output.done(
    { ...statusOf(view), ...(code === null ? {} : { demoCode: code }) },
    code === null
      ? `A code was sent to ${email}. Enter it with: ${next} CODE`
      : `The demo sends no email. The code in its inbox for ${email} is ${code}. Enter it with: ${next} ${code}`,
  );
}

/** Adds a subcommand that runs on the account of the service in use. */
export type Add = (name: string, description: string, work: Work) => Command;

const STDIN = ['--password-stdin', 'read the password from standard input'] as const;

/** Commands on an existing account. Passwords are read from standard input only. */
export function addProfileCommands(add: Add): void {
  add(
    'password',
    'change the password and sign out other devices',
    async ({ services }, { output }) => {
      const [current = '', next = ''] = await output.terminal.readLines([
        'Current password',
        'new password',
      ]);
      return output.done(
        statusOf(await services.session().account.changePassword(current, next)),
        'Password changed. Other devices are signed out.',
      );
    },
  ).requiredOption(
    '--password-stdin',
    'read the current and new password from standard input, one per line',
  );

  add(
    'email',
    'change the email address (a code is sent to the new one)',
    async ({ services }, { options, output }) =>
      codeSent(
        output,
        services,
        await services
          .session()
          .account.startEmailChange(options['to'] ?? '', await readPassword(output)),
      ),
  )
    .requiredOption('--to <address>', 'new email address')
    .requiredOption(...STDIN);

  add('profile', 'show or edit account details', async ({ services }, { options, output }) => {
    const { account } = services.session();
    await account.refreshProfile();
    const { profile } = account.view;
    if (!profile) throw new AppError('signed-out', 'Sign in first. Run: desk account login');
    const given = {
      displayName: options['name'],
      organisation: options['organisation'],
      country: (options['country'] as string | undefined)?.toUpperCase(),
    };
    if (Object.values(given).some((value) => value !== undefined)) {
      await account.edit({
        displayName: given.displayName ?? profile.displayName ?? '',
        organisation: given.organisation ?? profile.organisation ?? '',
        country: given.country ?? profile.country ?? '',
        base: profile,
      });
    }
    const { email, displayName, organisation, country, newsletter } =
      account.view.profile ?? profile;
    return output.done(
      { email, displayName, organisation, country, newsletter, termsDue: account.view.termsDue },
      [email, displayName, organisation, country].flatMap((fact) => fact || []),
    );
  })
    .option('--name <name>')
    .option('--organisation <name>')
    .option('--country <code>', 'ISO 3166-1, two letters');

  add('terms', 'accept changed terms of use', async ({ services }, { options, output }) => {
    if (!options['accept']) throw new AppError('usage', 'Accept the terms of use with --accept');
    return output.done(
      statusOf(await services.session().account.acceptTerms()),
      'Terms of use accepted',
    );
  }).option('--accept', 'accept the terms of use');

  add(
    'export',
    'save everything the service holds about you (JSON)',
    async ({ services }, { options, output }) => {
      const target = await output.terminal.documents.write(
        options['to'] ?? '',
        exportDocument(await services.session().account.exportAccount()).text,
      );
      return output.done({ path: target }, `Saved to ${target}`);
    },
  ).requiredOption('--to <file>', 'file to write (overwrites an existing file)');

  add(
    'delete',
    'delete the account permanently (downloaded files stay)',
    async ({ services }, { output }) => {
      const eraseAt = new Date(
        await services.session().account.deleteAccount(await readPassword(output)),
      ).toISOString();
      return output.done(
        { eraseAt },
        `Account deleted. Remaining copies are erased by ${eraseAt}.`,
      );
    },
  ).requiredOption(...STDIN);
}

const KEYCHAIN: Partial<Record<AccountView['keychain'], [ErrorCode, string]>> = {
  absent: [
    'keychain-absent',
    "No keychain to store the session in. Start one first, for example: dbus-run-session -- bash -c 'gnome-keyring-daemon --unlock --components=secrets; desk account login …'. On a server, use --credentials file: see docs/server.md",
  ],
  locked: [
    'keychain-locked',
    'The keychain is locked. Nothing was changed. Unlock it and run the same command again.',
  ],
  unanswered: [
    'keychain-unanswered',
    'The keychain isn’t responding. Nothing was changed. Run the same command again in a moment.',
  ],
};

/**
 * A command's session survives it only in a keychain, so without one signing in is refused up
 * front. In a host it lasts as long as that.
 * @throws `keychain-absent`, `keychain-locked`, `keychain-unanswered`
 */
function requireKeychain({ services }: Application, { terminal: { host } }: Output): void {
  const { keychain } = services.session().account.view;
  const fault = host !== null && keychain === 'absent' ? undefined : KEYCHAIN[keychain];
  if (fault) throw new AppError(...fault);
}

const addTo =
  (parent: Command, context: CommandContext): Add =>
  (name, description, work) =>
    parent.command(name).description(description).action(onApplication(context, work));

export function addAccountCommands(program: Command, context: CommandContext): void {
  const account = program.command('account').description('create and manage your account');
  const add = addTo(account, context);
  addFlowCommands(add);
  addSessionCommands(add);
  addProfileCommands(add);
  addResetCommands(
    addTo(account.command('reset').description('reset the password with an emailed code'), context),
  );
}

function addFlowCommands(add: Add): void {
  add(
    'register',
    'create an account (a code is emailed to you)',
    async (application, { options, output }) => {
      if (!options['acceptTerms'])
        throw new AppError('usage', 'Accept the terms of use with --accept-terms');
      const password = await readPassword(output);
      requireKeychain(application, output);
      return codeSent(
        output,
        application.services,
        await application.services.session().account.register({
          email: options['email'] ?? '',
          password,
          displayName: options['name'] ?? '',
          organisation: options['organisation'] ?? '',
          country: (options['country'] ?? '').toUpperCase(),
          newsletter: options['newsletter'] ?? false,
          language: application.services.settings.view.language,
        }),
      );
    },
  )
    .requiredOption('--email <address>')
    .requiredOption('--name <name>')
    .requiredOption('--organisation <name>')
    .requiredOption('--country <code>', 'ISO 3166-1, two letters')
    .option('--accept-terms', 'accept the terms of use')
    .option('--newsletter', 'subscribe to the newsletter')
    .requiredOption('--password-stdin', 'read the password from standard input');

  add('verify', 'enter the emailed code', async ({ services }, { options, output }) => {
    const { account } = services.session();
    const said = {
      registration: 'Account created. You can now download packages.',
      'email-change': 'Email address changed.',
    } as Record<string, string>;
    const purpose = account.view.pendingFlow?.purpose ?? '';
    const view = await account.verify(options['code'] ?? '');
    return output.done(
      statusOf(view),
      said[purpose] ??
        'Code accepted. Set the new password with: desk account reset complete --password-stdin',
    );
  }).requiredOption('--code <digits>', 'code from the email');
  add('resend', 'send a new code', async ({ services }, { output }) =>
    codeSent(output, services, await services.session().account.resend()),
  );
}

function addSessionCommands(add: Add): void {
  add('login', 'sign in', async (application, { options, output }) => {
    const password = await readPassword(output);
    requireKeychain(application, output);
    const view = await application.services
      .session()
      .account.signIn(options['email'] ?? '', password);
    return output.done(statusOf(view), `Signed in as ${view.profile?.email ?? ''}`);
  })
    .requiredOption('--email <address>')
    .requiredOption('--password-stdin', 'read the password from standard input');
  add('logout', 'sign out on this computer', async ({ services }, { output }) =>
    output.done(statusOf(await services.session().account.signOut()), 'Signed out'),
  );
  add(
    'status',
    'show who is signed in, and the keychain’s state',
    async ({ services }, { output }) => {
      const { view } = services.session().account;
      const store = secretStoreOf(services.options.home);
      const isSignedIn = view.status === 'signed-in';
      const own = isSignedIn ? undefined : services.demo()?.account;
      return output.done({ ...statusOf(view), ...(own ? { demoAccount: own } : {}) }, [
        `${isSignedIn ? `Signed in as ${view.profile?.email ?? ''}` : 'Not signed in'}. ${store === 'file' ? 'Credential file' : 'Keychain'}: ${view.keychain}`,
        ...(own
          ? [
              `The demo’s own account: ${own.email}, password ${own.password}. It sees embargoed footage.`,
            ]
          : []),
      ]);
    },
  );
  add('sessions', 'list signed-in devices', async ({ services }, { output }) => {
    const items = await services.session().account.sessions();
    for (const { id, device, createdAt, lastSeenAt, current } of items) {
      output.line(
        {
          type: 'item',
          id,
          device: device.name,
          platform: device.platform,
          createdAt,
          lastSeenAt,
          current,
        },
        [id, lastSeenAt, ...(current ? ['(this device)'] : []), device.platform, device.name].join(
          '  ',
        ),
      );
    }
    return output.done({ count: items.length });
  });
  add('revoke', 'sign out other devices', async ({ services }, { options, output, args }) => {
    const { account } = services.session();
    if (options['others'] === args.length > 0)
      throw new AppError(
        'usage',
        'Name the sessions to end, or use --others. List them with: desk account sessions',
      );
    const password = options['passwordStdin'] ? await readPassword(output) : undefined;
    if (options['others'])
      return output.done(
        { revoked: await account.revokeOthers(password) },
        'All other sessions ended',
      );
    for (const id of args) await account.revokeSession(id, password);
    return output.done(
      { revoked: args.length },
      args.length === 1 ? '1 session ended' : `${args.length} sessions ended`,
    );
  })
    .argument('[id...]')
    .option('--others', 'all devices but this one', false)
    .option(
      '--password-stdin',
      'read the password from standard input, if the service asks for it (reauth-required)',
    );
  add(
    'newsletter',
    'subscribe to the newsletter, or unsubscribe',
    async ({ services }, { output, args }) => {
      const view = await services.session().account.setNewsletter(args[0] === 'on');
      return output.done(statusOf(view), `Newsletter: ${view.profile?.newsletter ? 'on' : 'off'}`);
    },
  ).argument('<on|off>', 'on or off', (value: string) => {
    if (value !== 'on' && value !== 'off') throw new AppError('usage', 'Use on or off');
    return value;
  });
}

function addResetCommands(add: Add): void {
  add('start', 'send the code', async (application, { options, output }) => {
    requireKeychain(application, output);
    return codeSent(
      output,
      application.services,
      await application.services.session().account.startReset(options['email'] ?? ''),
      'desk account reset verify --code',
    );
  }).requiredOption('--email <address>');
  add('verify', 'enter the emailed code', async ({ services }, { options, output }) =>
    output.done(
      statusOf(await services.session().account.verify(options['code'] ?? '')),
      'Code accepted. Set the new password with: desk account reset complete --password-stdin',
    ),
  ).requiredOption('--code <digits>', 'code from the email');
  add('complete', 'set the new password', async ({ services }, { output }) =>
    output.done(
      statusOf(await services.session().account.completeReset(await readPassword(output))),
      'Password updated. Sign in with it.',
    ),
  ).requiredOption('--password-stdin', 'read the new password from standard input');
}
