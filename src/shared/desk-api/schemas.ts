import * as z from 'zod';
import { bytes, sha256, time } from '../api/common.ts';
import { deskEvent } from '../contract/events.ts';
import { REASON_KINDS, RESTRICTION_KINDS, RIGHTS_STATES } from '../api/rights.ts';
import { PURPOSES } from '../model/house-format.ts';
import { pathFault } from '../model/names.ts';
import { RECALL_KINDS } from '../model/recall.ts';
import { SORTS } from '../model/sorts.ts';
import { TRANSFER_TABS } from '../model/transfer-tabs.ts';
import { WAIT_REASONS } from '../model/transfer.ts';
import { ERROR_CODES } from '../errors.ts';
import { API_SCOPES } from './scopes.ts';

/** A line of text. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'must have no control characters' });

/** As the app has it; of another source than the service it contains slashes (in a path: %2F). */
const id = line(400).min(1);
export const idParams = z.strictObject({ id });

const count = z.int().nonnegative();
const paging = {
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};
const query = line(1000).default('');
/** Less than a proxy waits for an answer. */
const MAX_EVENTS_WAIT_S = 50;

export const status = z
  .object({
    version: z.string(),
    token: z.object({
      name: z.string(),
      scopes: z.array(z.enum(API_SCOPES)),
      expiresAt: time.nullable(),
    }),
    service: z
      .object({
        connection: z.enum(['starting', 'online', 'offline', 'no-service']),
        isDemo: z.boolean(),
        lastSeenAt: time.nullable(),
      })
      .describe('The press service in use'),
    account: z
      .enum(['loading', 'signed-in', 'signed-out'])
      .describe('Downloads from the service wait while nobody is signed in'),
    termsDue: z.boolean().describe('New terms of use wait for a person'),
    catalogue: z.object({ assets: count, articles: count, syncedAt: time.nullable() }),
    disk: z
      .object({ freeBytes: bytes, totalBytes: bytes })
      .nullable()
      .describe('Of the download folder; null if it can’t be reached'),
    downloads: z.object({
      active: count,
      waiting: count,
      done: count,
      failed: count,
      recalled: count,
      remainingBytes: bytes,
      bytesPerSecond: z.number().nonnegative(),
      isPaused: z.boolean().describe('All of them, by a person or by hours'),
    }),
    recalls: z.object({ toAcknowledge: count }),
  })
  .meta({ id: 'Status' });

const purpose = z.enum(PURPOSES);
const confirmation = z.object({ id: z.string(), text: z.string() });
const rights = z
  .object({
    decision: z
      .enum(['allow', 'ask', 'forbid'])
      .describe('Whether this newsroom may download it now; `ask`: once `confirm` is confirmed'),
    reasons: z.array(
      z.object({
        effect: z.enum(['forbid', 'ask', 'note']),
        kind: z.enum(REASON_KINDS),
        restrictionId: z.string().nullable(),
        until: time.nullable(),
        shots: z.array(z.int()),
      }),
    ),
    confirm: z.array(z.string()).describe('Ids to send as `acknowledge`'),
  })
  .meta({ id: 'Rights' });

const assetPackage = z.object({
  id,
  label: z.string(),
  purpose,
  bytes: bytes.nullable(),
});
export const asset = z
  .object({
    id,
    slug: z.string(),
    headline: z.string(),
    summary: z.string(),
    source: z.string(),
    rev: z.int().nonnegative(),
    publishedAt: time,
    updatedAt: time,
    durationMs: z.number().nullable(),
    location: z.string(),
    countries: z.array(z.string()),
    languages: z.array(z.string()),
    topics: z.array(z.string()),
    formats: z.array(z.string()),
    embargoUntil: time.nullable(),
    expiresAt: time.nullable(),
    isDownloaded: z.boolean(),
    rights,
    packages: z.array(assetPackage),
  })
  .meta({ id: 'Asset' });
export const assetsQuery = z.strictObject({
  q: query.describe('In the query language of the catalogue (docs/search.md)'),
  sort: z.enum(SORTS).default('newest'),
  ...paging,
});
export const assetPage = z.object({ total: count, items: z.array(asset) });

export const assetDetail = asset
  .extend({
    description: z.string(),
    credits: z.array(z.string()),
    usageTerms: z.string(),
    copyrightNotice: z.string(),
    statusNote: z.string().nullable(),
    restrictions: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(RESTRICTION_KINDS),
        mode: z.enum(['allow', 'deny']),
        values: z.array(z.string()),
        note: z.string(),
        shots: z.array(z.int()).optional(),
      }),
    ),
    confirm: z
      .array(confirmation)
      .describe('What has to be confirmed, in the words that are recorded'),
    shotlist: z.array(
      z.object({
        n: z.int(),
        in: z.string().nullable(),
        out: z.string().nullable(),
        text: z.string(),
        restrictionIds: z.array(z.string()),
      }),
    ),
    packages: z.array(
      assetPackage.extend({
        rev: z.int().nonnegative(),
        isDownloaded: z.boolean(),
        files: z.array(
          z.object({
            path: z.string().nullable(),
            role: z.string(),
            mediaType: z.string().nullable(),
            language: z.string().nullable(),
            bytes: bytes.nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'AssetDetail' });

const options = {
  deadline: time
    .nullable()
    .describe('When it is needed; warns, and never changes the order of the queue'),
  limitBytesPerSecond: z.int().min(1).nullable(),
  urgent: z.boolean().describe('Before all others'),
};

/** Below the download folder: never absolute, never upwards. */
const folder = z
  .string()
  .max(1000)
  .refine((path) => pathFault(path) === null, {
    error: 'must be relative to the download folder, with names that every system takes',
  });

export const order = z
  .strictObject({
    asset: id.optional().describe('Id or slug; the house format says which package is taken'),
    package: id.optional().describe('Id of one package'),
    url: z
      .url({ protocol: /^https?$/ })
      .max(8000)
      .optional()
      .describe('Of a file or a Metalink, where the administrator allows it'),
    format: z
      .string()
      .max(200)
      .optional()
      .describe('House format by id or name; that of the settings without it'),
    sha256: sha256.optional().describe('Which the file of `url` must have'),
    folder: folder
      .optional()
      .describe('Below the download folder of the settings, such as `sport/monday`'),
    acknowledge: z
      .array(z.string().max(400))
      .max(200)
      .default([])
      .describe(
        'Ids of restrictions and embargoes that are confirmed; needs the scope downloads:confirm',
      ),
    deadline: options.deadline.optional(),
    limitBytesPerSecond: options.limitBytesPerSecond.optional(),
    urgent: options.urgent.optional(),
  })
  .refine(
    (given) =>
      [given.asset, given.package, given.url].filter((one) => one !== undefined).length === 1,
    { error: 'name exactly one of asset, package and url' },
  )
  .refine(({ sha256: hash, url }) => hash === undefined || url !== undefined, {
    error: 'goes with url',
    path: ['sha256'],
  })
  .refine(({ format, asset: named }) => format === undefined || named !== undefined, {
    error: 'goes with asset',
    path: ['format'],
  })
  .meta({ id: 'Order' });

export const downloadPatch = z
  .strictObject({
    deadline: options.deadline.optional(),
    limitBytesPerSecond: options.limitBytesPerSecond.optional(),
    urgent: options.urgent.optional(),
  })
  .meta({ id: 'DownloadPatch' });

export const download = z
  .object({
    id,
    assetId: id.nullable(),
    packageId: id.nullable(),
    title: z.string(),
    label: z.string(),
    state: z
      .enum(['queued', 'waiting', 'running', 'publishing', 'paused', 'done', 'failed', 'cancelled'])
      .describe('`done`: every file is in place and verified'),
    waitsFor: z.enum(WAIT_REASONS).nullable(),
    error: z
      .object({
        code: z.enum(ERROR_CODES),
        message: z.string(),
        restrictionIds: z.array(z.string()),
      })
      .nullable(),
    receivedBytes: bytes,
    totalBytes: bytes.nullable(),
    bytesPerSecond: z.number().nonnegative(),
    etaSeconds: z.number().nullable(),
    filesDone: count,
    filesTotal: count,
    urgent: z.boolean(),
    limitBytesPerSecond: bytes.nullable(),
    deadline: time.nullable(),
    expectedAt: time.nullable().describe('When it will be complete at the current rate'),
    isLate: z.boolean(),
    rights: z
      .enum(RIGHTS_STATES)
      .nullable()
      .describe('What has become of its rights; null if it may be used as it is'),
    heldUntil: time
      .nullable()
      .describe('Complete, but its `.done` waits for the end of an embargo'),
    recall: z.enum(RECALL_KINDS).nullable(),
    addedAt: time,
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Download' });
export const downloadsQuery = z.strictObject({
  state: z.enum(TRANSFER_TABS).default('all'),
  q: line(200).default('').describe('Words in title, ids, source, dates or file names'),
  ...paging,
});
export const downloadPage = z.object({ total: count, items: z.array(download) });

export const downloadDetail = download
  .extend({
    folder: z
      .string()
      .nullable()
      .describe(
        'Full path on the station’s computer; null until the files of a package are known, and from a recall until it is acknowledged',
      ),
    files: z.array(
      z.object({
        path: z.string().describe('In the folder'),
        bytes: bytes.nullable(),
        receivedBytes: bytes,
        state: z.enum(['missing', 'running', 'verifying', 'done', 'failed']),
        sha256: sha256.nullable(),
        isVerified: z.boolean().describe('Compared with a hash of its publisher'),
      }),
    ),
  })
  .meta({ id: 'DownloadDetail' });

export const evidenceQuery = z.strictObject({ language: z.enum(['en', 'fr']).default('en') });
/** Its members are those of `desk queue report`. */
export const evidence = z
  .looseObject({
    format: z.literal('multimedia-desk-evidence'),
    version: z.literal(1),
    id,
    title: z.string(),
    state: z.string(),
    folder: z.string(),
    files: z.array(
      z.looseObject({
        path: z.string(),
        bytes: bytes.nullable(),
        sha256: z.string().nullable(),
        state: z.string(),
      }),
    ),
  })
  .meta({ id: 'Evidence' });

export const recall = z
  .object({
    id,
    downloadId: id,
    assetId: id,
    packageId: id,
    title: z.string(),
    kind: z.enum(RECALL_KINDS),
    at: time,
    words: z.string().nullable().describe('The publisher’s reason'),
    rev: z.object({ from: z.number().nullable(), to: z.number().nullable() }),
    places: z.array(
      z.object({
        folder: z.string(),
        kind: z.enum(['package', 'copy']),
        files: z.array(z.string()),
      }),
    ),
    isToAcknowledge: z.boolean(),
    acknowledged: z.object({ at: time, who: z.string() }).nullable(),
  })
  .meta({ id: 'Recall' });
export const recallsQuery = z.strictObject({
  open: z.enum(['true', 'false']).default('false').describe('Only what waits to be acknowledged'),
  ...paging,
});
export const recallPage = z.object({ total: count, items: z.array(recall) });

export const eventsQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'Number of the last event that is known; 0 for all that are kept. Without it none is told, and `last` says where to begin',
    ),
  limit: paging.limit,
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_EVENTS_WAIT_S)
    .default(0)
    .describe('Seconds to wait for an event if there is none'),
});
export const event = deskEvent.meta({ id: 'Event' });
export const eventPage = z.object({
  items: z.array(event).describe('Oldest first'),
  last: count.describe('What to ask after the next time'),
});

export const article = z
  .object({
    id,
    rev: z.int().nonnegative(),
    source: z.string(),
    headline: z.string(),
    summary: z.string(),
    section: z.string(),
    topics: z.array(z.string()),
    dateline: z.string(),
    language: z.string(),
    publishedAt: time,
    updatedAt: time,
    isCorrected: z.boolean(),
    isWithdrawn: z.boolean(),
    isWhole: z.boolean().describe('False where its source publishes the beginning alone'),
  })
  .meta({ id: 'Article' });
export const articlesQuery = z.strictObject({
  q: query.describe('In the query language, with the fields of articles (docs/articles.md)'),
  ...paging,
});
export const articlePage = z.object({ total: count, items: z.array(article) });
export const articleDetail = article
  .extend({
    byline: z.array(z.string()),
    correctionNote: z.string().nullable(),
    bodyHtml: z.string().describe('Restricted HTML; pictures are `media:` addresses'),
    bodyText: z.string(),
    copyrightNotice: z.string(),
    usageTerms: z.string(),
    canonicalUrl: z.string(),
    assets: z.array(z.object({ id, headline: z.string() })).describe('Footage of the same story'),
  })
  .meta({ id: 'ArticleDetail' });
