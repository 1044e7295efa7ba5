import { act, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import {
  FileTemplate,
  FolderTemplate,
} from '../../src/renderer/features/settings/name-templates.tsx';
import { useSettings } from '../../src/renderer/state/context.tsx';
import type { AssetRow, SettingsView } from '../../src/renderer/state/views.ts';
import { makeApp, settle } from '../support/app.tsx';
import { assetRow, settingsView } from '../support/views.ts';

const LONG = 'A very long title of a very long story about a very long bridge, told at length';
const at = Date.parse('2026-11-24T12:00:00');
const asset = (id: string, headline: string, more: Partial<AssetRow> = {}): AssetRow =>
  assetRow({
    id,
    slug: id.toUpperCase(),
    headline,
    publishedAt: at,
    location: 'Velatro, Italy',
    languages: ['en', 'it'],
    packages: [
      { packageId: `${id}_web`, label: 'Web 360p', purpose: 'web', bytes: 1 },
      { packageId: `${id}_hd`, label: 'HD 1080i50', purpose: 'broadcast', bytes: 5 },
    ],
    ...more,
  });
const CATALOGUE = [
  asset('new-1', 'Glacier lake survey: at first light'),
  asset('new-2', 'Stone by stone'),
  asset('old-3', 'Rain'),
  asset('old-4', LONG),
  asset('old-5', '氷河湖の調査'),
];

function Both() {
  const settings = useSettings();
  return settings ? (
    <>
      <FolderTemplate settings={settings} />
      <FileTemplate settings={settings} />
    </>
  ) : null;
}

const lines = (): string[] =>
  within(screen.getByRole('list', { name: /Preview$/u }))
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent ?? '');

async function open(given: Partial<SettingsView>, items: AssetRow[] = CATALOGUE) {
  let now = settingsView({ destination: '/ingest', ...given });
  const shown = makeApp({
    'settings.get': () => now,
    'settings.set': (patch) =>
      (now = { ...now, ...(patch as Partial<SettingsView>), rev: now.rev + 1 }),
    'catalogue.search': () => ({ total: items.length, items }),
  });
  await shown.render(<Both />);
  await settle();
  return { ...shown, field: () => screen.getByRole<HTMLInputElement>('textbox') };
}
const press = (name: string) => screen.getByRole('button', { name });

test('files are previewed with the newest of the catalogue, the longest title and another script', async () => {
  await open({ fileTemplate: '{date}_{id}_{title}_{language}_{rendition}' });
  expect(lines()).toEqual([
    '2026-11-24_NEW-1_Glacier-lake-survey-at-first-light_EN+IT_1080i50.mov',
    '2026-11-24_NEW-1_Glacier-lake-survey-at-first-light_EN.vtt',
    '2026-11-24_NEW-1_Glacier-lake-survey-at-first-light_EN+IT.html',
    '2026-11-24_NEW-2_Stone-by-stone_EN+IT_1080i50.mov',
    expect.stringMatching(
      /^2026-11-24_OLD-4_A-very-long-title-of.*_EN\+IT_1080i50\.mov$/u,
    ) as string,
    '2026-11-24_OLD-5_氷河湖の調査_EN+IT_1080i50.mov',
  ]);
});

test('folders are previewed with the same; an empty catalogue has samples', async () => {
  await open({ folderTemplate: '{date}/{id} {title}' });
  expect(lines()).toEqual([
    '/ingest/2026-11-24/NEW-1 Glacier lake survey- at first light',
    '/ingest/2026-11-24/NEW-2 Stone by stone',
    `/ingest/2026-11-24/OLD-4 ${LONG}`,
    '/ingest/2026-11-24/OLD-5 氷河湖の調査',
  ]);
});

test('while the catalogue is empty, with samples', async () => {
  await open({ fileTemplate: '{id}_{role}' }, []);
  expect(lines()[0]).toBe('AUR-26-1147_video.mov');
});

test('tokens go where the caret was, by mouse and by keyboard, and are saved', async () => {
  const { bridge, user, field } = await open({ fileTemplate: '{id}_{name}' });
  await user.click(field());
  field().setSelectionRange(5, 5);
  await user.click(press('Role'));
  expect(field().value).toBe('{id}_{role}{name}');
  act(() => press('Number').focus());
  await user.keyboard('{Enter}{Enter}');
  await settle();
  expect(field().value).toBe('{id}_{role}{number}{number}{name}');
  expect(document.activeElement).toBe(press('Number'));
  expect(lines()[0]).toBe('NEW-1_video0101NEW-1_master.mov');
  expect(bridge.sent('settings.set').at(-1)).toEqual({
    fileTemplate: '{id}_{role}{number}{number}{name}',
  });
});

test('a fault is said in place, nothing is previewed and nothing is saved', async () => {
  const { bridge, user, field } = await open({ fileTemplate: '{id}_{name}' });
  await user.clear(field());
  await user.type(field(), '{{slug}_{{name}');
  expect(screen.getByRole('alert').textContent).toBe('Unknown field {slug}. Choose one below.');
  await user.clear(field());
  await user.type(field(), '{{date}');
  expect(screen.getByRole('alert').textContent).toContain('so files can be told apart');
  await user.clear(field());
  await user.type(field(), '{{name');
  expect(screen.getByRole('alert').textContent).toContain('Braces');
  expect(screen.queryByRole('list')).toBeNull();
  await user.tab();
  await settle();
  expect(bridge.sent('settings.set')).toEqual([]);
});

test('chosen, it begins with what ingest systems read; published names are one press away', async () => {
  const { bridge, user } = await open({});
  const group = screen.getByRole('radiogroup', { name: 'File names' });
  await user.click(within(group).getByRole('radio', { name: 'Custom' }));
  await settle();
  await user.click(within(group).getByRole('radio', { name: 'As published' }));
  await settle();
  expect(bridge.sent('settings.set')).toEqual([
    { fileTemplate: '{date}_{id}_{title}_{language}_{rendition}' },
    { fileTemplate: null },
  ]);
});
