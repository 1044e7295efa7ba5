import type { AssetChange, AssetDetail } from '../../catalogue/asset.ts';
import type { ArticleChange, ArticleDetail } from '../../../shared/model/article.ts';
import type { Feed, FeedItem, FeedMedia, FeedScene } from '../../formats/feed.ts';
import { strictest, type FeedRestriction, type FeedRights } from '../../formats/feed-rights.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SourceId } from '../../../shared/model/source.ts';
import { publicAddress, stableAddress, withoutSecrets } from './addresses.ts';
import {
  assetOf,
  changeOf,
  clean,
  cleanLine,
  containerOf,
  datesOf,
  digestOf,
  durationOf,
  frameRateOf,
  HD_LINES,
  iso,
  kindOf,
  languageOf,
  pageOf,
  plainText,
  scriptOf,
  shortened,
  storable,
  storedFiles,
  type OfferedMedia,
  type PublishedFile,
  type Purpose,
} from './asset-parts.ts';
import { ARTICLE_LENGTH, articleOfItem, changeOfArticle } from './feed-article.ts';
import { shotlistIn } from './shotlist-map.ts';

/**
 * What items are known by, which is decided once for a source: a later document, with another share
 * of equal guids or from another site, must not rename what is here.
 */
export type FeedIdentity = {
  by: 'id' | 'link' | 'title';
  /** The site that keys leave out, so that they stay when it moves; null before an address was seen. */
  home: string | null;
  /** Addresses of two sites were in one document: those of others than `home` keep theirs. */
  hasOthers: boolean;
};

/** More of these equal than this part, and they tell nothing apart. */
const MAX_EQUAL = 0.3;

function timesOf<T>(values: readonly T[]): Map<T, number> {
  const times = new Map<T, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return times;
}

const isPlayable = (item: FeedItem): boolean =>
  item.playerUrl !== null || item.media.some((media) => kindOf(media) !== 'image');

/** Two works under one name, which a publisher has used again; not one and its newer version. */
const isAnother = (a: FeedItem, b: FeedItem): boolean =>
  isPlayable(a) && isPlayable(b) && a.link !== b.link && a.title !== b.title;

/** True if most items have a name, and one that no other work has. */
function tellsApart(items: readonly FeedItem[], nameOf: (item: FeedItem) => string | null) {
  const byName = Map.groupBy(items, nameOf);
  let equal = 0;
  for (const [name, [first, ...more]] of byName) {
    const others = more.filter((item) => name === null || (first && isAnother(first, item)));
    equal += others.length + (name === null || others.length > 0 ? 1 : 0);
  }
  return equal <= items.length * MAX_EQUAL;
}

const titled = ({ title, publishedAt }: FeedItem): string | null =>
  title === '' ? null : `${title} ${publishedAt ?? ''}`;
const siteOf = (text: string | null): string | null =>
  /^https?:\/\/([^/?#]+)/iu.exec(text ?? '')?.[1]?.toLowerCase() ?? null;

function identityOf(items: readonly FeedItem[], known: FeedIdentity | null): FeedIdentity {
  const by =
    known?.by ??
    (tellsApart(items, ({ id }) => id)
      ? 'id'
      : tellsApart(items, ({ link }) => link)
        ? 'link'
        : 'title');
  const sites = items.flatMap(({ id, link }) => siteOf(by === 'id' ? id : link) ?? []);
  const most = [...timesOf(sites)].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  const hasOthers = (known?.hasOthers ?? false) || new Set(sites).size > 1;
  // A feed of one site that is on another now has moved.
  return { by, hasOthers, home: hasOthers ? (known?.home ?? most) : (most ?? known?.home ?? null) };
}

/**
 * The items of a document by their keys, newest first: those of one key are one item, of which the
 * newest with a file is shown and the strictest statement holds.
 */
function itemsByKey(
  items: readonly FeedItem[],
  { by, home, hasOthers }: FeedIdentity,
): Map<string, FeedItem> {
  const local = (text: string | null): string | null => {
    const site = siteOf(text);
    if (text === null || site === null) return text;
    const path = text.replace(/^https?:\/\/[^/?#]+/iu, '');
    return hasOthers && site !== home ? `${site}${path}` : path === '' ? text : path;
  };
  const times = timesOf(items.map(({ id }) => id));
  // What a large part of the items has is no id.
  const idOf = ({ id }: FeedItem): string | null =>
    (times.get(id) ?? 0) > Math.max(2, items.length * MAX_EQUAL) ? null : local(id);
  const rights = new Map<string, FeedRights>();
  for (const item of items)
    for (const name of [idOf(item), local(item.link)])
      if (name !== null) rights.set(name, strictest(item, rights.get(name) ?? item));

  const heads = new Map<string, FeedItem>();
  const found = new Map<string, FeedItem>();
  for (const item of items) {
    const [id, link, title] = [idOf(item), local(item.link), titled(item)];
    const keys = { id: [id, link, title], link: [link, id, title], title: [title, link, id] }[
      by
    ].filter((key) => key !== null);
    const [first] = keys;
    if (first === undefined) continue;
    const head = heads.get(first);
    if (!head || !isPlayable(head)) heads.set(first, item);
    const key = head && isAnother(head, item) ? (keys[1] ?? first) : first;
    const newer = found.get(key);
    const shown = newer && (isPlayable(newer) || !isPlayable(item)) ? newer : item;
    const said = [newer, rights.get(id ?? ''), rights.get(link ?? '')].reduce<FeedRights>(
      (all, one) => (one ? strictest(all, one) : all),
      item,
    );
    found.set(key, {
      ...shown,
      ...strictest(said, item),
      isExplicitlyBlocked: item.isExplicitlyBlocked || newer?.isExplicitlyBlocked === true,
    });
  }
  return found;
}

const isStream = ({ url, type }: FeedMedia): boolean =>
  /mpegurl|dash\+xml/iu.test(type ?? '') || /\.(?:m3u8|mpd)(?:[?#]|$)/iu.test(url);
/** A size smaller than this for a video is a slip of the publisher, such as megabytes. */
const MIN_BYTES = 10_000;
const sizeOf = ({ bytes }: FeedMedia): number | null =>
  bytes !== null && bytes >= MIN_BYTES ? bytes : null;

/**
 * Files of one item by ids that stay when their addresses are signed anew. Two of which only a
 * parameter differs that nobody knows are told apart by it; what stays the same after that is one
 * file.
 */
function byFileId<T extends { url: string }>(files: readonly T[]): Map<string, T> {
  const times = timesOf(files.map(({ url }) => stableAddress(url)));
  const byId = new Map<string, T>();
  for (const one of files) {
    const isShared = (times.get(stableAddress(one.url)) ?? 0) > 1;
    const id = digestOf(stableAddress(one.url, isShared), 12);
    if (!byId.has(id)) byId.set(id, one);
  }
  return byId;
}
function nameOf(media: FeedMedia): string {
  const { height, bitrate } = media;
  const container = containerOf(media).toUpperCase();
  if (height !== null) return `${height}p ${container}`;
  return bitrate === null ? container : `${container}, ${(bitrate / 1e6).toFixed(1)} Mb/s`;
}

type Restriction = AssetDetail['restrictions'][number];
function restrictionOf({ relationship, type, values }: FeedRestriction): Restriction {
  const kind = type === 'country' ? 'territory' : type === 'uri' ? 'platform' : 'editorial';
  const only = relationship === 'allow';
  const list = values.join(', ');
  const note =
    type === 'sharing'
      ? values.length === 0
        ? 'Sharing is not allowed'
        : `Sharing ${only ? 'only' : 'not'} by ${list}`
      : values.length === 0
        ? only
          ? 'Not released for use'
          : 'Restricted by the publisher'
        : `${only ? 'Only for' : 'Not for'} ${list}`;
  return {
    id: `rst_${digestOf(`${relationship} ${type} ${values.join(' ')}`, 16)}`,
    kind,
    mode: relationship,
    values,
    note,
  };
}

/** Best first: by height, then by bit rate, then as the feed says. */
const byQuality = (a: FeedMedia, b: FeedMedia): number =>
  Number(a.isSample) - Number(b.isSample) ||
  (b.height ?? 0) - (a.height ?? 0) ||
  (b.bitrate ?? 0) - (a.bitrate ?? 0) ||
  Number(b.isDefault) - Number(a.isDefault);

function purposeOf(at: number, media: FeedMedia, count: number): Purpose {
  if (media.isSample || (at > 0 && at === count - 1 && (media.height ?? 0) < HD_LINES))
    return 'preview';
  return at === 0 ? 'broadcast' : 'web';
}

type Context = { feed: Feed; nowMs: number };

function offeredOf(
  [id, media]: readonly [string, FeedMedia],
  at: number,
  all: readonly unknown[],
): OfferedMedia {
  const { width, height, bitrate, durationMs } = media;
  return {
    id,
    kind: kindOf(media) === 'audio' ? 'audio' : 'video',
    name: nameOf(media),
    container: containerOf(media),
    width,
    height,
    frameRate: frameRateOf(media.frameRate),
    bitrate,
    durationMs,
    bytes: sizeOf(media),
    purpose: purposeOf(at, media, all.length),
  };
}

function integrityOf(media: readonly FeedMedia[]): AssetDetail['integrity'] {
  if (media.length === 0) return 'none';
  return media.some(({ hash }) => hash !== null) ? 'published' : 'recorded';
}

const shotOf = (scene: FeedScene, at: number): AssetDetail['shotlist'][number] => ({
  n: at + 1,
  in: null,
  out: null,
  startMs: durationOf(scene.startMs),
  durationMs: scene.endMs === null ? null : durationOf(Math.max(0, scene.endMs - scene.startMs)),
  text: clean(scene.text),
  restrictionIds: [],
});

function assetOfItem(item: FeedItem, id: string, { feed, nowMs }: Context) {
  const playable = item.media.filter((media) => kindOf(media) !== 'image');
  const files = [...byFileId(offeredMedia(item))];
  const media = files.map(([, one]) => one);
  const isVideo = playable.some((one) => kindOf(one) === 'video') || playable.length === 0;
  const title = cleanLine(item.title);
  const madeBy = cleanLine(plainText(feed.title));
  const text = withoutSecrets(plainText(item.summaryHtml));
  const scripts = [clean(plainText(item.contentHtml)), clean(item.script)].filter(
    (part) => part !== '' && part !== text,
  );
  const language = languageOf(
    item.language ?? playable.find((one) => one.language !== null)?.language ?? feed.language,
  );
  const copyright = clean(item.copyright ?? feed.copyright ?? '');
  const licence = {
    name: clean(item.licence?.name ?? ''),
    url: item.licence?.url ? (publicAddress(item.licence.url) ?? '') : '',
  };
  const terms = licence.name || copyright;
  // Of platforms alone it would leave others, such as the air.
  const isForNobody = item.restrictions.some(
    ({ relationship, type, values }) =>
      relationship === 'allow' && type !== 'uri' && values.length === 0,
  );
  const durationMs = durationOf(
    item.durationMs ??
      playable.find((one) => !one.isSample && one.durationMs !== null)?.durationMs ??
      null,
  );
  const listed = shotlistIn([text, ...scripts], { durationMs });
  const hasScenes = item.scenes.length > 0;
  const restrictions = [
    ...item.restrictions.map((one) => restrictionOf({ ...one, values: one.values.map(clean) })),
    ...listed.restrictions,
  ];
  const preview = media.findLast((one) => /mp4/iu.test(one.type ?? one.url) && storable(one));
  const pictures = [
    ...item.pictures,
    ...item.media
      .filter((one) => kindOf(one) === 'image')
      .map(({ url, width, height }) => ({ url, width, height })),
  ].filter(storable);
  return assetOf(
    {
      id,
      type: isVideo ? 'video' : 'audio',
      headline: title || shortened(text, 120) || madeBy || id,
      descriptionText: text,
      ...datesOf(item.publishedAt, item.updatedAt, nowMs),
      durationMs,
      thumbnails: pictures,
      topics: [...new Set([...item.categories, ...item.keywords].map(clean))]
        .slice(0, 50)
        .map((topic) => shortened(topic, 120)),
      languages: language === null ? [] : [language],
      restrictions,
      // In force or not: what uses it compares it with the time.
      embargoUntil: item.validFrom === null ? null : iso(item.validFrom),
      expiresAt: item.validUntil === null ? null : iso(item.validUntil),
      pubStatus:
        item.status === 'deleted'
          ? 'canceled'
          : item.status === 'blocked' || isForNobody
            ? 'withheld'
            : 'usable',
      integrity: integrityOf(media),
      rights: restrictions.length > 0 ? 'stated' : terms === '' ? 'unknown' : 'general',
      statusNote:
        item.status === 'active'
          ? isForNobody
            ? 'Not released for use'
            : null
          : clean(item.statusNote ?? '') || null,
      credits: item.credits.map(clean),
      source: madeBy,
      usageTerms:
        item.licence === null ? terms : [licence.name, licence.url].filter(Boolean).join(', '),
      copyrightNotice: copyright,
      // Of two lists the one that is data; what the other restricts by shots is on all of them then.
      shotlist: hasScenes ? item.scenes.map(shotOf) : listed.shotlist,
      soundbites: hasScenes ? [] : listed.soundbites,
      script: scriptOf(scripts.join('\n\n'), language),
      captions: Array.from(
        byFileId(item.captions),
        ([captionsId, { url, type, language: spoken }]) => ({
          fileId: `captions-${captionsId}`,
          language: languageOf(spoken) ?? 'und',
          kind: 'subtitles' as const,
          format: /srt|subrip/iu.test(type ?? url) ? 'srt' : 'vtt',
        }),
      ),
      preview: preview
        ? { url: preview.url, mediaType: preview.type ?? 'video/mp4', bytes: sizeOf(preview) }
        : null,
      sourceUrl: pageOf([item.link, item.playerUrl]),
      files: storedFiles(filesOf(item)),
    },
    files.map(offeredOf),
    Array.from(byFileId(item.pictures).keys(), (one) => `picture-${one}`),
  );
}

const fileBeside = (
  name: string,
  [id, { url, type = null }]: readonly [string, { url: string; type?: string | null }],
): PublishedFile => ({ fileId: `${name}-${id}`, url, mediaType: type, bytes: null, hash: null });

/** What may be downloaded, best first: neither streams nor what is sold. */
const offeredMedia = (item: FeedItem): FeedMedia[] =>
  item.isForSale
    ? []
    : item.media
        .filter((media) => kindOf(media) !== 'image' && !isStream(media))
        .toSorted(byQuality);

/** The files of an item's packages, by the ids of their components. */
function filesOf(item: FeedItem): PublishedFile[] {
  return [
    ...Array.from(byFileId(offeredMedia(item)), ([id, media]) => ({
      fileId: `media-${id}`,
      url: media.url,
      mediaType: media.type,
      bytes: sizeOf(media),
      hash: media.hash,
    })),
    ...Array.from(byFileId(item.captions), (one) => fileBeside('captions', one)),
    ...[...byFileId(item.pictures)].slice(0, 1).map((one) => fileBeside('picture', one)),
  ];
}

/** More items than this part that can't be understood, and the document has another shape. */
const MAX_MISFITS = 0.2;

export type MappedFeed = {
  changes: AssetChange[];
  articles: ArticleChange[];
  identity: FeedIdentity;
  /** Number of items with neither film nor sound. */
  texts: number;
  /** Number of items that can't be read, told apart, or don't fit the model: they are left out. */
  misfits: number;
  /** When the first of the items that are held back may be read, ms since 1970; null if none is held. */
  heldUntil: number | null;
  /** By the ids of their assets, if they were asked for. */
  files: Map<string, PublishedFile[]>;
};

/**
 * The assets of a feed. Pure: the same document gives the same stamps, whenever it is read and
 * whatever signs its addresses.
 *
 * @param nowMs for items without a date
 * @param known how items of this source have been told apart until now
 * @throws `feed-invalid` if too much of it can't be understood
 */
export function mapFeed(
  feed: Feed,
  {
    source,
    nowMs,
    known,
    withFiles = false,
  }: { source: SourceId; nowMs: number; known: FeedIdentity | null; withFiles?: boolean },
): MappedFeed {
  const files = new Map<string, PublishedFile[]>();
  const { items } = feed;
  const identity = identityOf(items, known);
  const changes: AssetChange[] = [];
  const articles: ArticleChange[] = [];
  let [texts, misfits] = [0, feed.unread + items.filter(isNameless).length];
  let heldUntil: number | null = null;
  for (const [key, item] of itemsByKey(items, identity)) {
    const id = `${source}/${digestOf(key, 16)}`;
    const isWithdrawn = item.status !== 'active' || item.isExplicitlyBlocked;
    const isHeld = item.validFrom !== null && item.validFrom > nowMs;
    if (isHeld && !isWithdrawn && item.validFrom !== null)
      heldUntil = Math.min(heldUntil ?? Infinity, item.validFrom);
    const hasFilm = isPlayable(item) && !item.isExplicitlyBlocked;
    const article =
      isWithdrawn || isHeld ? null : articleOf(item, id, { feed, source, nowMs, hasFilm });
    if (article) articles.push(changeOfArticle(article));
    else if (isWithdrawn)
      articles.push({ op: 'withdraw', id, stamp: digestOf(`${item.status} article`, 32) });
    // One that could be read before it was held back goes until then.
    else if (isHeld) articles.push({ op: 'withdraw', id, stamp: digestOf('held article', 32) });
    if (!hasFilm) {
      // What is here of it goes, whatever is left of it there.
      if (isWithdrawn)
        changes.push({ op: 'withdraw', id, stamp: digestOf(`${item.status} without a file`, 32) });
      else texts++;
      continue;
    }
    if (withFiles) files.set(id, filesOf(item));
    const change = changeOf(assetOfItem(item, id, { feed, nowMs }), [
      item.publishedAt,
      item.updatedAt,
    ]);
    if (change) changes.push(change);
    else misfits++;
  }
  const count = items.length + feed.unread;
  if (misfits > count * MAX_MISFITS)
    throw new AppError(
      'feed-invalid',
      `The feed’s format has changed: ${misfits} of ${count} items can’t be read`,
    );
  return { changes, articles, identity, texts, misfits, heldUntil, files };
}

/** Null for a film with few words beside it. */
function articleOf(
  item: FeedItem,
  id: string,
  context: Parameters<typeof articleOfItem>[2],
): ArticleDetail | null {
  const article = articleOfItem(item, id, context);
  return context.hasFilm && article.bodyText.length < ARTICLE_LENGTH ? null : article;
}

const isNameless = ({ id, link, title }: FeedItem): boolean =>
  id === null && link === null && title === '';
