/** A rival: what a script with got does. `node got-sha256.mjs URL FILE SHA256` */
import got from 'got';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [url = '', file = '', expected = ''] = process.argv.slice(2);
const hash = createHash('sha256');
const hashed = new PassThrough().on('data', (bytes) => void hash.update(bytes));
await pipeline(got.stream(url), hashed, createWriteStream(file));
if (hash.digest('hex') !== expected) throw new Error('Another SHA-256 than expected');
