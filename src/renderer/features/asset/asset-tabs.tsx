import DOMPurify from 'dompurify';
import { Copy, Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { formatDuration, formatPublished, languageName } from '../../i18n/format.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import type { AssetView } from '../../state/views.ts';
import { IconButton } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { Tabs } from '../../ui/controls/tabs.tsx';
import { useChosenPackage } from './chosen-package.tsx';
import { Files } from './files.tsx';
import { Renditions } from './renditions.tsx';
import { Related } from './related.tsx';
import css from './asset.module.css';

type TabName =
  | 'renditions'
  | 'files'
  | 'script'
  | 'soundbites'
  | 'captions'
  | 'versions'
  | 'related';

export function AssetTabs({ asset, onPlay }: { asset: AssetView; onPlay: (ms: number) => void }) {
  const { chosen: offer } = useChosenPackage(asset);
  const { asset: words } = useTexts();
  const [chosen, choose] = useState<TabName | null>(null);
  const tab = chosen ?? (asset.soundbites.length > 0 ? 'soundbites' : 'script');
  const counts = {
    renditions: asset.renditions.length,
    files: offer?.components.length ?? 0,
    script: undefined,
    soundbites: asset.soundbites.length,
    captions: asset.captions.length,
    versions: asset.history.length,
    related: asset.relatedAssets.length + asset.relatedArticles.length,
  };
  const names = [
    'renditions',
    'files',
    'script',
    'soundbites',
    'captions',
    'versions',
    'related',
  ] as const;
  return (
    <div className={css.tabs}>
      <Tabs
        bare
        label={words.details}
        panelClassName={css.tabPanel}
        rowClassName={css.tabsRow}
        tabs={names.map((value) => ({ value, label: words.tabs[value], count: counts[value] }))}
        value={tab}
        onChange={choose}
      >
        {tab === 'renditions' && <Renditions asset={asset} />}
        {tab === 'files' && <Files asset={asset} key={offer?.packageId} offer={offer} />}
        {tab === 'script' && <Script asset={asset} />}
        {tab === 'soundbites' && <Soundbites asset={asset} onPlay={onPlay} />}
        {tab === 'captions' && <Captions asset={asset} />}
        {tab === 'versions' && <Versions asset={asset} />}
        {tab === 'related' && <Related asset={asset} />}
      </Tabs>
    </div>
  );
}

function Script({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  // Main has sanitised it already; it is sanitised again where it becomes HTML.
  const html = useMemo(
    () =>
      DOMPurify.sanitize(asset.scriptHtml, {
        ALLOWED_TAGS: [
          'p',
          'br',
          'b',
          'strong',
          'i',
          'em',
          'ul',
          'ol',
          'li',
          'h2',
          'h3',
          'blockquote',
          'cite',
          'q',
        ],
        ALLOWED_ATTR: ['lang', 'dir'],
      }),
    [asset.scriptHtml],
  );
  const description = asset.descriptionText.trim();
  // A feed may have only one text for both.
  const isSame = html !== '' && bare(description) === bare(asset.scriptText);
  const synopsis = isSame ? '' : description;
  return (
    <>
      {synopsis !== '' && (
        <>
          <h3 className={css.textHead}>{words.synopsis}</h3>
          <p className={css.synopsis}>{synopsis}</p>
        </>
      )}
      {html === '' ? (
        <p className={css.quiet}>{words.noScript}</p>
      ) : (
        <>
          {synopsis !== '' && <h3 className={css.textHead}>{words.tabs.script}</h3>}
          <div className={css.script} dangerouslySetInnerHTML={{ __html: html }} />
        </>
      )}
    </>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

type Soundbite = AssetView['soundbites'][number];
/** Its timecode, or its time in the film; null where the source gives neither. */
const timeOf = ({ in: timecode, startMs }: Soundbite): string | null =>
  timecode ?? (startMs === null ? null : formatDuration(startMs / 1000));

const quoted = (text: string, of: string): string =>
  of === 'fr' ? `«\u00a0${text}\u00a0»` : `“${text}”`;

/**
 * True if a translation only repeats the original, apart from quotes and spacing; it is not shown
 * then.
 */
export const sameWords = (one: string, other: string): boolean => bare(one) === bare(other);
const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\s\p{P}]+/gu, ' ')
    .trim()
    .toLowerCase();

function Soundbites({ asset, onPlay }: { asset: AssetView; onPlay: (ms: number) => void }) {
  const app = useApp();
  const { asset: words } = useTexts();
  const language = useLanguage();
  if (asset.soundbites.length === 0) return <p className={css.quiet}>{words.noSoundbites}</p>;
  return (
    <ul>
      {asset.soundbites.map((bite, at) => (
        <li className={css.soundbite} key={at}>
          <SoundbiteTime bite={bite} onPlay={onPlay} />
          <div>
            <p lang={bite.language}>{quoted(bite.verbatim, bite.language)}</p>
            {bite.translation !== null && !sameWords(bite.translation, bite.verbatim) && (
              <p className={css.translation}>{bite.translation}</p>
            )}
            <span className={css.soundbiteSpeaker}>
              {[
                bite.speaker,
                bite.role,
                bite.language === 'und' ? '' : languageName(bite.language, language),
              ]
                .filter(Boolean)
                .join(', ')}
            </span>
          </div>
          <IconButton
            icon={Copy}
            iconSize={14}
            label={words.copy}
            size={28}
            onPress={() => void copyText(app, soundbiteText(bite), words.copied)}
          />
        </li>
      ))}
    </ul>
  );
}

function SoundbiteTime({ bite, onPlay }: { bite: Soundbite; onPlay: (ms: number) => void }) {
  const { asset: words } = useTexts();
  const { startMs } = bite;
  if (startMs === null) return <span className={css.soundbiteTimecode}>{timeOf(bite)}</span>;
  return (
    <AriaButton
      aria-label={`${words.play}, ${timeOf(bite)}`}
      className={cx(css.soundbiteTimecode)}
      onPress={() => onPlay(startMs)}
    >
      <Icon filled of={Play} size={14} />
      {timeOf(bite)}
    </AriaButton>
  );
}

/** For the clipboard: what was said, by whom and where in the film, as far as it is known. */
export function soundbiteText(bite: Soundbite): string {
  const time = timeOf(bite);
  const who = [bite.speaker, bite.role].filter(Boolean).join(', ');
  return [quoted(bite.verbatim, bite.language), who, time === null ? '' : `(${time})`]
    .filter(Boolean)
    .join(' ');
}

function Captions({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  if (asset.captions.length === 0) return <p className={css.quiet}>{words.noCaptions}</p>;
  return (
    <>
      <ul>
        {asset.captions.map((caption) => (
          <li className={css.listRow} key={caption.fileId}>
            <b>
              {caption.language === 'und'
                ? words.noCaptionLanguage
                : capital(languageName(caption.language, language))}
            </b>
            <span>{words.captionKinds[caption.kind] ?? caption.kind}</span>
            <span>{caption.format.toUpperCase()}</span>
          </li>
        ))}
      </ul>
      <p className={css.quiet}>{words.captionsHint}</p>
    </>
  );
}

function Versions({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  if (asset.history.length === 0) return <p className={css.quiet}>{words.noVersions}</p>;
  return (
    <ol>
      {asset.history
        .toSorted((a, b) => b.rev - a.rev)
        .map((version) => (
          <li className={css.version} key={version.rev}>
            <div>
              <b>{words.version(version.rev)}</b>
              {version.rev === asset.rev && <span> {words.current}</span>}
            </div>
            <p>{version.note}</p>
            <span>{formatPublished(version.at, language)}</span>
          </li>
        ))}
    </ol>
  );
}
