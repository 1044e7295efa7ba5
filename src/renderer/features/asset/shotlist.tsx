import { AudioLines, Copy, ShieldAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { formatDuration } from '../../i18n/format.ts';
import { lengthText } from '../../state/asset-labels.ts';
import { useApp, useLanguage, useMedia, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import type { AssetView } from '../../state/views.ts';
import { Count } from '../../ui/display/badge.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import { isTimed, shotFacts, shotRules, type Shot, type TimedShot } from './copy.ts';
import css from './asset.module.css';

type ShotlistProps = {
  asset: AssetView;
  frames: ReadonlyMap<number, string>;
  current: Shot | null;
  onJump: (shot: TimedShot) => void;
};

export function Shotlist({ asset, frames, current, onJump }: ShotlistProps) {
  const app = useApp();
  const { asset: words } = useTexts();
  const language = useLanguage();
  const currentNumber = current?.n ?? 0;
  const listRef = useRef<HTMLOListElement>(null);
  // Keeps the current shot in view during playback; only the list scrolls, not the page.
  useEffect(() => {
    const list = listRef.current;
    const row = list?.querySelector<HTMLElement>(`[data-shot="${currentNumber}"]`);
    if (!list || !row) return;
    const above = row.offsetTop - list.offsetTop < list.scrollTop;
    const below =
      row.offsetTop - list.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight;
    if (above || below)
      list.scrollTo({ top: row.offsetTop - list.offsetTop - list.clientHeight / 3 });
  }, [currentNumber]);
  const text = asset.shotlist
    .map((shot) =>
      [shot.n, shot.in ?? '', shot.out ?? '', shot.text, shotFacts(shot, language)].join('\t'),
    )
    .join('\n');
  return (
    <section aria-label={words.shotlist} className={css.pane}>
      <header className={css.paneHead}>
        <h2>{words.shotlist}</h2>
        <Count>{asset.shotlist.length}</Count>
        <Button
          icon={Copy}
          size={28}
          tone="quiet"
          onPress={() => void copyText(app, text, words.shotlistCopied)}
        >
          {words.copy}
        </Button>
      </header>
      <ol className={css.shots} ref={listRef}>
        {asset.shotlist.map((shot) => (
          <ShotRow
            asset={asset}
            frame={frames.get(shot.n) ?? null}
            isCurrent={shot === current}
            key={shot.n}
            shot={shot}
            onJump={onJump}
          />
        ))}
      </ol>
    </section>
  );
}

function ShotRow({
  asset,
  shot,
  frame,
  isCurrent,
  onJump,
}: {
  asset: AssetView;
  shot: Shot;
  frame: string | null;
  isCurrent: boolean;
  onJump: (shot: TimedShot) => void;
}) {
  const media = useMedia();
  const texts = useTexts();
  const language = useLanguage();
  const facts = shotFacts(shot, language, asset.location);
  return (
    <li data-shot={shot.n}>
      <AriaButton
        className={cx(css.shot, isCurrent && css.shotCurrent)}
        {...(isCurrent && { 'aria-current': 'true' as const })}
        isDisabled={!isTimed(shot)}
        onPress={() => isTimed(shot) && onJump(shot)}
      >
        <Thumbnail className={css.shotPicture} src={frame ?? media('thumb', asset.id)} />
        <span className={css.shotTimecode}>
          <b>{shot.n}</b>
          <span>{shot.in ?? (isTimed(shot) ? formatDuration(shot.startMs / 1000) : '')}</span>
          {isCurrent && <Icon of={AudioLines} size={14} />}
          <span>{lengthText(shot)}</span>
        </span>
        <span className={css.shotText}>{shot.text}</span>
        {facts !== '' && <span className={css.shotFacts}>{facts}</span>}
        {shot.restrictionIds.length > 0 && (
          <span className={css.shotMark}>
            <Icon of={ShieldAlert} size={12} />
            {shotRules(asset, shot.restrictionIds, texts, language)}
          </span>
        )}
      </AriaButton>
    </li>
  );
}
