import type { Received, Returned } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { Clock } from '../../shared/clock.ts';
import type { ApiTokens } from './api-tokens.ts';
import type { Articles } from '../articles/articles.ts';
import type { PdfPrinter } from '../articles/export/ports.ts';
import type { AutoFetchApi } from '../auto-fetch/auto-fetch.ts';
import type { DemoService } from '../threads/demo-service.ts';
import type { Log } from '../adapters/log.ts';
import type { CredentialChoice } from '../adapters/vault.ts';
import type { MediaHandler } from '../adapters/service/media.ts';
import type { Connection } from './connection.ts';
import type { DeskEvents } from './desk-events.ts';
import type { ListInbox } from './list-inbox.ts';
import type { Webhooks } from './webhooks.ts';
import type { OpenedLinks } from './opened-links.ts';
import type { DeskNetwork } from './network.ts';
import type { Recoveries } from './recoveries.ts';
import type { Invoke, Publish } from './contract/serve.ts';
import type { RightsViewer } from '../catalogue/rights.ts';
import type { RecallDesk } from './recalls.ts';
import type { RightsWatch } from './rights-watch.ts';
import type { ServiceSession, ShellKind } from './service-session.ts';
import type { SettingsStore } from '../settings/ports.ts';
import type { Policy } from '../settings/policy.ts';
import type { PolicyPlace } from '../adapters/fs/policy-file.ts';
import type { Settings } from '../settings/settings.ts';
import type { ClearingStore } from '../adapters/fs/clearings-file.ts';
import type { HandoutRecorder, Ledger } from './ledger.ts';
import type { Library } from './library.ts';
import type { LibrarySync } from './library-sync.ts';
import type { Sources } from './sources.ts';
import type { sourcesView } from '../../shared/contract/sources.ts';
import type { StationView } from '../../shared/contract/station.ts';
import type * as z from 'zod';
import type { UpdateSource } from '../updates/ports.ts';
import type { ProgramUpdates } from './updates.ts';
import type { TransfersApi } from '../transfers/api.ts';

export type Shell = {
  kind: ShellKind;
  /** Suffix of every media URL. */
  mediaSuffix(): string;
  openExternal(url: string): Promise<void>;
  /** Null if cancelled or where there is no dialog. */
  chooseFolder(current: string): Promise<string | null>;
  /** The same for a file. */
  chooseFile(kind: 'certificate' | 'pac'): Promise<string | null>;
  reveal(folder: string): void;
  /** What the system says about the way to an address, in the words of a PAC file. */
  systemProxy?: (url: string) => Promise<string>;
  /** Prints in a window; without it a browser of this computer does. */
  printPdf?: PdfPrinter;
  /** The browsers that have opened the station. */
  sessions?: { view(): StationView; end(id: string): void };
};

export type AppOptions = {
  home: string;
  version: string;
  settingsStore: SettingsStore;
  /** Where the administrator's policy is; the system's place without it. */
  policy?: PolicyPlace;
  shell: Shell;
  log: Log;
  /** From the command line, for this run only; the settings are unchanged. */
  serviceUrl?: string | undefined;
  demo?: boolean | undefined;
  /** Where secrets are kept from now on; without it where they were. */
  credentials?: CredentialChoice | undefined;
  /** False opens no service, regardless of the settings. */
  connect?: boolean;
  /** Polls the library and runs the queue on its own; without it only requested work is done. */
  background: boolean;
  /** Where the program's updates come from; null, or without it, where it doesn't update itself. */
  updates?: {
    open(network: DeskNetwork): Promise<UpdateSource | null>;
    /** Ends the program, which then calls `Application.finishUpdates`. */
    quit(): void;
  };
  /** Of the checks of sources; the system's without it. */
  clock?: Clock;
  /** Sends pushes to the renderers; without it the contract is not loaded. */
  send?: (name: string, payload: unknown) => void;
};

export type Application = {
  invoke: Invoke;
  media: MediaHandler;
  services: Services;
  publish: Publish<AppContract>;
  close(): Promise<void>;
  /** Installs an update that is ready, after `close`: the last step of the program. Never throws. */
  finishUpdates(): void;
};

/** The services that handlers and the command line use. */
export type Services = {
  options: Pick<AppOptions, 'version' | 'shell' | 'home' | 'log'>;
  settings: Settings;
  /** Null where the program doesn't update itself. */
  updates(): ProgramUpdates | null;
  /** What the administrator has decided for this computer. */
  policy: Policy;
  /** Which newsroom systems may use the station's API. */
  apiTokens: ApiTokens;
  /** How all addresses are reached. */
  network: DeskNetwork;
  connection: Connection;
  transfers: TransfersApi;
  library: Pick<Library, 'catalogue' | 'counts' | 'isEmpty'>;
  /** Of all sources. */
  articles: Articles;
  sources: Sources;
  /** All sources, the service among them. */
  sourcesView(): z.infer<typeof sourcesView>;
  librarySync: LibrarySync;
  recoveries: Recoveries;
  /** What was confirmed, handed out, shown and exported. */
  ledger: Ledger;
  /** What other systems are told of. */
  events: Pick<DeskEvents, 'after' | 'listen' | 'newest'>;
  /** Who is told of it. */
  webhooks: Pick<Webhooks, 'view' | 'add' | 'remove' | 'test' | 'resume'>;
  /** The folder that lists are taken from. */
  listInbox: Pick<ListInbox, 'view' | 'set' | 'look'>;
  clearings: ClearingStore;
  handouts: Pick<HandoutRecorder, 'upTo'>;
  applySettings(): Promise<void>;
  switchTo(target: { url: string } | { demo: true } | null): Promise<void>;
  /** @throws `offline` while no service is set up. */
  session(): ServiceSession;
  current(): ServiceSession | null;
  demo(): DemoService | null;
  /** When a package that is here was completed; null if that isn't known, undefined if none is here. */
  finishedAt(packageId: string): number | null | undefined;
  rights: Pick<RightsWatch, 'check' | 'judge' | 'release'>;
  /** Whose rights count now. */
  viewer(): RightsViewer;
  /** What saved searches queue by themselves. */
  autoFetch: AutoFetchApi;
  recalls: Pick<RecallDesk, 'acknowledge' | 'diff' | 'listen' | 'report'>;
  /** What the system has opened with the program. */
  links: OpenedLinks;
  /** A text of a package, to be read in the app. */
  readFileText(
    request: Received<AppContract, 'catalogue.file-text'>,
  ): Promise<Returned<AppContract, 'catalogue.file-text'>>;
  /** What pages make of articles; loaded with the first. */
  articleExports(): Promise<{
    start(
      request: Received<AppContract, 'articles.export'>,
    ): Returned<AppContract, 'articles.export'>;
    cancel(id: string): void;
  }>;
  disk(folder: string): Promise<{ freeBytes: number; totalBytes: number } | null>;
};
