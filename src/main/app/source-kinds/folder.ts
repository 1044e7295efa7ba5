import { realpath } from 'node:fs/promises';
import nodePath from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapPathErrors } from '../../adapters/fs/errors.ts';
import { readBounded, streamFile } from '../../adapters/fs/file-source.ts';
import { watchFolder } from '../../adapters/fs/watch-folder.ts';
import { createFolderSource } from '../../adapters/sources/folder.ts';
import { mediaTypeOf } from '../../adapters/sources/folder-map.ts';
import { sourceIdOf } from '../../adapters/sources/publisher.ts';
import type { AssetDetail } from '../../catalogue/asset.ts';
import { MAX_SOURCE_ADDRESS } from '../../../shared/contract/sources.ts';
import { AppError } from '../../../shared/errors.ts';
import { heldBy, offerOf, openPublisher, type KindOptions, type OpenedKind } from './kind.ts';

/** A picture beside a film; larger ones aren't for a card. */
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** Folders that other programs fill. */
export function openFolders(options: KindOptions): OpenedKind<'folder'> {
  const { nowMs } = options.clock;
  return {
    read({ path }) {
      const whole = nodePath.normalize(path.trim()).replace(/(?<=.)[\\/]+$/u, '');
      if (!nodePath.isAbsolute(whole)) throw new AppError('usage', 'Enter the whole path');
      if (whole.length > MAX_SOURCE_ADDRESS)
        throw new AppError('usage', `The path has more than ${MAX_SOURCE_ADDRESS} characters`);
      return {
        id: sourceIdOf('folder', whole),
        kind: 'folder',
        address: whole,
        secret: null,
        keyEnding: null,
        follows: [],
      };
    },
    open({ id, address: root }) {
      const source = createFolderSource(id, { root, nowMs, held: heldBy(options, id) });
      // However seldom the user wants publishers to be asked.
      const ownPace = { ...options, pauseMs: () => 0 };
      return openPublisher(ownPace, source, {
        mayLeadTo: async (url) => url.startsWith('file:'),
        media: {
          async bytes(url) {
            const path = await source.pathOf(url);
            const bytes = await readBounded(path, MAX_PICTURE_BYTES);
            if (bytes === null)
              throw new AppError('origin-error', 'A picture is too large, or can’t be read', {
                retryable: false,
              });
            return bytes;
          },
          stream: async (url, range) => {
            const path = await source.pathOf(url);
            return streamFile(path, range, mediaTypeOf({ path }));
          },
        },
        watch: (onChange) => watchFolder(root, onChange),
        async locate(assetId) {
          const [best] = (await source.files(assetId, false)) ?? [];
          if (!best)
            throw new AppError('not-found', 'The file is no longer in its folder', {
              retryable: false,
            });
          return fileURLToPath(best.url);
        },
      });
    },
    async probe({ id, address: root }, signal) {
      await mapPathErrors(root, () => realpath(root));
      const source = createFolderSource(id, {
        root,
        nowMs,
        settledMs: 0,
        held: async () => [],
      });
      const assets: AssetDetail[] = [];
      for await (const { changes } of source.sync(null, signal))
        for (const change of changes)
          if (change.op === 'upsert' && change.detail) assets.push(change.detail);
      return {
        kind: 'folder',
        format: null,
        name: (nodePath.basename(root) || root).slice(0, 200),
        address: root,
        isKeyed: false,
        count: assets.length,
        articles: 0,
        ...offerOf(
          assets.toSorted((a, b) => Date.parse(b.publishedAt) - Date.parse(a.publishedAt)),
        ),
        isResumable: null,
        terms: null,
      };
    },
    close() {},
  };
}
