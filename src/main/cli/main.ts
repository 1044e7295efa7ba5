#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

// Runs before any other module and must parse on old versions of Node, to report them in a sentence
// instead of a syntax error.
const OLDEST = 24;
const { node } = process.versions;

if (Number(node.split('.')[0]) < OLDEST) {
  const message = `This is Node ${node}. Multimedia Desk needs ${OLDEST} or newer. Install it, or run desk with a newer one: /path/to/node ${process.argv[1] ?? 'desk'} …`;
  if (process.argv.includes('--json'))
    process.stdout.write(
      `${JSON.stringify({ type: 'result', ok: false, code: 'usage', message })}\n`,
    );
  else process.stderr.write(`desk: ${message}\n`);
  process.exitCode = 2;
} else {
  // Most objects are short-lived and the heavy work is native: a young generation that doesn't grow
  // saves 10 MiB in the heaps of the threads.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  const manifest = new URL(
    import.meta.url.endsWith('.ts') ? '../../../package.json' : '../../package.json',
    import.meta.url,
  );
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const { run } = await import('./program.ts');
  await run({ version, pages: fileURLToPath(new URL('../renderer', import.meta.url)) });
}
