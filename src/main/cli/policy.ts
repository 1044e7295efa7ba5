import type { Command } from 'commander';
import type { PolicyView } from '../../shared/contract/policy.ts';
import { AppError } from '../../shared/errors.ts';
import { readPolicyFile, systemPolicy } from '../adapters/fs/policy-file.ts';
import { Policy } from '../settings/policy.ts';
import type { CommandContext } from './context.ts';

const listed = (names: readonly string[]): string => names.join(', ') || 'none';

/** What a policy says in one line, and a line for each fault of it. */
export function policyFacts({
  file,
  organisation,
  managed,
  disabled,
  sources: { allowed, fixed },
  webhooks,
  hook,
  faults,
}: PolicyView): string[] {
  const whose = organisation === null ? file : `${organisation}: ${file}`;
  const broken = faults.find(({ at }) => at === '');
  if (broken)
    return [
      whose,
      `It can’t be used, and every change that a policy can rule out is refused: ${broken.detail}`,
    ];
  return [
    [
      whose,
      `settings fixed: ${listed(managed)}`,
      `off: ${listed(disabled)}`,
      ...(allowed === null
        ? []
        : [
            `sources allowed: ${listed(allowed.map(({ kind, ...at }) => ('host' in at ? `${kind} at ${at.host}` : kind)))}`,
          ]),
      ...(webhooks.length === 0
        ? []
        : [`webhooks fixed: ${listed(webhooks.map(({ name }) => name))}`]),
      ...(hook === null
        ? []
        : [`runs for ${listed(hook.events)}: ${JSON.stringify(hook.command)}`]),
      ...(fixed.length === 0 ? [] : [`sources fixed: ${listed(fixed.map(({ name }) => name))}`]),
    ].join('; '),
    ...faults.map(({ at, detail }) => `${at}: ${detail}`),
  ];
}

/** `desk policy`: what the administrator has decided for this computer. */
export function addPolicyCommand(program: Command, context: CommandContext): void {
  program
    .command('policy')
    .description('show the administrator’s policy of this computer, or check a file of one')
    .option('--check <file>', 'only check this file, before it is put in place')
    .action((options: { check?: string }, command: Command) => {
      const output = context.output(command);
      // Whose file it is counts once it is in its place.
      const place =
        options.check === undefined
          ? systemPolicy()
          : { file: output.terminal.resolve(options.check), owner: null };
      const { view } = new Policy(readPolicyFile(place));
      if (options.check !== undefined && !view.isThere)
        return context.exit(output.failed(new AppError('not-found', `${view.file} isn’t there`)));
      const lines = view.isThere ? policyFacts(view) : [`No policy: ${view.file}`];
      output.line({ type: 'policy', ...view }, lines);
      context.exit(
        view.faults.length === 0
          ? output.done()
          : output.failed(
              new AppError(
                'managed',
                'The policy isn’t understood as it stands. See docs/policy.md.',
              ),
            ),
      );
    });
}
