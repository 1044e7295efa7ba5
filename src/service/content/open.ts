import { loadDemo } from '../demo/index.ts';
import { benchContent } from './bench.ts';
import type { ContentSource } from './library.ts';

/** `bench:N`: N generated assets, the same at every start. */
export type Seed = 'demo' | `bench:${number}`;

export function isSeed(text: string): text is Seed {
  return text === 'demo' || /^bench:[1-9]\d{0,6}$/.test(text);
}

/**
 * @param demoDir folder of the demo's media; both seeds take their bytes from there. Throws where
 * it is not complete.
 */
export function openContent(seed: Seed, demoDir: string): ContentSource {
  const demo = loadDemo(demoDir);
  return seed === 'demo' ? demo : benchContent(demo, Number(seed.slice('bench:'.length)));
}
