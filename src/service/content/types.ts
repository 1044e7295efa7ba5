import type { DemoArticle, DemoAsset, DemoBytes, DemoContent } from '../demo/types.ts';

/**
 * What the service serves, whatever it comes from: a demo folder, generated assets, a test's
 * fixture.
 */
export type ContentSource = DemoContent;
export type ContentAsset = DemoAsset;
export type ContentArticle = DemoArticle;
export type ContentBytes = DemoBytes;
