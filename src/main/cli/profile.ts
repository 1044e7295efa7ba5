import { AppError } from '../../shared/errors.ts';
import { exportDocument } from '../account/export.ts';
import { codeSent, statusOf, type Add } from './account-output.ts';
import { readPassword, readPasswords } from './context.ts';
import { writeDocument } from './report.ts';

const STDIN = ['--password-stdin', 'read the password from standard input'] as const;

/** What can be done to one's own account. Passwords come from standard input only. */
export function addProfileCommands(add: Add): void {
  add(
    'password',
    'change the password; other devices are signed out',
    async ({ desk }, _options, output) => {
      const [current = '', next = ''] = await readPasswords(['Current password', 'new password']);
      return output.done(
        statusOf(await desk.session().account.changePassword(current, next)),
        'Password changed. Other devices are signed out.',
      );
    },
  ).requiredOption(
    '--password-stdin',
    'read the current and the new password from standard input, a line each',
  );

  add(
    'email',
    'change the e-mail address; a code goes to the new one',
    async ({ desk }, options, output) =>
      codeSent(
        output,
        await desk.session().account.startEmailChange(options['to'] ?? '', await readPassword()),
      ),
  )
    .requiredOption('--to <address>')
    .requiredOption(...STDIN);

  add(
    'profile',
    'show the details of the account, or change them',
    async ({ desk }, options, output) => {
      const { account } = desk.session();
      await account.refreshProfile();
      const { profile } = account.view;
      if (!profile) throw new AppError('signed-out', 'Sign in first: desk account login');
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
          edition: profile.edition,
        });
      }
      const { email, displayName, organisation, country, newsletter } =
        account.view.profile ?? profile;
      return output.done(
        { email, displayName, organisation, country, newsletter, termsDue: account.view.termsDue },
        [email, displayName, organisation, country].flatMap((fact) => fact || []),
      );
    },
  )
    .option('--name <name>')
    .option('--organisation <name>')
    .option('--country <code>', 'ISO 3166-1, two letters');

  add(
    'terms',
    'accept the terms of use when they have changed',
    async ({ desk }, options, output) => {
      if (!options['accept']) throw new AppError('usage', 'The terms must be accepted: --accept');
      return output.done(
        statusOf(await desk.session().account.acceptTerms()),
        'The terms are accepted',
      );
    },
  ).option('--accept');

  add(
    'export',
    'write everything the service holds about you to a file (JSON)',
    async ({ desk }, options, output) => {
      const target = await writeDocument(
        options['to'] ?? '',
        exportDocument(await desk.session().account.exportAccount()).text,
      );
      return output.done({ path: target }, `Your data is in ${target}`);
    },
  ).requiredOption('--to <file>', 'file to write; what is there is replaced');

  add(
    'delete',
    'delete the account for good; what was downloaded stays',
    async ({ desk }, _options, output) => {
      const eraseAt = new Date(
        await desk.session().account.deleteAccount(await readPassword()),
      ).toISOString();
      return output.done(
        { eraseAt },
        `The account is deleted. What the service still keeps of it is erased by ${eraseAt}.`,
      );
    },
  ).requiredOption(...STDIN);
}
