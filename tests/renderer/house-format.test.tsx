import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { HouseFormat } from '../../src/renderer/features/settings/house-format.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { OPEN_RULE } from '../../src/shared/model/house-format.ts';
import type { SettingsView } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import { settingsView } from '../support/views.ts';

const words = texts.en.settings;
type Profile = SettingsView['formatProfiles'][number];
const XDCAM = {
  ...OPEN_RULE,
  size: '1080',
  scan: 'interlaced' as const,
  frameRate: 25,
  container: 'mxf',
  codec: 'XDCAM 50',
};
const MP4 = { ...OPEN_RULE, size: '1080', container: 'mp4', codec: 'h264' };
const WEB = { ...OPEN_RULE, purpose: 'web' as const };
const PLAYOUT: Profile = {
  id: 'own',
  name: 'Playout',
  rules: [XDCAM, MP4, WEB],
  otherwise: 'closest',
};
const RULES = ['HD 1080i50, MXF XDCAM 50', 'HD 1080, MP4 H.264', 'Web'];

/** The section, on settings that are kept as main keeps them. */
async function open(more: Partial<SettingsView> = {}) {
  let view = settingsView({ formatProfiles: [PLAYOUT], houseFormat: 'own', ...more });
  const set = (changes: Partial<SettingsView>): SettingsView => {
    view = { ...view, ...changes, rev: view.rev + 1 };
    return view;
  };
  const made = makeApp({
    'settings.get': () => view,
    'settings.set': (patch) => set(patch as Partial<SettingsView>),
    'settings.save-format': ({ id = 'made', ...profile }) => {
      const { formatProfiles } = view;
      const own = { id, ...profile };
      return set({
        formatProfiles: formatProfiles.some((one) => one.id === id)
          ? formatProfiles.map((one) => (one.id === id ? own : one))
          : [...formatProfiles, own],
      });
    },
    'settings.remove-format': ({ id }) =>
      set({
        formatProfiles: view.formatProfiles.filter((one) => one.id !== id),
        houseFormat: view.houseFormat === id ? 'broadcast' : view.houseFormat,
      }),
    'catalogue.rendition-values': () => ({
      container: ['mov', 'mp4'],
      codec: ['v210', 'h264'],
      size: ['1920x1080'],
      frameRate: [25, 29.97],
    }),
  });
  await made.render(<HouseFormat />);
  await screen.findByRole('heading', { name: words.house });
  return { ...made, kept: () => view };
}
const rules = (): (string | undefined)[] =>
  within(screen.getByRole('list'))
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);
const ruleButton = (at: number, text: string) =>
  screen.getByRole('button', { name: words.formatRuleAt(at, text) });
const menu = async (
  user: Awaited<ReturnType<typeof open>>['user'],
  entry: string,
  of = 'Playout',
) => {
  await user.click(screen.getByRole('button', { name: words.formatActions(of) }));
  await user.click(await screen.findByRole('menuitem', { name: entry }));
};

test('rules are moved and removed by keys alone, said, and undone', async () => {
  const { app, user, kept } = await open();
  expect(rules()).toEqual(RULES);
  ruleButton(2, 'HD 1080, MP4 H.264').focus();
  await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(rules()).toEqual([RULES[1], RULES[0], RULES[2]]);
  expect(screen.getByRole('status').textContent).toBe(words.formatMoved(1, 3));
  await waitFor(() => expect(document.activeElement).toBe(ruleButton(1, 'HD 1080, MP4 H.264')));
  await waitFor(() => expect(kept().formatProfiles[0]?.rules).toEqual([MP4, XDCAM, WEB]));
  // It goes no further than the ends.
  await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(rules()).toEqual([RULES[1], RULES[0], RULES[2]]);
  await user.keyboard('{Delete}');
  await waitFor(() => expect(kept().formatProfiles[0]?.rules).toEqual([XDCAM, WEB]));
  await waitFor(() => expect(document.activeElement).toBe(ruleButton(1, RULES[0] ?? '')));
  const [toast] = app.toasts.getState().items;
  expect(toast?.text).toBe(words.formatRuleRemoved('HD 1080, MP4 H.264'));
  act(() => toast?.action?.run());
  await waitFor(() => expect(kept().formatProfiles[0]?.rules).toEqual([MP4, XDCAM, WEB]));
});

test('the menu of a rule moves it too, and the last one stays', async () => {
  const { user, kept } = await open({ formatProfiles: [{ ...PLAYOUT, rules: [XDCAM, WEB] }] });
  await user.click(screen.getByRole('button', { name: words.formatRuleActions('Web') }));
  await user.click(
    await screen.findByRole('menuitem', { name: new RegExp(`^${words.formatUp}`, 'u') }),
  );
  await waitFor(() => expect(kept().formatProfiles[0]?.rules).toEqual([WEB, XDCAM]));
  ruleButton(1, 'Web').focus();
  await user.keyboard('{Delete}');
  await waitFor(() => expect(rules()).toEqual([RULES[0]]));
  ruleButton(1, RULES[0] ?? '').focus();
  await user.keyboard('{Delete}');
  expect(rules()).toEqual([RULES[0]]);
});

test('a rule is typed or chosen from what the catalogue has; what makes no sense is said', async () => {
  const { user, kept } = await open({ formatProfiles: [{ ...PLAYOUT, rules: [WEB] }] });
  await user.click(screen.getByRole('button', { name: words.formatAdd }));
  const dialog = await screen.findByRole('dialog', { name: words.formatAddRule });
  const field = (name: keyof typeof words.formatFields) =>
    within(dialog).getByRole('combobox', { name: words.formatFields[name], hidden: true });
  const enter = async (name: keyof typeof words.formatFields, text: string) => {
    await user.click(field(name));
    await user.paste(text);
  };
  await enter('size', 'big');
  await enter('frameRate', '29.97');
  await enter('codec', 'H.264');
  await user.tab();
  await user.click(within(dialog).getByRole('button', { name: words.save, hidden: true }));
  expect(await within(dialog).findByText(words.formatWrong.size)).toBeTruthy();
  expect(kept().formatProfiles[0]?.rules).toEqual([WEB]);
  await user.clear(field('size'));
  await enter('size', '1920 x 1080');
  await user.tab();
  expect(within(dialog).getByRole('status', { hidden: true }).textContent).toBe(
    'HD 1920×1080, 29.97 fps, H.264',
  );
  await user.click(within(dialog).getByRole('button', { name: words.save, hidden: true }));
  await waitFor(() =>
    expect(kept().formatProfiles[0]?.rules).toEqual([
      WEB,
      { ...OPEN_RULE, size: '1920x1080', frameRate: 29.97, codec: 'h264' },
    ]),
  );
});

test('a built-in one is read only; a copy of it is one’s own', async () => {
  const { user, kept } = await open({ formatProfiles: [], houseFormat: 'broadcast' });
  expect(screen.getByText(words.formatBuiltIn)).toBeTruthy();
  expect(screen.queryByRole('button', { name: words.formatAdd })).toBeNull();
  await menu(user, words.formatDuplicate, 'Broadcast');
  await waitFor(() =>
    expect(kept().formatProfiles).toMatchObject([
      { name: 'Broadcast copy', rules: [{ purpose: 'broadcast' }], otherwise: 'closest' },
    ]),
  );
  expect(await screen.findByRole('button', { name: words.formatAdd })).toBeTruthy();
  await menu(user, words.formatUse, 'Broadcast copy');
  await waitFor(() => expect(kept().houseFormat).toBe('made'));
});

test('it is renamed, but not as another one, and deleted until it is undone', async () => {
  const { app, user, kept } = await open();
  await menu(user, words.formatRename);
  const dialog = await screen.findByRole('dialog', { name: words.formatRename });
  const name = within(dialog).getByRole('textbox', { name: words.formatName });
  await user.clear(name);
  await user.type(name, 'web{Enter}');
  expect(within(dialog).getByText(words.formatTaken)).toBeTruthy();
  await user.clear(name);
  await user.type(name, 'Playout HD{Enter}');
  await waitFor(() => expect(kept().formatProfiles[0]?.name).toBe('Playout HD'));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await menu(user, words.formatDelete, 'Playout HD');
  await waitFor(() =>
    expect(kept()).toMatchObject({ formatProfiles: [], houseFormat: 'broadcast' }),
  );
  const toast = app.toasts.getState().items.at(-1);
  expect(toast?.text).toBe(words.formatDeleted('Playout HD'));
  act(() => toast?.action?.run());
  await waitFor(() =>
    expect(kept()).toMatchObject({
      formatProfiles: [{ ...PLAYOUT, name: 'Playout HD' }],
      houseFormat: 'own',
    }),
  );
});

test('one that auto-fetch uses stays, and it is said where', async () => {
  const search = { id: 's1', name: 'HD ingest', text: 'format:hd', sort: 'newest', seenAt: null };
  const rule = {
    searchId: 's1',
    isOn: false,
    profile: 'own',
    destination: null,
    hours: null,
    maxPackages: null,
    maxBytesPerDay: null,
    maxBytesPerPackage: null,
    confirm: [],
    embargo: 'hold',
    catchUpDays: 3,
    chosenBy: '',
    chosenAtMs: 0,
    words: [],
  };
  const { app, user, bridge } = await open({
    savedSearches: [search] as SettingsView['savedSearches'],
    autoFetch: [rule] as SettingsView['autoFetch'],
  });
  await menu(user, words.formatDelete);
  await waitFor(() =>
    expect(app.toasts.getState().items.map(({ text }) => text)).toEqual([
      words.formatUsed('HD ingest'),
    ]),
  );
  expect(bridge.sent('settings.remove-format')).toEqual([]);
});
