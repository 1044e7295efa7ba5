import { expect, test } from 'vitest';
import { frameAt, makeClock, msOfFrame, timecodeAt } from '../../src/renderer/state/timecode.ts';

test.each([
  ['10:00:00:00', '25/1', 42_520, '10:00:42:13'],
  ['10:00:00:00', '25/1', 0, '10:00:00:00'],
  ['23:59:59:24', '25/1', 40, '00:00:00:00'],
  ['10:00:00:00', '50/1', 20, '10:00:00:01'],
])('%s at %s, %d ms on: %s', (start, rate, ms, expected) => {
  expect(timecodeAt(ms, makeClock(start, rate))).toBe(expected);
});

test('drop-frame leaves out two numbers a minute, but not in the tenth', () => {
  const clock = makeClock('00:00:59;28', '30000/1001');
  const frameMs = 1001 / 30;
  expect([0, 1, 2].map((frame) => timecodeAt(frame * frameMs, clock))).toEqual([
    '00:00:59;28',
    '00:00:59;29',
    '00:01:00;02',
  ]);
  const tenth = makeClock('00:09:59;29', '30000/1001');
  expect(timecodeAt(frameMs, tenth)).toBe('00:10:00;00');
});

test('stepping frame by frame shows every frame once, at every rate', () => {
  for (const rate of ['24000/1001', '25/1', '30000/1001', '50/1', '60000/1001']) {
    const clock = makeClock('10:00:00:00', rate);
    const frames = Array.from({ length: 3000 }, (_, frame) =>
      frameAt(msOfFrame(frame, clock), clock),
    );
    expect(frames).toEqual(Array.from({ length: 3000 }, (_, frame) => frame));
  }
});
