/*
 * Which articles are here whole, and which go first when there is no room. Pure.
 */
import type * as z from 'zod';
import type { SourceId } from '../../shared/model/source.ts';
import { STORAGE_GROUPS, type articleStorage } from '../../shared/contract/articles.ts';
import type { StoredArticle } from './ports.ts';

/** What the user wants to have without a network. */
export type StorageRules = {
  /** Number of newest articles. */
  newest: number;
  /** Sections and topics that are stored whole. */
  topics: readonly string[];
  /** Sources that are stored whole. */
  sources: readonly SourceId[];
  /** What texts and pictures may take, bytes. */
  limitBytes: number;
  /** Read articles go after so many days; null keeps them. */
  keepDays: number | null;
};

type StorageGroup = (typeof STORAGE_GROUPS)[number];
/** Why one goes: its publisher's date, its age, or that there is no room. */
export type StorageReason = 'expired' | 'old' | 'room';

export type StoragePlan = {
  /** What is here, by why it is; a picture of several articles counts where it lasts longest. */
  groups: Record<StorageGroup, { articles: number; bytes: number }>;
  /** To be fetched: wanted and not here, or not as it is published now. Newest first. */
  fetch: string[];
  /** To be removed now. */
  remove: { id: string; reason: StorageReason; bytes: number }[];
  /** What would go next, in that order, with what it frees; nothing of it has to. */
  next: { id: string; source: SourceId; publishedAt: number; isRead: boolean; bytes: number }[];
};

const DAY_MS = 86_400_000;
/** What the pictures of an article take that were never here, bytes. */
const USUAL_BYTES = 300_000;

const isHere = ({ isStored, pictures }: StoredArticle): boolean => isStored || pictures.length > 0;

/** In the order in which they last: the unread and the newest of a group stay longest. */
const byWorth = (a: StoredArticle, b: StoredArticle): number =>
  Number(a.isRead) - Number(b.isRead) || b.publishedAt - a.publishedAt;

/**
 * @param articles newest first, none of them withdrawn
 * @param nowMs ms since 1970
 */
export function storagePlan(
  articles: readonly StoredArticle[],
  rules: StorageRules,
  nowMs: number,
): StoragePlan {
  const topics = new Set(rules.topics);
  const sources = new Set(rules.sources);
  const grouped: Record<StorageGroup, StoredArticle[]> = {
    kept: [],
    newest: [],
    chosen: [],
    others: [],
  };
  const plan: StoragePlan = {
    groups: {
      kept: { articles: 0, bytes: 0 },
      newest: { articles: 0, bytes: 0 },
      chosen: { articles: 0, bytes: 0 },
      others: { articles: 0, bytes: 0 },
    },
    fetch: [],
    remove: [],
    next: [],
  };
  let newest = 0;
  for (const article of articles) {
    const { isKept, isUnwanted, until, isRead, publishedAt } = article;
    if (isKept) {
      grouped.kept.push(article);
      continue;
    }
    const reason: StorageReason | null =
      until !== null && until <= nowMs
        ? 'expired'
        : rules.keepDays !== null && isRead && publishedAt < nowMs - rules.keepDays * DAY_MS
          ? 'old'
          : null;
    if (reason !== null || isUnwanted) {
      if (isHere(article))
        plan.remove.push({ id: article.id, reason: reason ?? 'expired', bytes: 0 });
      continue;
    }
    newest += 1;
    if (newest <= rules.newest) grouped.newest.push(article);
    else if (
      sources.has(article.source) ||
      topics.has(article.section) ||
      article.topics.some((topic) => topics.has(topic))
    )
      grouped.chosen.push(article);
    else if (isHere(article)) grouped.others.push(article);
  }

  const counted = new Set<string>();
  /** What it takes beside what was counted before. */
  const bytesOf = ({ textBytes, pictures }: StoredArticle): number => {
    let bytes = textBytes;
    for (const [sha256, size] of pictures)
      if (!counted.has(sha256)) {
        counted.add(sha256);
        bytes += size;
      }
    return bytes;
  };
  let used = 0;
  const goes: StoragePlan['next'] = [];
  for (const group of STORAGE_GROUPS)
    for (const article of grouped[group].toSorted(byWorth)) {
      const here = isHere(article);
      const bytes = here
        ? bytesOf(article)
        : article.textBytes + (article.missingBytes ?? USUAL_BYTES);
      const hasRoom = group === 'kept' || used + bytes <= rules.limitBytes;
      if (!hasRoom) {
        if (here) plan.remove.push({ id: article.id, reason: 'room', bytes });
        continue;
      }
      used += bytes;
      if (here) {
        plan.groups[group].articles += 1;
        plan.groups[group].bytes += bytes;
      }
      const isWhole = article.isStored && article.isCurrent;
      if (!isWhole && group !== 'others') plan.fetch.push(article.id);
      if (group !== 'kept' && here) {
        const { id, source, publishedAt, isRead } = article;
        goes.push({ id, source, publishedAt, isRead, bytes });
      }
    }
  plan.next = goes.toReversed();
  const byId = new Map(articles.map((article) => [article.id, article]));
  // By what they take without those that stay.
  for (const one of plan.remove) {
    if (one.reason === 'room') continue;
    const article = byId.get(one.id);
    if (article) one.bytes = bytesOf(article);
  }
  return plan;
}

/** How many parts of what would go are told. */
const MAX_PARTS = 3;

/** What people are shown of it: in three parts, by what would go first. */
export function storageView(
  { groups, remove, next }: StoragePlan,
  { limitBytes }: Pick<StorageRules, 'limitBytes'>,
): z.infer<typeof articleStorage> {
  const here = STORAGE_GROUPS.map((group) => ({ group, ...groups[group] }));
  const usedBytes = here.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts: StoragePlan['next'][] = [];
  // Read articles apart from unread ones, the former in two halves.
  for (const isRead of [true, false]) {
    const some = next.filter((one) => one.isRead === isRead);
    const size = isRead ? Math.ceil(some.length / (MAX_PARTS - 1)) : some.length;
    for (let at = 0; at < some.length; at += size) parts.push(some.slice(at, at + size));
  }
  return {
    limitBytes,
    usedBytes,
    articles: here.reduce((sum, { articles }) => sum + articles, 0),
    groups: here,
    goes: parts.map((part) => ({
      isRead: part[0]?.isRead ?? false,
      before: Math.max(...part.map(({ publishedAt }) => publishedAt)),
      articles: part.length,
      bytes: part.reduce((sum, { bytes }) => sum + bytes, 0),
      sources: [...new Set(part.map(({ source }) => source))],
    })),
    dueBytes: remove.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
