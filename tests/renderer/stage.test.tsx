import { act, screen } from '@testing-library/react';
import { useMemo } from 'react';
import { expect, test } from 'vitest';
import { Stage } from '../../src/renderer/features/asset/stage.tsx';
import { makeClock } from '../../src/renderer/state/timecode.ts';
import { usePlayer } from '../../src/renderer/state/player.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { AssetView } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import { assetView } from '../support/views.ts';

const { asset: words } = texts.en;
const asset = assetView({
  hasPreview: true,
  durationMs: 4000,
  frameRate: '25/1',
  timecodeStart: '10:00:00:00',
  captions: [{ fileId: 'c1', language: 'en', kind: 'subtitles', format: 'vtt' }],
});

function Player({ asset }: { asset: AssetView }) {
  const clock = useMemo(
    () => makeClock(asset.timecodeStart, asset.frameRate),
    [asset.timecodeStart, asset.frameRate],
  );
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

async function open(shown = asset) {
  const { render, user } = makeApp({}, { route: { name: 'asset', id: asset.id } });
  const page = await render(<Player asset={shown} />);
  const video = page.querySelector('video');
  return {
    page,
    user,
    says: (text: string) => page.textContent.includes(text),
    happens: (event: string) => act(async () => void video?.dispatchEvent(new Event(event))),
  };
}

test('while there is no picture yet the preview says that it loads, also when it buffers', async () => {
  const { happens, says } = await open();
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
  const { page } = await open();
  expect(page.querySelector('section')?.textContent).not.toContain('EN');
});

test('the button that mutes is called so, and is pressed while the preview is mute', async () => {
  const { user } = await open();
  const mute = screen.getByRole('button', { name: 'Mute' });
  expect(mute.getAttribute('aria-pressed')).toBe('false');
  await user.click(mute);
  expect(screen.getByRole('button', { name: 'Mute' }).getAttribute('aria-pressed')).toBe('true');
});

test('without a preview and shots there is nothing to play or scrub on', async () => {
  const { page, says } = await open({ ...asset, hasPreview: false, shotlist: [] });
  expect(says(words.noPreview)).toBe(true);
  expect(page.querySelectorAll('button, [role="group"]')).toHaveLength(0);
});
