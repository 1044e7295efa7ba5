import { embargoOf } from '../../../shared/api/rights.ts';
import { formatMoment } from '../../i18n/format.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { CalendarClock, Film, RotateCw } from 'lucide-react';
import { useMemo } from 'react';
import { useApp, useLanguage, useMedia, useNow, useRoute, useTexts } from '../../state/context.tsx';
import type { AssetRow, AssetView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { AssetTabs } from './asset-tabs.tsx';
import { ChosenPackage } from './chosen-package.tsx';
import { AssetHeader } from './header.tsx';
import { Origin } from './origin.tsx';
import { PackageCard } from './package-card.tsx';
import { RelatedAside } from './related.tsx';
import { Rights } from './rights.tsx';
import { Shotlist } from './shotlist.tsx';
import { Stage } from './stage.tsx';
import { isTimed } from './copy.ts';
import { makeClock } from '../../state/timecode.ts';
import { useRead } from '../../state/queries.ts';
import { usePlayer } from '../../state/player.ts';
import { usePlayerKeys } from './player-keys.ts';
import { useShotFrames } from './use-shot-frames.ts';
import css from './asset.module.css';

type Loaded = {
  asset: AssetView | null;
  /** From the list, until the page has loaded. */
  row: AssetRow | null;
  error: ErrorCode | null;
  retry: () => void;
};

/** An asset that can't be read again stays as it was. */
function useLoaded(id: string): Loaded {
  const app = useApp();
  const { data, error, refetch } = useRead('catalogue.asset', { id });
  const row = Array.from(app.results.getState().rows.values()).find((known) => known.id === id);
  return {
    asset: data ?? null,
    row: row ?? null,
    error: data ? null : (error?.code ?? null),
    retry: () => void refetch(),
  };
}

export function AssetScreen() {
  const id = useRoute(({ current }) => (current.name === 'asset' ? current.id : ''));
  const loaded = useLoaded(id);
  const { asset, row, error } = loaded;
  if (error !== null) return <Missing loaded={loaded} />;
  return (
    <div className={cx(css.asset, asset?.shotlist.length === 0 && css.withoutShots)}>
      <AssetHeader asset={asset} row={row} />
      {asset ? (
        <ChosenPackage key={asset.id}>
          <Content asset={asset} />
        </ChosenPackage>
      ) : (
        <ContentSkeleton />
      )}
    </div>
  );
}

function Content({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const media = useMedia();
  const clock = useMemo(
    () => makeClock(asset.timecodeStart, asset.frameRate),
    [asset.timecodeStart, asset.frameRate],
  );
  const [setVideo, player] = usePlayer(clock, asset.durationMs);
  const shots = useMemo(() => asset.shotlist.filter(isTimed), [asset.shotlist]);
  const frames = useShotFrames(asset.hasPreview ? media('proxy', asset.id) : null, shots);
  // Half a millisecond of tolerance: players stop a rounding error before the frame they seek to.
  const current = shots.findLast((shot) => shot.startMs <= player.timeMs + 0.5) ?? shots[0] ?? null;
  usePlayerKeys(player, shots, current);
  const playFrom = (ms: number): void => {
    player.seek(ms);
    player.play();
  };
  return (
    <>
      <div className={css.main}>
        <Stage
          asset={asset}
          clock={clock}
          current={current}
          frames={frames}
          player={player}
          setVideo={setVideo}
        />
        <AssetTabs asset={asset} onPlay={playFrom} />
      </div>
      {asset.shotlist.length > 0 && (
        <Shotlist
          asset={asset}
          current={current}
          frames={frames}
          onJump={(shot) => player.seek(shot.startMs)}
        />
      )}
      <section aria-label={words.packageAndRights} className={css.pane}>
        <Embargo asset={asset} />
        <PackageCard asset={asset} />
        <Rights asset={asset} onJump={(shot) => player.seek(shot.startMs)} />
        <Origin asset={asset} />
        <RelatedAside asset={asset} />
      </section>
    </>
  );
}

/** An embargo comes before everything else. */
function Embargo({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  const now = useNow(10_000);
  const embargo = embargoOf(asset.verdict);
  if (embargo !== null)
    return (
      <InlineAlert
        icon={CalendarClock}
        shape="banner"
        title={words.embargoed(formatMoment(embargo, now, language))}
        tone="embargo"
      />
    );
  return null;
}

function Missing({ loaded }: { loaded: Loaded }) {
  const app = useApp();
  const { asset: words, common, errors } = useTexts();
  const { error, retry } = loaded;
  const gone = error === 'not-found';
  const offline = error === 'offline' || error === 'service-unreachable';
  return (
    <EmptyState
      text={
        gone
          ? words.notFoundText
          : offline || error === null
            ? words.unreachableText
            : errors[error]
      }
      title={gone ? words.notFound : words.unreachable}
      actions={
        <>
          {!gone && (
            <Button icon={RotateCw} onPress={retry}>
              {common.retry}
            </Button>
          )}
          <Button
            icon={Film}
            tone={gone ? 'plain' : 'quiet'}
            onPress={() => app.route.getState().go({ name: 'catalogue' })}
          >
            {words.toCatalogue}
          </Button>
        </>
      }
    />
  );
}

function ContentSkeleton() {
  return (
    <>
      <div className={css.main}>
        <section className={css.stage} data-theme="dark">
          <div className={css.frame} />
        </section>
        <div className={css.tabPanel}>
          <Skeleton height="1rem" width="60%" />
        </div>
      </div>
      <section className={css.pane}>
        <div className={css.paneHead}>
          <Skeleton height="1rem" width="5rem" />
        </div>
        {Array.from({ length: 8 }, (_, index) => (
          <div className={css.shot} key={index}>
            <Skeleton className={css.shotPicture} height="36px" />
            <Skeleton height="0.75rem" width="60%" />
            <Skeleton height="0.75rem" width="90%" />
          </div>
        ))}
      </section>
      <section className={css.pane}>
        <div className={css.package}>
          <Skeleton height="1rem" width="5rem" />
          <Skeleton height="9rem" />
          <Skeleton height="2.5rem" />
        </div>
        <div className={css.rights}>
          <Skeleton height="1rem" width="5rem" />
          <Skeleton height="2.25rem" />
          <Skeleton height="4rem" />
        </div>
      </section>
    </>
  );
}
