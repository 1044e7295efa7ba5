// Packs the app as a release machine would, on a stand-in for Electron's files, and looks into the
// result: the configuration is valid, the archive holds what it should and nothing else, native
// modules and workers are outside it, the fuses are set, and what was packed starts.
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, getCurrentFuseWire, FuseState } from '@electron/fuses';
import { _electron as electron } from '@playwright/test';
import { build, Platform } from 'electron-builder';
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const work = path.join(root, '.cache/package-check');
const dist = path.join(work, 'electron');
const output = path.join(work, 'dist');
const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  devDependencies: { electron: string };
};

/**
 * What electron-builder copies and turns the fuses of; the wire is the one that @electron/fuses
 * looks for.
 */
function writeStandIn(): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(path.join(dist, 'locales'), { recursive: true });
  for (const name of [
    'LICENSE',
    'LICENSES.chromium.html',
    'chrome-sandbox',
    'chrome_crashpad_handler',
    'locales/en-US.pak',
    'locales/fr.pak',
  ])
    writeFileSync(path.join(dist, name), '\n');
  writeFileSync(path.join(dist, 'version'), devDependencies.electron);
  writeFileSync(
    path.join(dist, 'electron'),
    Buffer.concat([
      Buffer.from('#!/bin/sh\nexit 1\ndL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
      Buffer.from([1, 9]),
      Buffer.from('101100110\n'),
    ]),
  );
  for (const name of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler'])
    chmodSync(path.join(dist, name), 0o755);
}

async function pack(): Promise<string> {
  await build({
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      extends: path.join(root, 'electron-builder.yml'),
      electronDist: dist,
      directories: { output },
    },
  });
  const folder = readdirSync(output).find(
    (name) => name.startsWith('linux') && name.endsWith('unpacked'),
  );
  assert(folder, 'electron-builder left no unpacked folder');
  return path.join(output, folder);
}

function checkFiles(packed: string): void {
  const archive = path.join(packed, 'resources/app.asar');
  const files = listPackage(archive, { isPack: false }).map((name) => name.replaceAll('\\', '/'));
  for (const name of [
    '/package.json',
    '/out/main/entry.js',
    '/out/preload/preload.cjs',
    '/out/renderer/index.html',
    '/out/main/worker-transfers.js',
    '/out/main/worker-library.js',
    '/out/main/worker-demo-service.js',
    '/out/main/worker-hashing.js',
    '/out/main/worker-database-check.js',
    '/out/main/worker-document-reader.js',
  ]) {
    assert(files.includes(name), `${name} is missing from the archive`);
  }
  const stray = files.filter(
    (name) =>
      /\.(?:ts|tsx|map)$|^\/(?:src|tests|scripts|docs)\b/.test(name) ||
      (name.startsWith('/node_modules/') &&
        !/^\/node_modules\/(?:keytar|@napi-rs)(?:\/|$)/.test(name)),
  );
  assert.deepEqual(stray, [], 'files in the archive that do not belong there');
  const outside = `${archive}.unpacked`;
  for (const name of ['out/main/worker-transfers.js', 'assets/demo/LICENSES.md'])
    assert(existsSync(path.join(outside, name)), `${name} is not beside the archive`);
  const natives = readdirSync(outside, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.node'),
  );
  assert(natives.length > 0, 'no native module beside the archive');
}

/** Main checks what crosses the contract: a page that loads schemas has imported one by mistake. */
function checkPage(): void {
  const assets = path.join(root, 'out/renderer/assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  assert(scripts.length > 0, 'the page has no scripts');
  const withSchemas = scripts.filter((name) =>
    readFileSync(path.join(assets, name), 'utf8').includes('ZodError'),
  );
  assert.deepEqual(withSchemas, [], 'scripts of the page that contain zod');
}

async function checkFuses(packed: string): Promise<void> {
  const executable = readdirSync(packed).find((name) => name === 'multimedia-desk');
  assert(executable, 'the executable is not named multimedia-desk');
  const wire = await getCurrentFuseWire(path.join(packed, executable));
  assert.equal(wire.version, FuseVersion.V1);
  const expected: [FuseV1Options, FuseState][] = [
    [FuseV1Options.RunAsNode, FuseState.DISABLE],
    [FuseV1Options.EnableCookieEncryption, FuseState.ENABLE],
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseState.DISABLE],
    [FuseV1Options.EnableNodeCliInspectArguments, FuseState.DISABLE],
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseState.ENABLE],
    [FuseV1Options.OnlyLoadAppFromAsar, FuseState.ENABLE],
    [FuseV1Options.GrantFileProtocolExtraPrivileges, FuseState.DISABLE],
  ];
  for (const [fuse, state] of expected)
    assert.equal(wire[fuse], state, `fuse ${FuseV1Options[fuse]}`);
}

/**
 * The packed files, taken out of the archive because Node cannot read one, started by the double.
 */
async function checkStart(packed: string): Promise<void> {
  const app = path.join(work, 'app');
  extractAll(path.join(packed, 'resources/app.asar'), app);
  cpSync(path.join(packed, 'resources/app.asar.unpacked'), app, { recursive: true });
  const home = mkdtempSync(path.join(os.tmpdir(), 'multimedia-desk-packed-'));
  const started = await electron.launch({
    executablePath: path.join(root, 'tests/electron-double/electron'),
    args: [app, '--demo', `--user-data-dir=${home}`],
  });
  try {
    const page = await started.firstWindow();
    await page
      .getByRole('link', { name: /catalogue/i })
      .first()
      .waitFor();
    assert.equal(await page.title(), 'Multimedia Desk');
  } finally {
    await started.close();
    rmSync(home, { recursive: true, force: true });
  }
}

writeStandIn();
const packed = await pack();
checkFiles(packed);
checkPage();
await checkFuses(packed);
await checkStart(packed);
console.log('package: schema, archive, natives, fuses and start are as they should be');
