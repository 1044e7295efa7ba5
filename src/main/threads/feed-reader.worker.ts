import { parentPort } from 'node:worker_threads';
import { readFeed } from '../adapters/sources/feed-page.ts';
import { feedReaderChannel } from './channels.ts';
import { expose } from './rpc.ts';

if (!parentPort) throw new Error('This file is the entry of a worker thread');

expose(parentPort, feedReaderChannel, () => ({ read: readFeed }));
