import { systemClock } from '../../src/shared/clock.ts';
import { createLedgerFile, createLedgerHeadFile } from '../../src/main/adapters/fs/ledger-file.ts';
import { Journal, type LedgerDraft, type LedgerState } from '../../src/main/ledger/journal.ts';
import type { HeadStore } from '../../src/main/ledger/ports.ts';

/** No keychain at all. */
export const noVault: HeadStore = {
  read: async () => ({ head: null, isReachable: false }),
  write: async () => false,
};

/** The ledger of a home as the program opens it. */
export const openJournal = (
  home: string,
  {
    vault = noVault,
    onError = () => undefined,
    onChanged = () => undefined,
  }: {
    vault?: HeadStore;
    onError?: (message: string) => void;
    onChanged?: (state: LedgerState) => void;
  } = {},
): Journal =>
  new Journal({
    file: createLedgerFile(home),
    store: createLedgerHeadFile(home),
    vault,
    clock: systemClock,
    onChanged,
    onError,
  });

export const ledgerDraft = (more: Partial<LedgerDraft> = {}): LedgerDraft => ({
  atMs: Date.parse('2026-11-25T16:12:44Z'),
  localAtMs: Date.parse('2026-11-25T16:12:45Z'),
  isServiceTime: true,
  kind: 'restriction-confirmed',
  who: { account: 'ingest@lorvik.example', user: 'ingest', desk: 'Ingest 2' },
  subject: {
    assetId: 'ast_tide',
    packageId: 'pkg_tide',
    rev: 1,
    title: 'Tide gauge room: the night shift',
    source: 'demo',
  },
  what: { count: 11 },
  words: [
    {
      id: 'rst_tide',
      text: 'Broadcast only, no social media. Filmed inside the port control room with permission for news use.',
    },
  ],
  language: 'en',
  termsVersion: null,
  ...more,
});

/** Whatever may be listed. */
export const ANYTHING = { search: '', kinds: [], person: null, fromMs: null, toMs: null };
