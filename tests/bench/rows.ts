import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Contestant, Row } from './contest.ts';
import { makeFile, metalinkOf } from './origin.ts';
import type { BenchFile, BenchOrigin } from './origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export type Sizes = {
  largeBytes: number;
  mediumBytes: number;
  manyCount: number;
  manyBytes: number;
  smallCount: number;
  smallBytes: number;
};
export const FULL: Sizes = {
  largeBytes: 4 * GIB,
  mediumBytes: GIB,
  manyCount: 200,
  manyBytes: 20 * MIB,
  smallCount: 5000,
  smallBytes: 64 * KIB,
};
export const QUICK: Sizes = {
  largeBytes: GIB,
  mediumBytes: 256 * MIB,
  manyCount: 40,
  manyBytes: 20 * MIB,
  smallCount: 1000,
  smallBytes: 64 * KIB,
};

const sized = (bytes: number): string =>
  bytes >= GIB ? `${bytes / GIB} GiB` : bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`;

/** The built command line, as users have it. */
export const deskCommand = (desk: string, target: string): string[] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  desk,
  'get',
  target,
  '--home',
  '{out}/home',
  '--to',
  '{out}/to',
];

type Field = { folder: string; origin: BenchOrigin; desk: string };

const GOT = path.join(import.meta.dirname, 'got-sha256.mjs');
const rivals = (
  url: string,
  cert: string,
  sha256: string,
  names: readonly string[],
): Contestant[] =>
  [
    { name: 'curl', command: ['curl', '-sS', '--cacert', cert, '-o', '{out}/file', url] },
    {
      name: 'curl+sha256sum',
      command: [
        'bash',
        '-c',
        'curl -sS --cacert "$0" -o "$1/file" "$2" && sha256sum "$1/file"',
        cert,
        '{out}',
        url,
      ],
    },
    { name: 'got+sha256', command: [process.execPath, GOT, url, '{out}/file', sha256] },
    {
      name: 'wget2',
      command: ['wget2', '-q', `--ca-certificate=${cert}`, '-O', '{out}/file', url],
    },
    {
      name: 'aria2c -x4',
      command: [
        'aria2c',
        '-q',
        '-x4',
        '-s4',
        '--file-allocation=none',
        `--ca-certificate=${cert}`,
        '-d',
        '{out}',
        '-o',
        'file',
        url,
      ],
    },
  ].filter(({ name }) => names.includes(name));

async function singleRows(
  { folder, origin, desk }: Field,
  file: BenchFile,
  rivalNames: Record<'verified' | 'unverified', string[]>,
  schemes: readonly ('http' | 'https')[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const scheme of schemes) {
    const url = `${origin[scheme]}/${file.name}`;
    const metalink = path.join(folder, `${scheme}-${file.name}.meta4`);
    await writeFile(metalink, metalinkOf([file], origin[scheme]));
    const title = `one file of ${sized(file.bytes)}, ${scheme}`;
    rows.push({
      title: `${title}, pieces verified`,
      bytes: file.bytes,
      contestants: [
        { name: 'desk', command: deskCommand(desk, metalink) },
        ...rivals(url, origin.cert, file.sha256, rivalNames.verified),
      ],
    });
    rows.push({
      title: `${title}, unverified`,
      bytes: file.bytes,
      contestants: [
        { name: 'desk', command: deskCommand(desk, url) },
        ...rivals(url, origin.cert, file.sha256, rivalNames.unverified),
      ],
    });
  }
  return rows;
}

async function manyRow(
  { folder, origin, desk }: Field,
  name: string,
  count: number,
  bytes: number,
  parallel: number,
): Promise<Row> {
  const files: BenchFile[] = [];
  for (let i = 0; i < count; i++) files.push(await makeFile(folder, `${name}/${i}.bin`, bytes));
  const [metalink, config, list] = [`${name}.meta4`, `${name}.curl`, `${name}.txt`].map((file) =>
    path.join(folder, file),
  );
  const urls = files.map((file) => `${origin.http}/${file.name}`);
  await writeFile(metalink ?? '', metalinkOf(files, origin.http));
  await writeFile(
    config ?? '',
    urls.map((url, i) => `url = "${url}"\noutput = "${i}.bin"\n`).join(''),
  );
  await writeFile(list ?? '', `${urls.join('\n')}\n`);
  return {
    title: `${count} files of ${sized(bytes)}, http, verified`,
    bytes: count * bytes,
    contestants: [
      { name: 'desk', command: deskCommand(desk, metalink ?? '') },
      { name: 'curl one by one', command: ['curl', '-sS', '-K', config ?? ''] },
      {
        name: `curl -Z ${parallel}`,
        command: ['curl', '-sS', '-Z', '--parallel-max', String(parallel), '-K', config ?? ''],
      },
      {
        name: `aria2c -j${parallel}`,
        command: [
          'aria2c',
          '-q',
          '--file-allocation=none',
          '-j',
          String(parallel),
          '-d',
          '{out}',
          '-i',
          list ?? '',
        ],
      },
    ],
  };
}

/** The rows of one run; makes the files they need. */
export async function makeRows(
  field: Field,
  sizes: Sizes,
  only: RegExp,
): Promise<{ rows: Row[]; medium: BenchFile }> {
  const medium = await makeFile(field.folder, 'medium.bin', sizes.mediumBytes);
  const rows: Row[] = [];
  if (only.test('large')) {
    const large = await makeFile(field.folder, 'large.bin', sizes.largeBytes);
    rows.push(
      ...(await singleRows(
        field,
        large,
        {
          verified: ['curl', 'curl+sha256sum', 'got+sha256', 'aria2c -x4'],
          unverified: ['curl', 'wget2', 'aria2c -x4'],
        },
        ['http', 'https'],
      )),
    );
  }
  if (only.test('medium'))
    rows.push(
      ...(await singleRows(
        field,
        medium,
        { verified: ['curl'], unverified: ['curl', 'aria2c -x4'] },
        ['http'],
      )),
    );
  if (only.test('many'))
    rows.push(await manyRow(field, 'many', sizes.manyCount, sizes.manyBytes, 4));
  if (only.test('small'))
    rows.push(await manyRow(field, 'small', sizes.smallCount, sizes.smallBytes, 8));
  return { rows, medium };
}
