import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ContentAsset, ContentBytes, LocalText } from '../content/library.ts';
import { MINUTE } from '../clock.ts';
import { searchTextOf } from '../demo/build-asset.ts';
import { escapeCue } from '../demo/captions.ts';
import { packageText } from '../demo/package-texts.ts';
import { textBytes } from '../demo/stored.ts';
import { countWords, escapeMarkup } from '../demo/text.ts';
import { frenchSpacing, spacedText } from '../french.ts';
import { EditRefused, type Patch, type StatedRestriction } from './request.ts';

type Language = 'en' | 'fr';
type PackageFile = ContentAsset['packages'][number]['files'][number];
type Restriction = ContentAsset['restrictions'][number];
type Replacements = NonNullable<NonNullable<Patch['script']>[Language]>;

/** Hashes of a corrected master, kept with the edit so that a start hashes nothing. */
export type MasterHashes = {
  /** The options it is made with. */
  of: string;
  sha256: string;
  pieceBytes: number;
  pieces: string[];
};

type GivenText = { en?: string | undefined; fr?: string | undefined };

/** The texts that are given, in place of the ones there are. */
function changedText(text: LocalText, { en = text.en, fr = text.fr }: GivenText = {}): LocalText {
  return spacedText(fr === undefined ? { en } : { en, fr });
}

/** @throws EditRefused if one of them doesn’t occur */
function replaced(
  texts: readonly string[],
  replacements: Replacements,
  language: Language,
  of: string,
): string[] {
  return replacements.reduce<string[]>(
    (before, { from, to }) => {
      const wanted = frenchSpacing(from, language);
      if (!before.some((text) => text.includes(wanted)))
        throw new EditRefused(`${of} (${language}) doesn’t contain “${from}”`);
      return before.map((text) => text.replaceAll(wanted, frenchSpacing(to, language)));
    },
    [...texts],
  );
}

function correctedScripts(asset: ContentAsset, patch: Patch['script']): ContentAsset['scripts'] {
  if (patch === undefined) return asset.scripts;
  for (const language of ['en', 'fr'] as const)
    if (patch[language] && !asset.scripts.some((script) => script.language === language))
      throw new EditRefused(`There is no script in this language: ${language}`);
  return asset.scripts.map((script) => {
    const { language } = script;
    const changes = patch[language];
    if (!changes) return script;
    const [text = ''] = replaced([script.text], changes, language, 'The script');
    const inMarkup = changes.map(({ from, to }) => ({
      from: escapeMarkup(from),
      to: escapeMarkup(to),
    }));
    const [html = ''] = replaced([script.html], inMarkup, language, 'The script');
    return { language, html, text, wordCount: countWords(text) };
  });
}

function correctedCaptions(
  asset: ContentAsset,
  patch: Patch['captions'],
): ContentAsset['captions'] {
  if (patch === undefined) return asset.captions;
  for (const language of ['en', 'fr'] as const)
    if (patch[language] && !asset.captions.some((entry) => entry.language === language))
      throw new EditRefused(`There are no captions in this language: ${language}`);
  return asset.captions.map((entry) => {
    const changes = patch[entry.language];
    if (!changes) return entry;
    const isMarkup = entry.format === 'vtt';
    const escaped = (text: string) => (isMarkup ? escapeCue(text) : text);
    const [text = ''] = replaced(
      [entry.text],
      changes.map(({ from, to }) => ({ from: escaped(from), to: escaped(to) })),
      entry.language,
      'A caption',
    );
    return { ...entry, text };
  });
}

/**
 * Takes shots off the restrictions that are gone and puts the new ones on theirs.
 * @throws EditRefused for an unknown restriction or shot
 */
function correctedRights(
  asset: ContentAsset,
  { add = [], change = [], remove = [] }: NonNullable<Patch['restrictions']>,
  { rev, epoch }: { rev: number; epoch: number },
): Pick<ContentAsset, 'restrictions' | 'shotlist'> {
  const gone = new Set([...remove, ...change.map(({ id }) => id)]);
  for (const id of gone)
    if (!asset.restrictions.some((known) => known.id === id))
      throw new EditRefused(`There is no restriction ${id} to change or remove`);
  if (gone.size < remove.length + change.length)
    throw new EditRefused('A restriction is changed or removed twice');
  const shotsOf = new Map<string, number[]>();
  let count = 0;
  const made = ({ shots, notAfter, note, ...rest }: StatedRestriction): Restriction => {
    const id = `${asset.id.replace(/^ast_/, 'rst_')}_r${rev}_${(count += 1)}`;
    if (shots) shotsOf.set(id, shots);
    return {
      ...rest,
      id,
      note: changedText({ en: note.en }, note),
      ...(notAfter === undefined ? {} : { notAfterMin: (Date.parse(notAfter) - epoch) / MINUTE }),
    };
  };
  const restrictions = [
    ...asset.restrictions.flatMap((known) => {
      const to = change.find(({ id }) => id === known.id)?.to;
      if (to) return [made(to)];
      return gone.has(known.id) ? [] : [known];
    }),
    ...add.map(made),
  ];
  for (const n of [...shotsOf.values()].flat())
    if (!asset.shotlist.some((shot) => shot.n === n))
      throw new EditRefused(`There is no shot ${n}`);
  const shotlist = asset.shotlist.map((shot) => ({
    ...shot,
    restrictionIds: [
      ...shot.restrictionIds.filter((id) => !gone.has(id)),
      ...[...shotsOf].filter(([, shots]) => shots.includes(shot.n)).map(([id]) => id),
    ],
  }));
  return { restrictions, shotlist };
}

function correctedShots(asset: ContentAsset, patch: Patch['shots'] = []): ContentAsset['shotlist'] {
  for (const { n } of patch)
    if (!asset.shotlist.some((shot) => shot.n === n))
      throw new EditRefused(`There is no shot ${n}`);
  return asset.shotlist.map((shot) => ({
    ...shot,
    text: changedText(shot.text, patch.find(({ n }) => n === shot.n)?.text),
  }));
}

/** A few milliseconds a piece; other requests get their turn in between. */
async function hashesOf(
  file: Pick<ContentBytes, 'read' | 'bytes'>,
  pieceBytes: number,
): Promise<Pick<MasterHashes, 'sha256' | 'pieces'>> {
  const whole = createHash('sha256');
  const pieces: string[] = [];
  for (let at = 0; at < file.bytes; at += pieceBytes) {
    const piece = await file.read(at, pieceBytes);
    whole.update(piece);
    pieces.push(createHash('sha256').update(piece).digest('hex'));
    await turn();
  }
  return { sha256: whole.digest('hex'), pieces };
}

/** @returns undefined where the picture of this file can’t be changed, or isn’t */
async function correctedMaster(
  asset: ContentAsset,
  master: ContentBytes,
  patch: Patch['shots'] = [],
  known: readonly MasterHashes[],
): Promise<{ bytes: ContentBytes; hashes: MasterHashes } | undefined> {
  let made: ReturnType<NonNullable<ContentBytes['relined']>> | undefined;
  for (const { n, line } of patch) {
    const shot = asset.shotlist.find((entry) => entry.n === n);
    if (shot && line !== undefined)
      made = (made ?? master).relined?.(shot.inMs, shot.outMs, line) ?? made;
  }
  if (!made) return undefined;
  const { of, read, relined } = made;
  const { mediaType, bytes } = master;
  const pieceBytes = master.pieces?.().pieceBytes ?? bytes;
  const hashes: MasterHashes = known.find((entry) => entry.of === of) ?? {
    of,
    ...(made.hashes ?? { pieceBytes, ...(await hashesOf({ bytes, read }, pieceBytes)) }),
  };
  return {
    hashes,
    bytes: {
      id: '',
      mediaType,
      bytes,
      sha256: hashes.sha256,
      pieces: () => ({ pieceBytes: hashes.pieceBytes, hashes: hashes.pieces }),
      read,
      ...(relined ? { relined } : {}),
    },
  };
}

/**
 * Content never changes under a file’s id: addresses of the earlier file go on delivering what they
 * were made for. The id of an edited file names its content.
 */
const idOf = (before: string, sha256: string): string =>
  `${before.replace(/_[0-9a-f]{12}$/, '')}_${sha256.slice(0, 12)}`;

export type Correction = { asset: ContentAsset; files: ContentBytes[]; masters: MasterHashes[] };

/**
 * The asset with the corrections of `patch`, and the files that it changes: texts are made anew from
 * the corrected asset, masters get the changed line. All other files stay the same, and so does a
 * package without a changed file.
 * @param rev the asset’s new revision
 * @param known hashes that an earlier run computed
 * @throws EditRefused if the patch doesn’t fit the asset, or changes nothing
 */
export async function corrected(
  asset: ContentAsset,
  patch: Patch,
  { rev, epoch, file }: { rev: number; epoch: number; file(id: string): ContentBytes | undefined },
  known: readonly MasterHashes[] = [],
): Promise<Correction> {
  const shots = correctedShots(asset, patch.shots);
  const worded: ContentAsset = {
    ...asset,
    headline: changedText(asset.headline, patch.headline),
    description: changedText(asset.description, patch.description),
    usageTerms: changedText(asset.usageTerms, patch.usageTerms),
    scripts: correctedScripts(asset, patch.script),
    captions: correctedCaptions(asset, patch.captions),
    ...correctedRights({ ...asset, shotlist: shots }, patch.restrictions ?? {}, { rev, epoch }),
  };
  const masters: MasterHashes[] = [];
  const changed = new Map<string, { file: PackageFile; bytes: ContentBytes }>();
  const all = new Map(asset.packages.flatMap(({ files }) => files.map((one) => [one.id, one])));
  for (const one of all.values()) {
    const before = file(one.id);
    if (!before) continue;
    const text = packageText(worded, one);
    const master =
      one.role === 'video' ? await correctedMaster(asset, before, patch.shots, known) : undefined;
    if (master) masters.push(master.hashes);
    const made = text === undefined ? master?.bytes : textBytes('', one.mediaType, text);
    if (!made || made.sha256 === one.sha256) continue;
    const id = idOf(one.id, made.sha256);
    const { bytes, sha256 } = made;
    changed.set(one.id, { file: { ...one, id, bytes, sha256 }, bytes: { ...made, id } });
  }
  if (patch.shots?.some(({ line }) => line !== undefined) && masters.length === 0)
    throw new EditRefused('This asset has no generated master to burn a line into');
  if (changed.size === 0 && isDeepStrictEqual(worded, asset))
    throw new EditRefused('The correction changes nothing');
  return {
    masters,
    files: [...changed.values()].map(({ bytes }) => bytes),
    asset: {
      ...worded,
      captions: worded.captions.map((entry) => ({
        ...entry,
        fileId: changed.get(entry.fileId)?.file.id ?? entry.fileId,
      })),
      searchText: searchTextOf(worded),
      packages: asset.packages.map((entry) => {
        if (!entry.files.some(({ id }) => changed.has(id))) return entry;
        const files = entry.files.map((one) => changed.get(one.id)?.file ?? one);
        return {
          ...entry,
          rev: entry.rev + 1,
          files,
          bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        };
      }),
    },
  };
}
