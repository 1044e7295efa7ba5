import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { AppearanceButton } from '../../src/renderer/features/articles/appearance.tsx';
import { Reading } from '../../src/renderer/features/settings/reading.tsx';
import type { SettingsView } from '../../src/renderer/state/views.ts';
import { makeApp, settle } from '../support/app.tsx';
import { settingsView } from '../support/views.ts';

/** Settings that take a change when the test says so. */
function slowSettings(more: Partial<SettingsView> = {}) {
  let view = settingsView(more);
  const waiting: (() => void)[] = [];
  const shown = makeApp({
    'settings.get': () => view,
    'settings.set': (patch) =>
      new Promise((resolve) => {
        waiting.push(() => {
          view = settingsView({ ...view, ...(patch as Partial<SettingsView>), rev: view.rev + 1 });
          resolve(view);
        });
      }),
  });
  return { ...shown, save: () => act(async () => waiting.shift()?.()), now: () => view };
}
const button = (name: string) => screen.getByRole('button', { name });

test('presses count from the last one, also while one is being saved', async () => {
  const { user, render, bridge, save } = slowSettings();
  await render(<AppearanceButton />);
  await user.click(button('Appearance'));
  for (let n = 0; n < 3; n++) await user.click(button('Larger'));
  expect(screen.getByRole('group', { name: 'Text size' }).textContent).toBe('22');
  await save();
  await save();
  expect(bridge.sent('settings.set')).toEqual([{ readerPx: 20 }, { readerPx: 22 }]);
});

test.each([
  ['Smaller', { readerPx: 15 }],
  ['Larger', { readerPx: 26 }],
  ['Tighter', { readerLineHeight: 1.4 }],
  ['Looser', { readerLineHeight: 2 }],
  ['Narrower', { readerMeasure: 45 }],
  ['Wider', { readerMeasure: 85 }],
])('%s ends at its limit', async (name, more) => {
  const { user, render } = slowSettings(more);
  await render(<AppearanceButton />);
  await user.click(button('Appearance'));
  expect(button(name)).toHaveProperty('disabled', true);
});

test('paper, typeface and edges are saved for all articles, and reset together', async () => {
  const { user, render, bridge, save } = slowSettings();
  await render(<AppearanceButton />);
  await user.click(button('Appearance'));
  await user.click(screen.getByRole('radio', { name: 'Sepia' }));
  await save();
  await user.click(screen.getByRole('radio', { name: 'Sans' }));
  await save();
  await user.click(screen.getByRole('switch', { name: 'Justify and hyphenate' }));
  await save();
  await user.click(button('Reset'));
  expect(bridge.sent('settings.set')).toEqual([
    { readerTheme: 'sepia' },
    { readerFace: 'sans' },
    { readerJustify: true },
    {
      readerPx: 19,
      readerLineHeight: 1.6,
      readerMeasure: 65,
      readerFace: 'serif',
      readerTheme: 'auto',
      readerJustify: false,
    },
  ]);
});

test('settings offer the same, with a sample on its paper', async () => {
  const { user, render, bridge, save } = slowSettings({ readerTheme: 'sepia', readerPx: 24 });
  const page = await render(<Reading />);
  const sample = page.querySelector<HTMLElement>('[data-paper="sepia"]:not(label)');
  expect(sample?.style.fontSize).toBe('24px');
  await user.click(button('Wider'));
  await save();
  await settle();
  expect(bridge.sent('settings.set')).toEqual([{ readerMeasure: 70 }]);
});
