import type { AssetSource } from '../source.ts';
import { CITIES } from './cities.ts';
import { HERITAGE } from './heritage.ts';
import { LAND } from './land.ts';
import { WATER } from './water.ts';
import { WILDLIFE } from './wildlife.ts';

/** Newest first. */
export const ASSET_SOURCES: readonly AssetSource[] = [...WATER, ...WILDLIFE, ...CITIES, ...HERITAGE, ...LAND].toSorted((a, b) => b.publishedMin - a.publishedMin);
