import { act, useMemo } from 'react';
import { expect, test } from 'vitest';
import { Stage } from '../../src/renderer/features/asset/stage.tsx';
import { makeClock } from '../../src/renderer/features/asset/timecode.ts';
import { usePlayer } from '../../src/renderer/features/asset/use-player.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { AssetView } from '../../src/renderer/state/views.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
const { asset: words } = texts.en;
const asset = {
  id: 'a1',
  hasPreview: true,
  durationMs: 4000,
  frameRate: '25/1',
  timecodeStart: '10:00:00:00',
  shotlist: [],
  renditions: [],
  captions: [{ fileId: 'c1', language: 'en', kind: 'subtitles', format: 'vtt' }],
} as unknown as AssetView;

function Player() {
  const clock = useMemo(() => makeClock(asset.timecodeStart, asset.frameRate), []);
  const [setVideo, player] = usePlayer(clock, asset.durationMs);
  return (
    <Stage
      asset={asset}
      clock={clock}
      current={null}
      frames={new Map()}
      player={player}
      setVideo={setVideo}
    />
  );
}

async function open(): Promise<(event: string) => Promise<void>> {
  const desk = createApp(
    makeClient<AppContract>(fakeBridge({})),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'asset', id: 'a1' },
  );
  await page.render(
    <DeskProvider desk={desk}>
      <Player />
    </DeskProvider>,
  );
  const video = page.element.querySelector('video');
  return async (event) => act(async () => void video?.dispatchEvent(new Event(event)));
}
const says = (text: string): boolean => page.element.textContent.includes(text);

test('while there is no picture yet the preview says that it loads, also when it buffers', async () => {
  const happens = await open();
  expect(says(words.previewLoading)).toBe(true);
  await happens('loadeddata');
  expect(says(words.previewLoading)).toBe(false);
  await happens('waiting');
  expect(says(words.previewLoading)).toBe(true);
  await happens('playing');
  expect(says(words.previewLoading)).toBe(false);
  await happens('waiting');
  await happens('error');
  expect([says(words.previewLoading), says(words.previewFailed)]).toEqual([false, true]);
});

test('the picture carries no mark of captions that it does not show', async () => {
  await open();
  expect(page.element.querySelector('section')?.textContent).not.toContain('EN');
});

test('the button that mutes is called so, and is pressed while the preview is mute', async () => {
  await open();
  const mute = page.element.querySelector<HTMLElement>(`[aria-label="${words.sound}"]`);
  const state = () => [words.sound, mute?.getAttribute('aria-pressed')];
  expect(state()).toEqual(['Mute', 'false']);
  await act(async () => mute?.click());
  expect(state()).toEqual(['Mute', 'true']);
});
