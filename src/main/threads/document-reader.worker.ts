import { parentPort } from 'node:worker_threads';
import { readFeed } from '../adapters/sources/feed-page.ts';
import { documentReaderChannel } from './channels.ts';
import { expose } from './rpc.ts';

if (!parentPort) throw new Error('This file is the entry of a worker thread');

// Loaded with the first page: most documents are feeds.
const pages = () => import('../adapters/sources/page-reader.ts');

expose(parentPort, documentReaderChannel, () => ({
  readFeed,
  readPage: async (page, source) => (await pages()).readPage(page, source),
  findFeeds: async (page) => (await pages()).findFeeds(page),
}));
