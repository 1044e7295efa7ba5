import type { Command } from 'commander';
import { AppError } from '../../shared/errors.ts';
import { bytesText, formatDuration } from '../../shared/model/figures.ts';
import { isLoopbackHost } from '../../shared/model/url.ts';
import { systemClock } from '../../shared/clock.ts';
import type { DocumentClient } from '../adapters/sources/document-client.ts';
import type { FeedProbe } from '../adapters/sources/feed.ts';
import type { CommandContext } from './context.ts';

const KINDS: Record<FeedProbe['kind'], string> = {
  rss: 'RSS',
  atom: 'Atom',
  rdf: 'RSS 1.0',
  json: 'JSON Feed',
};
const SHOWN = 10;

/** @throws `usage` for what is no address, `https-required` for plain http to another computer */
function feedAddress(typed: string): string {
  const url = URL.parse(/^[a-z][\w+.-]*:/iu.test(typed) ? typed : `https://${typed}`);
  if (!url || !/^https?:$/u.test(url.protocol))
    throw new AppError('usage', `${typed} isn’t a web address`);
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new AppError('https-required', 'Use an https address');
  return url.href;
}

type Shown = FeedProbe['assets'][number];
function lineOf({ isDateStated, publishedAt, durationMs, renditions, captions, headline }: Shown) {
  const facts = [
    isDateStated ? publishedAt.slice(0, 10) : 'no date',
    durationMs === null ? null : formatDuration(durationMs / 1000),
    renditions.length === 0
      ? 'no file'
      : renditions
          .map(({ name, bytes }) => (bytes === null ? name : `${name} (${bytesText(bytes)})`))
          .join(', '),
    captions.length > 0 ? 'captions' : null,
  ].filter((fact) => fact !== null);
  // The headline comes last: a hostile one must not imitate the columns before it.
  return `${facts.join('  ')}  ${headline}`;
}

/** What the source promises, in the words of the interface. */
function promises({ assets }: FeedProbe): string[] {
  const files = assets.filter(({ integrity }) => integrity !== 'none');
  const stated = assets.filter(({ rights }) => rights === 'stated').length;
  return [
    files.some(({ integrity }) => integrity === 'published')
      ? 'Checksums by the publisher: they show damage, not origin'
      : 'No checksums: recorded by this computer at the first download',
    stated > 0
      ? `Restrictions stated for ${stated} of ${assets.length}`
      : assets.some(({ rights }) => rights === 'general')
        ? 'General terms only: check with the publisher'
        : 'No restrictions stated: check with the publisher',
  ];
}

/** `desk source`: where footage comes from besides the service. */
export function addSourceCommands(program: Command, context: CommandContext): void {
  const source = program.command('source').description('sources of footage besides the service');
  source
    .command('test')
    .description('show what a feed offers, without adding it')
    .argument('<address>', 'address of a Media RSS, podcast, RSS, Atom or JSON feed')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const output = context.output(command);
      let client: DocumentClient | null = null;
      try {
        const address = feedAddress(typed);
        // Only here: other commands start without them.
        const [{ createDocumentClient }, { probeFeed }] = await Promise.all([
          import('../adapters/sources/document-client.ts'),
          import('../adapters/sources/feed.ts'),
        ]);
        client = createDocumentClient(context.version);
        const probe = await probeFeed(client, address, {
          nowMs: systemClock.nowMs,
          signal: AbortSignal.timeout(60_000),
        });
        for (const asset of probe.assets.slice(0, SHOWN))
          output.line(
            {
              type: 'item',
              id: asset.id,
              headline: asset.headline,
              publishedAt: asset.isDateStated ? asset.publishedAt : null,
              durationMs: asset.durationMs,
              integrity: asset.integrity,
              rights: asset.rights,
              renditions: asset.renditions.map(({ name, bytes }) => ({ name, bytes })),
              captions: asset.captions.length,
            },
            lineOf(asset),
          );
        const { kind, title, movedTo, articles, assets } = probe;
        context.exit(
          output.done({ kind, title, movedTo, count: assets.length, articles }, [
            `${KINDS[kind]}, “${title}”: ${assets.length} with film or sound, ${articles} without`,
            ...(movedTo === null ? [] : [`It has moved to ${movedTo}`]),
            ...(assets.length === 0 ? [] : promises(probe)),
          ]),
        );
      } catch (thrown) {
        context.exit(output.failed(thrown));
      } finally {
        client?.close();
      }
    });
}
