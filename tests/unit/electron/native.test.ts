import { beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import { startDesktopIntegration } from '../../../src/main/electron/desktop-integration.ts';
import { installMenu } from '../../../src/main/electron/menu.ts';
import { nativeTexts, startFailure } from '../../../src/main/electron/texts.ts';
import type { Services } from '../../../src/main/app/services.ts';
import type { TransferChange, TransferTotals } from '../../../src/main/transfers/api.ts';
import { calls } from '../../electron-double/strict.ts';

vi.mock('electron', async () => {
  const { Notification, Tray } = await import('../../electron-double/outside.ts');
  const { record } = await import('../../electron-double/strict.ts');
  return {
    Notification,
    Tray,
    app: { isPackaged: false, setBadgeCount: () => undefined },
    Menu: {
      buildFromTemplate: (template: unknown) => template,
      setApplicationMenu: record('Menu.setApplicationMenu', undefined),
    },
    nativeImage: { createFromDataURL: () => ({ setTemplateImage: () => undefined }) },
    powerSaveBlocker: { start: () => 1, stop: () => undefined },
  };
});

beforeEach(() => void calls.splice(0));
const last = (name: string): unknown => calls.findLast(([called]) => called === name)?.[1];

type Entry = { label?: string; role?: string; type?: string; submenu?: Entry[] };
const labelsOf = (entries: readonly Entry[]): (string | undefined)[] =>
  entries.flatMap((entry) =>
    entry.type === 'separator' && entry.label === undefined
      ? []
      : [entry.label, ...labelsOf(entry.submenu ?? [])],
  );

const labels = (language: 'en' | 'fr', platform: NodeJS.Platform) => {
  vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }));
  installMenu(nativeTexts[language]);
  vi.unstubAllGlobals();
  return labelsOf(last('Menu.setApplicationMenu') as Entry[]);
};

test.each<NodeJS.Platform>(['darwin', 'win32'])(
  'every entry of the menu has a label of its language: %s',
  (platform) => {
    const [english, french] = [labels('en', platform), labels('fr', platform)];
    expect(english).toHaveLength(french.length);
    expect(french).not.toContain(undefined);
    expect(french.filter((label) => english.includes(label))).toEqual(
      platform === 'darwin' ? ['Multimedia Desk', 'Services'] : [],
    );
    expect(french).toEqual(expect.arrayContaining(['Fichier', 'Affichage', 'Tout sélectionner']));
  },
);

const totals = (counts: Partial<TransferTotals['counts']>, remainingBytes: number) => ({
  rev: 1,
  counts: { all: 2, active: 0, waiting: 0, done: 0, failed: 0, recalled: 0, ...counts },
  bytesPerSecond: 84_210_000,
  remainingBytes,
  etaSeconds: null,
  paused: false,
  limit: { bytesPerSecond: null, isPaused: false, untilMs: null },
  throughput: [],
});

const recallsView = (recalls: number) => ({
  rev: 1,
  total: recalls,
  recalls,
  corrections: 0,
  failed: 0,
  searching: null,
});

test.each([
  [
    'en',
    '42% – Multimedia Desk',
    'Multimedia Desk: 2 packages, 84.2\u00a0MB/s, 5.8\u00a0GB remaining',
  ],
  [
    'fr',
    '42\u00a0% – Multimedia Desk',
    'Multimedia Desk\u00a0: 2 sujets, 84,2\u00a0Mo/s, reste 5,8\u00a0Go',
  ],
] as const)('title and tray have the figures of the language: %s', async (language, title, tip) => {
  let push: ((change: TransferChange) => void) | undefined;
  const desk = {
    settings: {
      view: { language, tray: true, notify: 'off', keepAwake: false },
      listen: () => undefined,
    },
    transfers: {
      totals: async () => totals({}, 0),
      recallsView: async () => recallsView(0),
      onChanged: (listener: typeof push) => (push = listener),
    },
    recalls: { listen: () => undefined },
    options: { log: { error: () => undefined } },
  } as unknown as Services;
  const titles: string[] = [];
  const window = {
    isDestroyed: () => false,
    isFocused: () => true,
    setProgressBar: () => undefined,
    setTitle: (text: string) => titles.push(text),
  } as unknown as Electron.BrowserWindow;
  await startDesktopIntegration(desk, {
    window: () => window,
    show: () => undefined,
    quit: () => undefined,
  });
  push?.({ totals: totals({ active: 2 }, 10e9), rows: [], removed: [] });
  push?.({ totals: totals({ active: 2 }, 5.8e9), rows: [], removed: [] });
  expect(titles.at(-1)).toBe(title);
  expect(last('tray.setToolTip')).toBe(tip);
});

test.each([
  ['locked', 'Unlock your keychain to continue.'],
  ['unanswered', 'Unlock your keychain to continue.'],
  ['ok', 'Sign in to continue.'],
] as const)(
  'a download that waits for the account says what helps: keychain %s',
  async (keychain, help) => {
    let push: ((change: TransferChange) => void) | undefined;
    const services = {
      settings: {
        view: { language: 'en', tray: false, notify: 'needed', keepAwake: false },
        listen: () => undefined,
      },
      transfers: {
        totals: async () => totals({}, 0),
        recallsView: async () => recallsView(0),
        onChanged: (listener: typeof push) => (push = listener),
      },
      current: () => ({ account: { view: { keychain } } }),
      recalls: { listen: () => undefined },
      options: { log: { error: () => undefined } },
    } as unknown as Services;
    await startDesktopIntegration(services, {
      window: () => null,
      show: () => undefined,
      quit: () => undefined,
    });
    const row = { id: 'trf_1', title: 'Lake', finishedAt: null, rights: null };
    const rowIn = (state: unknown) => [{ ...row, state }] as TransferChange['rows'];
    const change = {
      totals: totals({ waiting: 1 }, 0),
      removed: [],
      rev: 1,
    } as unknown as TransferChange;
    push?.({ ...change, rows: rowIn({ phase: 'queued' }) });
    push?.({
      ...change,
      rows: rowIn({ phase: 'waiting', reason: 'signed-out', untilMs: null, shortBytes: null }),
    });
    expect(last('notification.show')).toEqual({
      title: 'A download needs you',
      body: `Lake\n${help}`,
    });
  },
);

test('a recall is shown until somebody has acknowledged it, also after a start, and the tray counts it', async () => {
  let push: ((change: TransferChange) => void) | undefined;
  let recall: ((view: ReturnType<typeof recallsView>) => void) | undefined;
  const services = {
    settings: {
      view: { language: 'fr', tray: true, notify: 'needed', keepAwake: false },
      listen: () => undefined,
    },
    transfers: {
      totals: async () => totals({}, 0),
      recallsView: async () => recallsView(1),
      onChanged: (listener: typeof push) => (push = listener),
    },
    current: () => null,
    recalls: { listen: (listener: typeof recall) => (recall = listener) },
    options: { log: { error: () => undefined } },
  } as unknown as Services;
  await startDesktopIntegration(services, {
    window: () => null,
    show: () => undefined,
    quit: () => undefined,
  });
  const lasting = { urgency: 'critical', timeoutType: 'never' };
  const body = 'Confirmez la lecture dans Transferts.';
  expect(last('notification.show')).toEqual({
    title: '1 rappel à lire et confirmer',
    body,
    ...lasting,
  });
  expect(last('tray.setToolTip')).toBe(
    'Multimedia Desk\u00a0: 1 rappel à lire et confirmer. Aucun transfert en cours',
  );
  const rights = { state: 'withdrawn', since: Date.now() + 60_000 };
  const row = { id: 'trf_1', title: 'Lac', finishedAt: 1, rights, state: { phase: 'done' } };
  push?.({
    totals: totals({ done: 1 }, 0),
    removed: [],
    rows: [row] as unknown as TransferChange['rows'],
  });
  expect(last('notification.show')).toEqual({
    title: 'Retiré\u00a0: ne plus utiliser, supprimer',
    body: `Lac\n${body}`,
    ...lasting,
  });
  recall?.(recallsView(2));
  expect(last('notification.close')).toBeUndefined();
  recall?.(recallsView(0));
  expect(calls.filter(([name]) => name === 'notification.close')).toHaveLength(2);
  expect(last('tray.setToolTip')).toBe('Multimedia Desk\u00a0: Aucun transfert en cours');
});

test('the box for a failed start gives its reason in the language, and the message with the path', () => {
  const inUse = new AppError('home-in-use', 'Another Multimedia Desk uses /home/ada/desk.');
  expect(startFailure(inUse, nativeTexts.en)).toEqual({
    title: 'Multimedia Desk couldn’t start',
    content: inUse.message,
  });
  expect(startFailure(inUse, nativeTexts.fr)).toEqual({
    title: 'Multimedia Desk n’a pas pu démarrer',
    content: `L’application est déjà ouverte. Fermez-la, puis réessayez.\n\n${inUse.message}`,
  });
  expect(startFailure(new TypeError('x is not a function'), nativeTexts.en).content).toBe(
    'Something went wrong. Nothing saved is lost.\n\nx is not a function',
  );
});
