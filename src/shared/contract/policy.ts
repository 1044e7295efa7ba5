import * as z from 'zod';
import { isLoopbackHost } from '../model/url.ts';
import { PURPOSES } from '../model/house-format.ts';
import { settings } from './app.ts';
import { command } from './define.ts';
import { MAX_SOURCE_ADDRESS, MAX_SOURCES, SOURCE_KINDS, sourceFollow } from './sources.ts';
import { MAX_FOLLOWS } from '../model/source.ts';
import { MAX_WEBHOOK_ADDRESS, MAX_WEBHOOKS, webhookEvents, webhookName } from './webhooks.ts';

// The used part of the WHATWG URL standard: this folder is compiled without the types of Node or
// the DOM, which both have it.
declare const URL: {
  canParse(text: string): boolean;
  new (text: string): Record<'protocol' | 'username' | 'password' | 'hostname', string>;
};

/** Without a user, a password, or plain http to another computer. */
function isOpenAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return (
    username === '' &&
    password === '' &&
    (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname)))
  );
}
const address = z
  .string()
  .max(MAX_SOURCE_ADDRESS)
  .refine(isOpenAddress, 'must be an https address without a user or a password');

const shape = settings.shape;
/** What a policy may fix. A member that isn't there is left to the user. */
export const policySettings = z
  .strictObject({
    serviceUrl: address.describe(
      'Address of the service, without /v1. No other one can be used, nor the demo.',
    ),
    demo: shape.demo.describe('true: only the built-in demo. false: never the demo.'),
    destination: shape.destination.describe(
      'Download folder, as a full path of this operating system.',
    ),
    folderTemplate: shape.folderTemplate.describe('Names of package folders; null as published.'),
    fileTemplate: shape.fileTemplate.describe('Names of files; null as published.'),
    limitBytesPerSecond: shape.limitBytesPerSecond.describe(
      'Limit of all downloads, bytes per second; null for none.',
    ),
    schedule: shape.schedule.describe('Hours in which the limit applies; null for always.'),
    connectionsPerFile: shape.connectionsPerFile,
    connectionsPerHost: shape.connectionsPerHost,
    activeTransfers: shape.activeTransfers.describe('How many packages are downloaded at once.'),
    houseFormat: z
      .enum(PURPOSES)
      .describe('The house format by default: one of the built-in ones.'),
    territory: shape.territory.describe(
      'Where the newsroom publishes, ISO 3166-1 alpha-2; null for the country of the account.',
    ),
    platforms: shape.platforms.describe('On which platforms it publishes.'),
    holdUnderEmbargo: shape.holdUnderEmbargo.describe('.done waits until an embargo has lifted.'),
    notify: shape.notify.describe('Which system notifications are shown.'),
    tray: shape.tray,
    keepAwake: shape.keepAwake.describe('No automatic sleep while downloads run.'),
    articlesNewest: shape.articlesNewest.describe('How many of the newest articles are stored.'),
    articleTopics: shape.articleTopics.describe('Sections and topics stored whole.'),
    articleSources: shape.articleSources.describe('IDs of sources whose articles are all stored.'),
    articlesLimitMb: shape.articlesLimitMb.describe('What stored articles may take, MB.'),
    articlesKeepDays: shape.articlesKeepDays.describe('For how many days read articles stay.'),
    sourceMinutes: shape.sourceMinutes.describe('Pause between two checks of a source, minutes.'),
    proxyMode: shape.proxyMode,
    proxyAddress: shape.proxyAddress.describe('host:port or a URL, without credentials.'),
    proxyExceptions: shape.proxyExceptions,
    pacAddress: shape.pacAddress.describe('URL or full path of a proxy script.'),
    caFiles: shape.caFiles.describe(
      'Full paths of PEM files that are trusted beside the system’s.',
    ),
    clientCertificates: shape.clientCertificates,
    updates: shape.updates.describe('Whether the app updates itself.'),
    updateChannel: shape.updateChannel,
  })
  .partial();
export type PolicySettings = z.infer<typeof policySettings>;
export type ManagedSetting = keyof PolicySettings;
export const MANAGED_SETTINGS = Object.keys(policySettings.shape) as ManagedSetting[];

/** What a policy may switch off. */
export const POLICY_FEATURES = [
  // Any kind of source: adding one, and giving one another address or selection.
  'add-sources',
  // The same for feeds alone, and lists of them.
  'add-feeds',
  'saved-pages',
  'auto-fetch',
  'export-articles',
  // Downloads by URL, Metalink or an imported list.
  'get-by-address',
  // Saving outside of the download folder of the settings.
  'other-folders',
  // The station's API for newsroom systems.
  'api',
  // The user's own: adding them, and sending to those that are there.
  'webhooks',
  'watch-folder',
] as const;
const feature = z.enum(POLICY_FEATURES);
export type PolicyFeature = z.infer<typeof feature>;

/** Sources that may be used: all of a kind, or those at a host. */
export const allowedSource = z.union([
  z.strictObject({ kind: z.enum(SOURCE_KINDS) }),
  z.strictObject({
    kind: z.literal('feed'),
    host: z
      .string()
      .max(255)
      .regex(/^(?:\*\.)?[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u)
      .describe('A name, or *.name for all names below it.'),
  }),
]);
export type AllowedSource = z.infer<typeof allowedSource>;

const name = z.string().trim().min(1).max(200).describe('By which it is called here.');
const follows = z.array(sourceFollow).max(MAX_FOLLOWS);
/** A source that is always there. Its address is readable by everybody: none may need a key. */
export const fixedSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('feed'), name, address }),
  z.strictObject({ kind: z.literal('nasa'), name, follows }),
  z.strictObject({ kind: z.literal('folder'), name, path: z.string().min(1).max(4096) }),
]);
export type FixedSource = z.infer<typeof fixedSource>;

export const policySources = z.strictObject({
  allowed: z
    .array(allowedSource)
    .max(500)
    .optional()
    .describe('The only sources that may be used beside the fixed ones. Without it all may.'),
  fixed: z
    .array(fixedSource)
    .max(MAX_SOURCES)
    .optional()
    .describe('Sources that are always there.'),
});

/** Plain http may lead to the newsroom's own network: what it leads to is looked at when it is sent. */
function isWebhookAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

/** A webhook that is always there. Its address is readable by everybody: its key is in a file. */
export const policyWebhook = z.strictObject({
  name: webhookName.describe('By which it is called here; no two have the same.'),
  url: z
    .string()
    .max(MAX_WEBHOOK_ADDRESS)
    .refine(isWebhookAddress, 'must be an http or https address without a user or a password'),
  events: webhookEvents,
  keyFile: z
    .string()
    .max(4096)
    .optional()
    .describe('Full path of a file with the signing key, whsec_…; without it nothing is signed.'),
});
export type PolicyWebhook = z.infer<typeof policyWebhook>;

/** A command that is run for each event, without a shell. */
export const policyHook = z.strictObject({
  command: z
    .array(
      z
        .string()
        .max(4096)
        .refine((text) => !text.includes('\0'), 'must not contain NUL'),
    )
    .min(1)
    .max(100)
    .describe('Full path of the command, and its arguments.'),
  events: webhookEvents,
  timeoutSeconds: z.int().min(1).max(3600).default(60),
});
export type PolicyHook = z.infer<typeof policyHook>;

/** An administrator's policy, as the file has it. */
export const policyFile = z.strictObject({
  $schema: z.string().optional(),
  organisation: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .optional()
    .describe('Who manages this computer, as it is named to the user: “managed by …”.'),
  settings: policySettings.optional().describe('Settings that are fixed, with their values.'),
  sources: policySources.optional(),
  disabled: z.array(feature).optional().describe('Features that are switched off.'),
  webhooks: z
    .array(policyWebhook)
    .max(MAX_WEBHOOKS)
    .optional()
    .describe('Addresses that are told what happens here.'),
  hook: policyHook.optional(),
});

export const POLICY_FAULTS = ['unreadable', 'writable', 'not-json', 'unknown', 'invalid'] as const;
const policyFault = z.object({
  /**
   * `unreadable`, `writable` (by others than the administrator), `not-json`: nothing of the file
   * holds. `unknown`: no such member or feature. `invalid`: not a value that can be used.
   */
  kind: z.enum(POLICY_FAULTS),
  /** Path of the member, such as `settings.schedule`; empty for the file as a whole. */
  at: z.string(),
  /** In English, for logs and the command line. */
  detail: z.string(),
});
export type PolicyFault = z.infer<typeof policyFault>;

/** The policy in force since the start of the program. */
export const policyView = z.object({
  /** Where it is, or would be. */
  file: z.string(),
  isThere: z.boolean(),
  organisation: z.string().nullable(),
  /** Values that are fixed. */
  settings: policySettings,
  /**
   * Settings that can't be changed, with those whose values in the policy aren't understood: these
   * stay as they are.
   */
  managed: z.array(policySettings.keyof()),
  disabled: z.array(feature),
  sources: z.object({ allowed: z.array(allowedSource).nullable(), fixed: z.array(fixedSource) }),
  webhooks: z.array(policyWebhook),
  hook: policyHook.nullable(),
  faults: z.array(policyFault),
});
export type PolicyView = z.infer<typeof policyView>;

export const policyArea = {
  /** It is read at the start: a change of the file counts from the next one. */
  'policy.get': command(z.void(), policyView),
} as const;
