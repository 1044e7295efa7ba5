import { loadDemo } from '../demo/index.ts';
import { benchContent } from './bench.ts';
import type { ContentSource } from './library.ts';

/** `bench:N`: N generated assets, the same at every start. */
export type Seed = 'demo' | `bench:${number}`;

export function isSeed(text: string): text is Seed {
  return text === 'demo' || /^bench:[1-9]\d{0,6}$/.test(text);
}

/**
 * @param demoDir folder of the demo media, which both seeds need
 * @throws if the folder is not a complete demo
 */
export function openContent(seed: Seed, demoDir: string): ContentSource {
  const demo = loadDemo(demoDir);
  return seed === 'demo' ? demo : benchContent(demo, Number(seed.slice('bench:'.length)));
}
