import { ARTICLE_SOURCES } from './articles/index.ts';
import { ASSET_SOURCES } from './assets/index.ts';
import { buildArticle } from './build-article.ts';
import { assetIdOf, buildAsset } from './build-asset.ts';
import { readFacts } from './facts.ts';
import { createStored } from './stored.ts';
import type { DemoContent } from './types.ts';

export type * from './types.ts';

/**
 * Loads the demo below `demoDir` (assets/demo): assets and articles, newest first, and their bytes
 * by ID. Only the small texts of packages are hashed, so that loading takes well under a second;
 * masters are made on first read.
 * @throws if the directory is not a complete demo
 */
export function loadDemo(demoDir: string): DemoContent {
  const facts = readFacts(demoDir);
  const stored = createStored(demoDir);
  const articles = ARTICLE_SOURCES.flatMap((source) => buildArticle(source, facts, stored));
  const assets = ASSET_SOURCES.map((source) => {
    const id = assetIdOf(source.number);
    return buildAsset(
      source,
      facts,
      stored,
      articles
        .filter((article) => article.relatedAssetIds.includes(id))
        .map((article) => article.id),
    );
  });
  return { assets, articles, file: (id) => stored.get(id) };
}
