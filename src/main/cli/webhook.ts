import type { Command } from 'commander';
import { EVENT_KINDS, type EventKind } from '../../shared/contract/events.ts';
import type { DeliveryTarget } from '../../shared/contract/webhooks.ts';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../app/services.ts';
import { momentText } from '../catalogue/rights.ts';
import { onApplication, type CommandContext } from './context.ts';

/** Short names, each for the events that end with it. */
const SHORT = [...new Set(EVENT_KINDS.map((kind) => kind.split('.')[1] ?? kind))];
const LOCAL = { needsService: false, connect: false } as const;

/** @throws `usage` */
function eventsOf(text: string | undefined): EventKind[] {
  if (text === undefined) return [...EVENT_KINDS];
  return text.split(',').flatMap((part) => {
    const name = part.trim();
    const kinds = EVENT_KINDS.filter((kind) => kind === name || kind.endsWith(`.${name}`));
    if (kinds.length > 0) return kinds;
    throw new AppError('usage', `Use these for --event: ${SHORT.join(', ')}`);
  });
}

/** @throws `not-found`; `usage` for a name that several have */
function named({ webhooks }: Services, wanted: string): DeliveryTarget {
  const { items } = webhooks.view;
  const called = items.filter(({ name }) => name === wanted);
  const found = items.find(({ id }) => id === wanted) ?? called[0];
  if (found && (found.id === wanted || called.length === 1)) return found;
  if (found)
    throw new AppError(
      'usage',
      `${called.length} webhooks are called ${wanted}. Use an ID: ${called.map(({ id }) => id).join(', ')}`,
    );
  throw new AppError('not-found', `No webhook is called ${wanted}. See: desk webhook list`);
}

function stateOf({ off, fault, failingSince, waiting, lastDeliveredAt, missed }: DeliveryTarget) {
  const reason = fault === null ? '' : `: ${fault.message}`;
  return [
    off === 'gone'
      ? `off, because the receiver wants no more${reason}`
      : off === 'failing'
        ? `off after five days of failures${reason}`
        : failingSince !== null
          ? `failing since ${momentText(failingSince)}${reason}`
          : lastDeliveredAt === null
            ? 'nothing sent yet'
            : `last sent ${momentText(lastDeliveredAt)}`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(missed > 0 ? [`${missed} not delivered`] : []),
  ].join(', ');
}

/** `desk webhook`: addresses that are told what happens here. */
export function addWebhookCommands(program: Command, context: CommandContext): void {
  const webhook = program
    .command('webhook')
    .description('addresses that are told when packages are ready, failed or recalled');
  webhook
    .command('add')
    .description('tell an address what happens from now on; prints its signing key, once')
    .argument('<url>', 'https, or http in your own network (- reads it from standard input)')
    .option('--event <names>', `which events: ${SHORT.join(',')} (default: all)`)
    .option('--name <name>', 'name in the list (default: the host)')
    .action(
      onApplication<{ event?: string; name?: string }>(
        context,
        async ({ services }, { args: [given = ''], options, output }) => {
          const events = eventsOf(options.event);
          // A secret address in the arguments could be read by other users of this computer.
          const [address = given] = given === '-' ? await output.terminal.readLines(['URL']) : [];
          const { id, signingKey } = await services.webhooks.add({
            name: options.name ?? null,
            address,
            events,
          });
          return output.done({ id, events, signingKey }, [
            'Added. Events are sent while the app or desk station runs.',
            `Signing key, shown only now: ${signingKey}`,
          ]);
        },
        LOCAL,
      ),
    );
  webhook
    .command('list')
    .description('list webhooks, and how their last deliveries went')
    .action(
      onApplication(
        context,
        async ({ services }, { output }) => {
          const { items } = services.webhooks.view;
          for (const item of items)
            output.line({ type: 'webhook', ...item }, [
              `${item.id}  ${item.name}${item.isManaged ? ' (set by the administrator)' : ''}`,
              `  ${item.where}  ${item.events.join(', ')}`,
              `  ${stateOf(item)}`,
            ]);
          return output.done(
            { count: items.length },
            items.length === 1 ? '1 webhook' : `${items.length} webhooks`,
          );
        },
        LOCAL,
      ),
    );
  webhook
    .command('remove')
    .description('remove a webhook; events that wait for it are not sent')
    .argument('<webhook>', 'ID or name')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [wanted = ''], output }) => {
          const { id, name } = named(services, wanted);
          await services.webhooks.remove(id);
          return output.done({ id }, `${name} removed`);
        },
        LOCAL,
      ),
    );
  webhook
    .command('test')
    .description('send a test event now')
    .argument('<webhook>', 'ID or name')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [wanted = ''], output }) => {
          const { id, name } = named(services, wanted);
          const { status, ms } = await services.webhooks.test(id);
          return output.done(
            { id, status, ms },
            status === null
              ? `${name} ended without an error`
              : `${name} answered with status ${status} after ${ms} ms`,
          );
        },
        LOCAL,
      ),
    );
  webhook
    .command('resume')
    .alias('retry')
    .description('switch a webhook on again, or send waiting events now')
    .argument('<webhook>', 'ID or name')
    .action(
      onApplication(
        context,
        async ({ services }, { args: [wanted = ''], output }) => {
          const { id, name } = named(services, wanted);
          services.webhooks.resume(id);
          return output.done({ id }, `${name} is on`);
        },
        LOCAL,
      ),
    );
}
