import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { HashReply, HashTask } from './hashing.ts';

if (!parentPort) throw new Error('This file is the entry of a worker thread');
const port = parentPort;
const running = new Map<number, Hash>();

function run(task: HashTask): HashReply | null {
  const hash = running.get(task.hash) ?? createHash('sha256');
  if (task.kind === 'drop') running.delete(task.hash);
  if (task.kind === 'drop') return null;
  if (task.kind === 'update') {
    running.set(task.hash, hash.update(task.bytes));
    return { call: task.call, digest: null };
  }
  running.delete(task.hash);
  return { call: task.call, digest: hash.digest('hex') };
}

port.on('message', (task: HashTask) => {
  const reply = run(task);
  if (reply) port.postMessage(reply);
});
