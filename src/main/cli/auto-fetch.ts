import { Option, type Command } from 'commander';
import { pad2 } from '../../shared/api/text.ts';
import { CATCH_UP_DAYS, CONFIRMABLE } from '../../shared/contract/auto-fetch.ts';
import { AppError } from '../../shared/errors.ts';
import { noneFitsText, profileName } from '../../shared/model/format-text.ts';
import { profileOf } from '../../shared/model/house-format.ts';
import { bytesText } from '../../shared/model/figures.ts';
import type { Services } from '../app/services.ts';
import type { NamedRule, RunResult } from '../auto-fetch/auto-fetch.ts';
import type {
  AutoFetchView,
  Choice,
  LogFilter,
  LogLine,
  Pause,
  Preview,
} from '../auto-fetch/ports.ts';
import { momentText } from '../catalogue/rights.ts';
import { searchOf } from './saved.ts';
import { onApplication, parseLimit, type CommandContext } from './context.ts';
import { syncCatalogue } from './catalogue.ts';
import { formatNamed } from '../app/resolve-target.ts';
import { templatesOf, withNamingOptions, type NamingOptions } from './naming.ts';
import type { Output } from './output.ts';
import { queuedText } from './queue.ts';
import { requireUnderstood } from '../app/query-faults.ts';
import type { Terminal } from './terminal.ts';

type Confirmable = (typeof CONFIRMABLE)[number];
type Options = NamingOptions & {
  query?: string;
  to?: string;
  format?: string;
  hours?: string;
  packages?: string;
  gb?: string;
  gbEach?: string;
  confirm?: string;
  embargo?: Choice['embargo'];
  catchUp?: string;
  off?: boolean;
  preview?: boolean;
  yes?: boolean;
};
type Search = Services['settings']['view']['savedSearches'][number];

const GB = 1_000_000_000;
/** No template is that, as it has no field. */
const AS_IN_SETTINGS = 'settings';
const DEFAULTS: Choice = {
  isOn: true,
  profile: 'broadcast',
  destination: null,
  hours: null,
  maxPackages: 20,
  maxBytesPerDay: 200 * GB,
  maxBytesPerPackage: null,
  confirm: [],
  embargo: 'hold',
  catchUpDays: 3,
};

/** What is read before a rule confirms a kind of restriction; recorded with it. */
const CONFIRM_TEXTS: Record<Confirmable, string> = {
  territory:
    'Restrictions on territory: what isn’t cleared everywhere, where it isn’t clear whether it is cleared for yours.',
  platform:
    'Restrictions on platforms: what isn’t cleared for all platforms you publish on, but for some of them.',
  time: 'Restrictions in time: what may only be used up to a day, or for a limited time.',
  editorial: 'Editorial use only: nothing commercial, no promotion.',
  archive: 'No archive use: what has to be deleted after use.',
};

/** @throws `usage` */
function numberOf(text: string | undefined, option: string): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new AppError('usage', `Use a number above 0 for ${option}, or: none`);
  return value;
}

/** @throws `usage` */
function hoursOf(text: string | undefined): Choice['hours'] | undefined {
  if (text === undefined) return undefined;
  if (text === 'any') return null;
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)$/u.exec(text.trim());
  if (!parts) throw new AppError('usage', 'Use --hours 06:00-23:00 (local time), or: any');
  const [, fromHour, fromMinute, toHour, toMinute] = parts.map(Number);
  return {
    fromMinute: (fromHour ?? 0) * 60 + (fromMinute ?? 0),
    toMinute: (toHour ?? 0) * 60 + (toMinute ?? 0),
  };
}

/** @throws `usage` */
function kindsOf(text: string | undefined): Confirmable[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none');
  const unknown = names.find((name) => !CONFIRMABLE.some((kind) => kind === name));
  if (unknown !== undefined)
    throw new AppError(
      'usage',
      `${unknown} isn’t a kind of restriction. Use: ${CONFIRMABLE.join(', ')}, or: none`,
    );
  return CONFIRMABLE.filter((kind) => names.includes(kind));
}

/** @throws `usage` */
function daysOf(text: string | undefined): Choice['catchUpDays'] | undefined {
  if (text === undefined) return undefined;
  const days = CATCH_UP_DAYS.find((one) => String(one) === text);
  if (days === undefined)
    throw new AppError('usage', `Use one of these for --catch-up: ${CATCH_UP_DAYS.join(', ')}`);
  return days;
}

const isTemplate = (text: string | undefined): text is string =>
  text !== undefined && text !== AS_IN_SETTINGS;

/** What isn't given stays; `settings` is null, for those of the settings. @throws `usage` */
function namesOf({ folderName, fileName }: NamingOptions) {
  const templates = templatesOf({
    ...(isTemplate(folderName) ? { folderName } : {}),
    ...(isTemplate(fileName) ? { fileName } : {}),
  });
  return {
    folderTemplate: folderName === undefined ? undefined : templates.folderTemplate,
    fileTemplate: fileName === undefined ? undefined : templates.fileTemplate,
  };
}

/** @throws `usage` */
function choiceOf(
  services: Services,
  options: Options,
  { before, terminal }: { before: Choice; terminal: Terminal },
): Choice {
  const packages = numberOf(options.packages, '--packages');
  if (packages !== undefined && packages !== null && !Number.isInteger(packages))
    throw new AppError('usage', 'Use a whole number for --packages');
  const bytesOf = (text: string | undefined, option: string): number | null | undefined => {
    const gigabytes = numberOf(text, option);
    return typeof gigabytes === 'number' ? Math.round(gigabytes * GB) : gigabytes;
  };
  const given = {
    profile: options.format === undefined ? undefined : formatNamed(services, options.format).id,
    destination: options.to === undefined ? undefined : terminal.resolve(options.to),
    hours: hoursOf(options.hours),
    maxPackages: packages,
    maxBytesPerDay: bytesOf(options.gb, '--gb'),
    maxBytesPerPackage: bytesOf(options.gbEach, '--gb-each'),
    confirm: kindsOf(options.confirm),
    embargo: options.embargo,
    catchUpDays: daysOf(options.catchUp),
    ...namesOf(options),
  };
  return {
    ...before,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    isOn: options.off !== true,
  };
}

/**
 * The saved search of that name, or the one that would be saved with it.
 * @throws what `searchOf` throws; `exists`
 */
function targetOf(
  services: Services,
  named: string,
  query: string | undefined,
): { name: string; text: string; known: Search | null } {
  if (query === undefined) {
    const known = searchOf(services, named);
    return { name: known.name, text: known.text, known };
  }
  const known = services.settings.view.savedSearches.find(({ name }) => name === named) ?? null;
  if (known && known.text !== query)
    throw new AppError(
      'exists',
      `A saved search ${named} finds something else: ${known.text}. Use another name.`,
    );
  return { name: named, text: query, known };
}

function saved({ settings, connection }: Services, name: string, text: string): Search {
  const seenAt = connection.serviceNow();
  const { savedSearches } = settings.saveSearch({ name, text, sort: 'newest', seenAt });
  const search = savedSearches.at(-1);
  if (!search) throw new Error('a search that was saved is missing');
  return search;
}

const clockText = (minutes: number): string =>
  `${pad2(Math.floor(minutes / 60))}:${pad2(minutes % 60)}`;
const countText = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
const packagesText = (count: number): string => countText(count, 'package', 'packages');

const formatNameOf = ({ settings }: Pick<Services, 'settings'>, { profile }: Choice): string => {
  const found = profileOf(settings.view, profile);
  return found ? profileName(found, 'en') : 'a house format that isn’t there any more';
};

/** The rule in one sentence. */
function sentenceOf(rule: Choice, formatName: string): string {
  const { hours, maxPackages, maxBytesPerDay, maxBytesPerPackage, destination, confirm } = rule;
  return [
    formatName,
    `to ${destination ?? 'the download folder'}`,
    ...(hours === null
      ? []
      : [`from ${clockText(hours.fromMinute)} to ${clockText(hours.toMinute)}`]),
    ...(maxPackages === null ? [] : [`at most ${packagesText(maxPackages)} a day`]),
    ...(maxBytesPerDay === null ? [] : [`at most ${bytesText(maxBytesPerDay)} a day`]),
    ...(maxBytesPerPackage === null ? [] : [`none over ${bytesText(maxBytesPerPackage)}`]),
    confirm.length === 0 ? 'restricted ones wait' : `confirms ${confirm.join(', ')}`,
    rule.embargo === 'hold' ? '.done waits for embargoes' : 'waits for embargoes',
    ...(rule.folderTemplate ? [`folders named ${rule.folderTemplate}`] : []),
    ...(rule.fileTemplate ? [`files named ${rule.fileTemplate}`] : []),
  ].join(', ');
}

const PAUSE_TEXTS: Record<Pause, string> = {
  'signed-out': 'paused: sign in with desk account login',
  terms: 'paused: accept the terms of use of the source with desk source accept-terms',
  'no-source': 'paused: the source isn’t in use',
  'no-format':
    'paused: its house format isn’t there any more; choose another one with desk auto-fetch add … --format',
};

const REASON_TEXTS: Record<NonNullable<LogLine['reason']>, string> = {
  restricted: 'restricted, waits for you',
  embargo: 'under embargo',
  'on-hold': 'on hold',
  hours: 'outside the hours',
  'day-packages': 'as many packages as allowed a day',
  'day-bytes': 'as many GB as allowed a day',
  withdrawn: 'withdrawn',
  expired: 'expired',
  territory: 'not cleared for your territory',
  platform: 'not cleared for your platforms',
  'no-rendition': 'no rendition fits the house format',
  here: 'already downloaded',
  listed: 'already in the list of downloads',
  corrected: 'a newer version of a package it has queued',
  late: 'published too long ago',
  'too-large': 'too large',
  'size-unknown': 'of unknown size',
  gone: 'no longer available',
};

const whyText = ({ reason, profile, unstated }: LogLine): string =>
  reason === null
    ? ''
    : reason === 'no-rendition' && profile
      ? noneFitsText(profileName(profile, 'en'), unstated, 'en')
      : REASON_TEXTS[reason];
const sizeText = ({ bytes }: LogLine): string => (bytes === null ? '' : `, ${bytesText(bytes)}`);
/** What a line says, without the title. */
const LINE_TEXTS: Record<LogLine['kind'], (line: LogLine) => string> = {
  queued: (line) =>
    `queued, ${line.label}${sizeText(line)}${line.untilMs === null ? '' : `, .done waits for ${momentText(line.untilMs)}`}`,
  held: (line) =>
    line.untilMs === null
      ? `not queued: ${whyText(line)}`
      : `held until ${momentText(line.untilMs)}: ${whyText(line)}`,
  left: (line) => `not queued: ${whyText(line)}${sizeText(line)}`,
  'late-ones': (line) => `${packagesText(line.found)} not queued: ${whyText(line)}`,
  'caught-up': (line) =>
    `caught up: ${line.found} published, ${line.queued} queued${sizeText(line)}`,
  began: ({ found }) => `switched on: the ${packagesText(found)} there aren’t new`,
  failed: ({ message }) => `nothing could be queued: ${message ?? ''}`,
};

function previewLines({ total, queued, left, isPartial }: Preview, formatName: string): string[] {
  const textOf = (reason: string): string =>
    reason === 'no-rendition'
      ? noneFitsText(formatName, [], 'en')
      : REASON_TEXTS[reason as keyof typeof REASON_TEXTS];
  return [
    `The last 7 days${isPartial ? ', as far as looked at' : ''}: ${packagesText(total.count)}, ${bytesText(total.bytes)}`,
    `would be queued: ${queued.count}, ${bytesText(queued.bytes)}`,
    ...Object.entries(left).map(
      ([reason, count]) => `would not be queued: ${count}  ${textOf(reason)}`,
    ),
  ];
}

async function add(
  services: Services,
  output: Output,
  named: string,
  options: Options,
): Promise<number> {
  const { name, text, known } = targetOf(services, named, options.query);
  // Another desk may have saved it; its rule can be switched off all the same.
  if (options.query !== undefined || options.off !== true)
    requireUnderstood(text, services.connection.serviceNow());
  const before = known && services.autoFetch.view(known.id).rule;
  const nameOf = (rule: Choice): string => formatNameOf(services, rule);
  const choice = choiceOf(services, options, {
    before: before ? withoutRecord(before) : DEFAULTS,
    terminal: output.terminal,
  });
  if (options.preview === true) {
    const preview = await services.autoFetch.preview(text, choice);
    return output.done({ id: known?.id ?? null, name, isOn: before?.isOn ?? false, preview }, [
      ...previewLines(preview, nameOf(choice)),
      'Nothing was changed.',
    ]);
  }
  const words = choice.confirm
    .filter((kind) => before?.confirm.includes(kind) !== true)
    .map((kind) => ({ id: kind, text: CONFIRM_TEXTS[kind] }));
  if (words.length > 0 && options.yes !== true) {
    output.note(words.map((word) => word.text));
    return output.failedWith(
      {
        code: 'restriction-unacknowledged',
        message:
          'Restrictions of these kinds would be confirmed in your name, without asking. If you mean that, add --yes',
      },
      { words },
    );
  }
  // Before the search is saved: what is refused leaves nothing behind.
  if (choice.isOn) services.policy.require('auto-fetch');
  const { id } = known ?? saved(services, name, text);
  const { rule } = await services.autoFetch.set(id, choice, words);
  return output.done(
    { id, name, rule },
    `${choice.isOn ? 'On' : 'Off'}: ${sentenceOf(choice, nameOf(choice))}`,
  );
}

/** The part of a rule that people choose. */
function withoutRecord(rule: NonNullable<AutoFetchView['rule']>): Choice {
  const { searchId: _, chosenBy: __, chosenAtMs: ___, words: ____, ...choice } = rule;
  return choice;
}

function list({ settings, autoFetch }: Services, output: Output): number {
  for (const { id, name, text } of settings.view.savedSearches) {
    const { rule, today, held, lastRunAtMs, paused } = autoFetch.view(id);
    const waiting = Object.values(held).reduce((sum, count) => sum + count, 0);
    output.line(
      { type: 'item', id, name, text, rule, today, held, lastRunAt: lastRunAtMs, paused },
      [
        `${id}  ${rule === null ? 'no rule' : rule.isOn ? 'on' : 'off'}  ${name}`,
        ...(rule === null
          ? []
          : [
              `  ${sentenceOf(rule, formatNameOf({ settings }, rule))}`,
              `  today ${packagesText(today.packages)}, ${bytesText(today.bytes)}; ${waiting} waiting${lastRunAtMs === null ? '' : `; last run ${momentText(lastRunAtMs)}`}`,
            ]),
      ],
    );
  }
  const { savedSearches, autoFetch: rules } = settings.view;
  return output.done({ count: savedSearches.length, on: rules.filter(({ isOn }) => isOn).length });
}

type Ran = { rule: Pick<NamedRule, 'searchId' | 'name'>; result: RunResult };

async function run(services: Services, output: Output, named: string | undefined): Promise<number> {
  const search = named === undefined ? null : searchOf(services, named);
  if (!services.settings.view.autoFetch.some(({ isOn }) => isOn))
    throw new AppError(
      'not-found',
      'Auto-fetch is off for all saved searches. Switch it on with: desk auto-fetch add',
    );
  await syncCatalogue(services, output);
  const ran: Ran[] = search
    ? [
        {
          rule: { searchId: search.id, name: search.name },
          result: await services.autoFetch.run(search.id),
        },
      ]
    : await services.autoFetch.runAll();
  for (const { rule, result } of ran) {
    const { fault, ...counts } = result;
    output.line({ type: 'item', id: rule.searchId, name: rule.name, ...counts }, [
      `${result.queued} queued, ${bytesText(result.bytes)}; ${result.held} waiting; ${result.left} not queued  ${rule.name}`,
      ...(result.hasBegun ? ['  on from now: what is there isn’t new'] : []),
      ...(result.paused === null ? [] : [`  ${PAUSE_TEXTS[result.paused]}`]),
    ]);
    if (fault) output.warn(`desk: ${rule.name}: ${fault.message}`);
  }
  const queued = ran.reduce((sum, { result }) => sum + result.queued, 0);
  const fault = ran.flatMap(({ result }) => result.fault ?? [])[0];
  if (fault) throw fault;
  const paused = ran.find(({ result }) => result.pausedCount > 0)?.result.paused ?? null;
  if (paused !== null)
    throw new AppError(
      paused === 'signed-out'
        ? 'signed-out'
        : paused === 'terms'
          ? 'terms-not-accepted'
          : paused === 'no-format'
            ? 'not-found'
            : 'offline',
      `What is new couldn’t be looked at: ${PAUSE_TEXTS[paused]}`,
    );
  return output.done({ queued }, queuedText(queued, output));
}

const PAGE = 500;

async function log(
  services: Services,
  output: Output,
  named: string,
  { show = 'all', limit: given }: { show?: LogFilter; limit?: string },
): Promise<number> {
  const { id } = searchOf(services, named);
  const limit = parseLimit(given);
  let count = 0;
  for (let total = 1; count < Math.min(total, limit);) {
    const page = await services.autoFetch.log(id, show, {
      offset: count,
      count: Math.min(PAGE, limit - count),
    });
    ({ total } = page);
    if (page.items.length === 0) break;
    count += page.items.length;
    for (const line of page.items)
      // The title comes last: a hostile one must not imitate the columns before it.
      output.line(
        { type: 'item', ...line },
        [momentText(line.atMs), LINE_TEXTS[line.kind](line), line.title]
          .filter((part) => part !== '')
          .join('  '),
      );
    await output.terminal.flushed();
  }
  return output.done({ count });
}

/** `desk auto-fetch`: saved searches that queue what is new. */
export function addAutoFetchCommands(program: Command, context: CommandContext): void {
  const autoFetch = program
    .command('auto-fetch')
    .description('saved searches that queue what is new');
  const alone = { needsService: false };

  withNamingOptions(autoFetch.command('add'), `; ${AS_IN_SETTINGS}: as in the settings`)
    .description('switch it on for a saved search, or change its rule')
    .argument('<search>', 'name or ID of a saved search')
    .option('--query <query>', 'save this query under that name first')
    .option('--to <dir>', 'folder (default: the one in the settings)')
    .option(
      '--format <format>',
      'house format, by name or ID (see desk format list); nothing stands in for what it names',
    )
    .option('--hours <from-to>', 'local hours in which it queues, such as 06:00-23:00, or: any')
    .option('--packages <n>', 'packages a day at most, or: none')
    .option('--gb <n>', 'GB a day at most, or: none')
    .option('--gb-each <n>', 'GB a package at most, or: none')
    .option(
      '--confirm <kinds>',
      `confirm these restrictions without asking: ${CONFIRMABLE.join(', ')}, separated by commas; none: they wait`,
    )
    .addOption(
      new Option(
        '--embargo <what>',
        'hold: download, .done waits until it lifts; wait: queue once it has lifted',
      ).choices(['hold', 'wait']),
    )
    .option(
      '--catch-up <days>',
      `take what was published up to so many days ago: ${CATCH_UP_DAYS.join(', ')} (0: an hour)`,
    )
    .option('--off', 'switch it off and keep the rule')
    .option('--preview', 'only show what it would have done in the last 7 days')
    .option('--yes', 'confirm what --confirm says')
    .action(
      onApplication<Options>(
        context,
        ({ services }, { args, options, output }) => add(services, output, args[0] ?? '', options),
        { needsService: false, connect: true },
      ),
    );
  autoFetch
    .command('list')
    .description('list saved searches with their rules')
    .action(
      onApplication(context, async ({ services }, { output }) => list(services, output), alone),
    );
  autoFetch
    .command('run')
    .description('update the catalogue and queue what is new')
    .argument('[search]', 'only this one')
    .action(
      onApplication(context, ({ services }, { args, output }) => run(services, output, args[0]), {
        needsService: false,
        needsSource: true,
      }),
    );
  autoFetch
    .command('log')
    .description('list what it did and why not, newest first')
    .argument('<search>')
    .addOption(new Option('--show <what>', 'which lines').choices(['all', 'queued', 'not-queued']))
    .option('--limit <n>', 'at most this many')
    .action(
      onApplication<{ show?: LogFilter; limit?: string }>(
        context,
        ({ services }, { args, options, output }) => log(services, output, args[0] ?? '', options),
        alone,
      ),
    );
  autoFetch
    .command('remove')
    .description('remove the rule; the saved search stays')
    .argument('<search>')
    .action(
      onApplication(
        context,
        async ({ services }, { args, output }) => {
          const { id, name } = searchOf(services, args[0] ?? '');
          if (services.autoFetch.view(id).rule === null)
            throw new AppError('not-found', `${name} has no rule`);
          await services.autoFetch.remove(id);
          return output.done({ id, name }, `Removed. The saved search ${name} is still there.`);
        },
        alone,
      ),
    );
}
