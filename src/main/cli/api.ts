import type { Command } from 'commander';
import { systemName } from '../../shared/contract/api-tokens.ts';
import { API_SCOPES, MAX_SYSTEM_NAME, type ApiScope } from '../../shared/desk-api/scopes.ts';
import { AppError } from '../../shared/errors.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Services } from '../app/services.ts';
import { onApplication, parseMoment, type CommandContext } from './context.ts';
import type { Output } from './output.ts';

type AddOptions = { scope: string[]; expires?: string };

/** Those that are named; `downloads` is all that begin with `downloads:`. @throws `usage` */
function scopesOf(named: readonly string[]): ApiScope[] {
  if (named.length === 0)
    throw new AppError('usage', `Say what it may do with --scope: ${API_SCOPES.join(', ')}`);
  return named.flatMap((one) => {
    const found = API_SCOPES.filter((scope) => scope === one || scope.startsWith(`${one}:`));
    if (found.length === 0)
      throw new AppError('usage', `${one} isn’t a scope. Use one of: ${API_SCOPES.join(', ')}`);
    return found;
  });
}

async function add(
  { apiTokens }: Services,
  given: string,
  { scope, expires }: AddOptions,
  output: Output,
): Promise<number> {
  const { data: name } = systemName.safeParse(given);
  if (name === undefined)
    throw new AppError(
      'usage',
      `Use a name of 1 to ${MAX_SYSTEM_NAME} characters, such as “Avid MAM”`,
    );
  const scopes = scopesOf(scope);
  const { id, token } = await apiTokens.add({
    name,
    scopes,
    expiresAt: parseMoment(expires, '--expires'),
  });
  output.note(`Token for ${name} (${id}). Copy it now: it’s shown only this once.`);
  return output.done({ id, name, scopes, token }, token);
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function list({ apiTokens }: Services, output: Output): number {
  const { items } = apiTokens.view;
  const nowMs = systemClock.nowMs();
  for (const { id, name, scopes, createdAt, expiresAt, lastUsedAt } of items) {
    const isExpired = expiresAt !== null && expiresAt <= nowMs;
    output.line(
      {
        type: 'item',
        id,
        name,
        scopes,
        createdAt: new Date(createdAt).toISOString(),
        expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
        isExpired,
      },
      [
        id,
        scopes.join(','),
        `created ${day(createdAt)}`,
        lastUsedAt === null
          ? 'never used'
          : `last used ${new Date(lastUsedAt).toISOString().slice(0, 16)}Z`,
        ...(expiresAt === null ? [] : [`${isExpired ? 'expired' : 'expires'} ${day(expiresAt)}`]),
        name,
      ].join('  '),
    );
  }
  return output.done({ count: items.length });
}

/** `desk api`: which newsroom systems may use the API of the station. */
export function addApiCommands(program: Command, context: CommandContext): void {
  const api = program
    .command('api')
    .description('the API of desk station, for a newsroom’s systems (see docs/api.md)');
  const token = api.command('token').description('which systems have access');
  const alone = { needsService: false };
  token
    .command('add')
    .description('give a system access; prints its token, once')
    .argument('<name>', 'the system, such as “Avid MAM”; the ledger names it')
    .option(
      '--scope <scope>',
      `what it may do (repeat it for more): ${API_SCOPES.join(', ')}; or all of a kind, such as downloads`,
      (scope: string, before: string[]) => [...before, scope],
      [],
    )
    .option('--expires <date>', 'a day or moment in UTC, such as 2027-06-30')
    .action(
      onApplication<AddOptions>(
        context,
        ({ services }, { args: [name = ''], options, output }) =>
          add(services, name, options, output),
        alone,
      ),
    );
  token
    .command('list')
    .description('list the systems with access, and when they used it')
    .action(
      onApplication(context, async ({ services }, { output }) => list(services, output), alone),
    );
  token
    .command('revoke')
    .description('take access away from a system, at once')
    .argument('<system>', 'its name or ID, as desk api token list shows it')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [named = ''], output }) => {
          const { id, name } = await services.apiTokens.revoke(named);
          return output.done({ id, name }, `${name} no longer has access`);
        },
        alone,
      ),
    );
  api
    .command('openapi')
    .description('print the API’s OpenAPI document, as JSON')
    .action(async (_options: unknown, command: Command) => {
      const { apiDocument } = await import('../../shared/desk-api/document.ts');
      const document = apiDocument();
      context.exit(
        context.output(command).done({ document }, JSON.stringify(document, null, 2).split('\n')),
      );
    });
}
