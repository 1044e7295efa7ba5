import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeEach, vi } from 'vitest';

// The setup file of the renderer's tests: each starts with an empty page and empty storage.

// Limits only end what hangs: a busy machine fails no test.
configure({ asyncUtilTimeout: 60_000 });
// Testing Library looks for fake timers under the name that Jest gives them.
Object.assign(globalThis, {
  IS_REACT_ACT_ENVIRONMENT: true,
  jest: { advanceTimersByTime: (ms: number) => vi.advanceTimersByTime(ms) },
});

// jsdom lays nothing out.
Element.prototype.scrollIntoView = () => undefined;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
// React Aria announces a tenth of a second late, if its region is still on the page.
afterAll(() => document.body.replaceChildren());
