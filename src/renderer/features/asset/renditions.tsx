import { codecName, containerName } from '../../../shared/api/video-format.ts';
import { formatBytes, languageName } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import type { AssetView } from '../../state/views.ts';
import { rateName } from './copy.ts';
import css from './asset.module.css';

type Rendition = AssetView['renditions'][number];

/** What an engineer reads before a package is taken; what isn't stated is left open. */
export function Renditions({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  const { columns } = words.renditionTable;
  if (asset.renditions.length === 0) return <p className={css.quiet}>{words.noRenditions}</p>;
  const hasDepth = asset.renditions.some(({ bitDepth }) => bitDepth !== undefined);
  const audioOf = (rendition: Rendition): string =>
    rendition.audio
      .map(({ channels, codec, language: spoken }) =>
        [
          `${channels} × ${codecName(codec)}`,
          spoken === null || spoken === 'und' ? '' : languageName(spoken, language),
        ]
          .filter(Boolean)
          .join(', '),
      )
      .join('; ');
  return (
    <table className={css.renditions}>
      <thead>
        <tr>
          <th scope="col">{columns.container}</th>
          <th scope="col">{columns.codec}</th>
          <th scope="col">{columns.frame}</th>
          <th scope="col">{columns.rate}</th>
          {hasDepth && <th scope="col">{columns.depth}</th>}
          <th scope="col">{columns.audio}</th>
          <th scope="col">{columns.timecode}</th>
          <th scope="col">{columns.bytes}</th>
        </tr>
      </thead>
      <tbody>
        {asset.renditions.map((rendition) => (
          <tr key={rendition.id}>
            <th scope="row">{containerName(rendition.container)}</th>
            <td>{rendition.videoCodec === null ? '' : codecName(rendition.videoCodec)}</td>
            <td>
              {rendition.width && rendition.height
                ? `${rendition.width} × ${rendition.height}`
                : ''}
            </td>
            <td>{rateName(rendition)}</td>
            {hasDepth && (
              <td>
                {rendition.bitDepth === undefined
                  ? ''
                  : words.renditionTable.bits(rendition.bitDepth)}
              </td>
            )}
            <td>{audioOf(rendition) || words.renditionTable.noAudio}</td>
            <td>{rendition.timecodeStart}</td>
            <td>{rendition.bytes === null ? '' : formatBytes(rendition.bytes, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
