/**
 * Makes assets/demo: stills, thumbnails, proxies and article pictures from the photographs of the
 * Debian package budgie-backgrounds (CC0-1.0), the hash lists of the masters, and facts.json (size
 * and SHA-256 of every file).
 *
 *   apt-get install ffmpeg fonts-dejavu-core budgie-backgrounds
 *   node scripts/make-demo-media.ts [stills|proxies|articles|hashes]… [--only=<slug or article name>]
 *
 * Without arguments everything is made anew. The result is committed; running it again gives the
 * same pictures.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ARTICLE_SOURCES } from '../src/service/demo/articles/index.ts';
import { ASSET_SOURCES } from '../src/service/demo/assets/index.ts';
import { DEMO_DAY } from '../src/service/demo/day.ts';
import { relinedOptions } from '../src/service/demo/generated-master.ts';
import { masterOptionsOf } from '../src/service/demo/master-options.ts';
import { demoFiles, MASTER_FORMATS, slugOf } from '../src/service/demo/masters.ts';
import type { AssetSource } from '../src/service/demo/source.ts';
import { spansOf } from '../src/service/demo/timeline.ts';
import { framingOf, GRADES, type Grade, type View } from '../src/service/demo/views.ts';
import { createMaster, type MasterOptions } from '../src/service/media/v210-master.ts';

const run = promisify(execFile);
const DEMO = path.resolve(import.meta.dirname, '../assets/demo');
const PHOTOGRAPHS_FOLDER = '/usr/share/backgrounds/budgie';
const FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf';
const PIECE_BYTES = 8 * 1024 * 1024;
const FOLDERS = ['articles', 'hashes', 'stills', 'thumbs', 'video'];
const PROXY = { width: 640, height: 360 };
const BT709 = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

const ffmpeg = async (...args: string[]): Promise<void> => {
  await run('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 1024 * 1024 });
};

type Size = { width: number; height: number };
const sizes = new Map<string, Size>();

async function sizeOf(file: string): Promise<Size> {
  const known = sizes.get(file);
  if (known) return known;
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=width,height',
    '-of',
    'csv=p=0',
    file,
  ]);
  const [width = 0, height = 0] = stdout.trim().split(',').map(Number);
  sizes.set(file, { width, height });
  return { width, height };
}

/** The crop filter of a framing: 16:9, moved inside the photograph. */
function cropOf({ width, height }: Size, view: View, mirrored: boolean): string {
  const [centreX, centreY, share] = framingOf(view).framing;
  const cropWidth = 2 * Math.floor(Math.min((width * share) / 100, (height * 16) / 9) / 2);
  const cropHeight = 2 * Math.floor((cropWidth * 9) / 32);
  const x = Math.round(
    Math.max(
      0,
      Math.min(
        width - cropWidth,
        ((mirrored ? 100 - centreX : centreX) / 100) * width - cropWidth / 2,
      ),
    ),
  );
  const y = Math.round(
    Math.max(0, Math.min(height - cropHeight, (centreY / 100) * height - cropHeight / 2)),
  );
  return `crop=${cropWidth}:${cropHeight}:${x}:${y}`;
}

type Look = { grade: Grade; mirrored?: boolean };
const prepare = ({ grade, mirrored = false }: Look): string =>
  `${mirrored ? 'hflip,' : ''}${GRADES[grade]}`;

async function makePicture(
  view: View,
  look: Look,
  { width, height }: Size,
  file: string,
): Promise<void> {
  const source = path.join(PHOTOGRAPHS_FOLDER, framingOf(view).source);
  const crop = cropOf(await sizeOf(source), view, look.mirrored ?? false);
  await ffmpeg(
    '-i',
    source,
    '-vf',
    `${prepare(look)},${crop},scale=${width}:${height}:flags=lanczos:out_range=pc,format=yuvj420p`,
    '-frames:v',
    '1',
    '-q:v',
    '4',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact',
    '-map_metadata',
    '-1',
    path.join(DEMO, file),
  );
}

async function makeStills(asset: AssetSource): Promise<void> {
  const slug = slugOf(asset);
  for (const [i, view] of asset.stills.entries())
    await makePicture(view, asset, { width: 960, height: 540 }, demoFiles.still(slug, i + 1));
  await makePicture(asset.stills[0], asset, { width: 480, height: 270 }, demoFiles.thumbnail(slug));
}

const across = (share: string): string => `z='1.14':x='(iw-iw/zoom)*${share}':y='(ih-ih/zoom)/2'`;

/** The camera's movement over a shot of `frames`: in, right, left or out in turn. */
function movement(n: number, frames: number): string {
  const done = `on/${Math.max(1, frames - 1)}`;
  const centre = "x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2'";
  return (
    [
      `z='1+0.12*${done}':${centre}`,
      across(`(${done})`),
      across(`(1-${done})`),
      `z='1.14-0.12*${done}':${centre}`,
    ][n % 4] ?? ''
  );
}

/** One segment of the proxy a shot, from the same photograph, then slug and timecode burnt in. */
async function makeProxy(asset: AssetSource): Promise<void> {
  const slug = slugOf(asset);
  const { frameRate } = MASTER_FORMATS[asset.formats[0]];
  const views = asset.shots.map((shot) => shot.view);
  const source = path.join(PHOTOGRAPHS_FOLDER, framingOf(views[0] ?? asset.stills[0]).source);
  const size = await sizeOf(source);
  const spans = spansOf(asset);
  const segments = views.map((view, i) => {
    const frames = (spans[i]?.outFrame ?? 0) - (spans[i]?.inFrame ?? 0);
    return `[p${i}]${cropOf(size, view, asset.mirrored ?? false)},scale=2560:1440,setsar=1,zoompan=${movement(i, frames)}:d=${frames}:s=${PROXY.width}x${PROXY.height}:fps=${frameRate}[s${i}]`;
  });
  const escaped = asset.timecodeStart.replaceAll(':', '\\:').replaceAll(';', '\\;');
  const label = `drawtext=fontfile=${FONT}:fontsize=15:fontcolor=white@0.92:box=1:boxcolor=black@0.45:boxborderw=6:y=h-th-16`;
  const burnIn = `${label}:x=14:rate=${frameRate}:timecode='${escaped}',${label}:x=w-tw-14:text='${slug}'`;
  const graph = [
    `[0:v]${prepare(asset)},scale=out_range=tv:out_color_matrix=bt709,format=yuv420p,split=${views.length}${views.map((_, i) => `[p${i}]`).join('')}`,
    ...segments,
    `${views.map((_, i) => `[s${i}]`).join('')}concat=n=${views.length}:v=1:a=0,${burnIn},format=yuv420p,${BT709}[out]`,
  ].join(';');
  const isLong = asset.frames > 1000;
  await ffmpeg(
    '-i',
    source,
    '-filter_complex',
    graph,
    '-map',
    '[out]',
    '-frames:v',
    String(asset.frames),
    '-r',
    frameRate,
    '-c:v',
    'libx264',
    '-threads',
    '1',
    '-preset',
    'medium',
    '-crf',
    isLong ? '33' : '26',
    '-maxrate',
    isLong ? '110k' : '420k',
    '-bufsize',
    isLong ? '440k' : '840k',
    '-profile:v',
    'high',
    '-g',
    '50',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact',
    '-movflags',
    '+faststart',
    '-an',
    path.join(DEMO, demoFiles.proxy(slug)),
  );
}

/** SHA-256 of the whole master and of its pieces, in one pass over memory. */
async function makeHashes(options: MasterOptions, file: string): Promise<void> {
  const master = createMaster(options);
  const { bytes } = master;
  const whole = createHash('sha256');
  const pieces: Buffer[] = [];
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
    const piece = master.read(offset, PIECE_BYTES, buffer);
    whole.update(piece);
    pieces.push(createHash('sha256').update(piece).digest());
  }
  const list = {
    bytes,
    sha256: whole.digest('hex'),
    pieceBytes: PIECE_BYTES,
    pieces: Buffer.concat(pieces).toString('base64'),
    of: options,
  };
  await writeFile(path.join(DEMO, file), `${JSON.stringify(list)}\n`);
}

/** As the demo’s day leaves the master. */
function laterOptions(asset: AssetSource, options: MasterOptions): MasterOptions {
  const spans = spansOf(asset);
  return DEMO_DAY.filter(({ slug }) => slug === slugOf(asset))
    .flatMap(({ request }) => (request.act === 'correct' ? (request.patch.shots ?? []) : []))
    .reduce((before, { n, line }) => {
      const span = spans[n - 1];
      return line === undefined || !span
        ? before
        : relinedOptions(before, span.inMs, span.outMs, line);
    }, options);
}

/** Size and SHA-256 of every picture and proxy there is; pixels of the pictures. */
async function writeFacts(): Promise<void> {
  const files: Record<string, { bytes: number; sha256: string; width: number; height: number }> =
    {};
  for (const folder of ['articles', 'stills', 'thumbs', 'video']) {
    for (const name of (await readdir(path.join(DEMO, folder))).toSorted()) {
      const file = path.join(DEMO, folder, name);
      const content = await readFile(file);
      sizes.delete(file);
      files[`${folder}/${name}`] = {
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        ...(await sizeOf(file)),
      };
    }
  }
  const lines = Object.entries(files).map(
    ([name, facts]) => `  ${JSON.stringify(name)}: ${JSON.stringify(facts)}`,
  );
  await writeFile(path.join(DEMO, demoFiles.facts), `{\n${lines.join(',\n')}\n}\n`);
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${Object.keys(files).length} files, ${(total / 1e6).toFixed(1)} MB`);
}

const args = process.argv.slice(2);
const only = args.find((arg) => arg.startsWith('--only='))?.slice(7);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const wants = (step: string): boolean => wanted.length === 0 || wanted.includes(step);
const assets = ASSET_SOURCES.filter((asset) => only === undefined || only === slugOf(asset));
const articles = ARTICLE_SOURCES.filter((article) => only === undefined || only === article.name);

if (args.length === 0)
  for (const folder of FOLDERS) await rm(path.join(DEMO, folder), { recursive: true, force: true });
for (const folder of FOLDERS) await mkdir(path.join(DEMO, folder), { recursive: true });
for (const asset of assets) {
  if (wants('stills')) await makeStills(asset);
  if (wants('proxies')) await makeProxy(asset);
  if (!wants('hashes') || asset.status) continue;
  for (const format of asset.formats) {
    const slug = slugOf(asset);
    const options = masterOptionsOf(asset, format);
    const later = laterOptions(asset, options);
    await makeHashes(options, demoFiles.hashes(slug, format));
    if (later !== options) await makeHashes(later, demoFiles.laterHashes(slug, format));
  }
}
for (const article of wants('articles') ? articles : []) {
  for (const [i, { view, role, ...look }] of article.pictures.entries()) {
    const size = role === 'lead' ? { width: 1280, height: 720 } : { width: 960, height: 540 };
    await makePicture(view, look, size, demoFiles.articlePicture(article.name, i + 1));
  }
}
await writeFacts();
