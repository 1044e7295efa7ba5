import { choosePackage } from '../../../shared/model/house-format.ts';
import { memo } from 'react';
import { unavailableBecause } from '../../../shared/api/rights.ts';
import { badgesOf, lengthText } from '../../state/asset-labels.ts';
import { countryName, formatBytes, formatDay } from '../../i18n/format.ts';
import { AssetBadges } from '../../state/badges.tsx';
import { useLanguage, useMedia } from '../../state/context.tsx';
import { useHouseProfile } from '../../state/house-format.ts';
import { useSourceName } from '../../state/source-labels.ts';
import type { AssetRow } from '../../state/views.ts';
import { Badge } from '../../ui/display/badge.tsx';
import { Highlight } from '../../ui/display/highlight.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import css from './catalogue.module.css';

/** Below this width the second badge is reduced to its icon. */
const WIDE_CARD = 240;
const WIDE_TABLE = 1100;

const place = (asset: AssetRow, language: 'en' | 'fr'): string =>
  asset.location || asset.countries.map((code) => countryName(code, language)).join(', ');
const codes = (asset: AssetRow): string =>
  asset.languages.map((code) => code.toUpperCase()).join(' ');

export const Card = memo(function Card({
  asset,
  query,
  width,
}: {
  asset: AssetRow;
  query: string;
  width: number;
}) {
  const media = useMedia();
  const language = useLanguage();
  const source = useSourceName(asset.source);
  return (
    <>
      <Thumbnail grey={unavailableBecause(asset.verdict) !== null} src={media('thumb', asset.id)}>
        <span className={css.badges}>
          <AssetBadges
            photo
            asset={asset}
            badges={badgesOf(asset)}
            most={2}
            mini={width >= WIDE_CARD ? 2 : 1}
          />
        </span>
        {source !== null && (
          <span className={css.cardSource}>
            <Badge photo>{source}</Badge>
          </span>
        )}
        {asset.durationMs !== null && <span className={css.length}>{lengthText(asset)}</span>}
      </Thumbnail>
      <div className={css.text}>
        <h2 className={css.title}>
          <Highlight className={css.match} query={query} text={asset.headline} />
        </h2>
        <p className={css.meta}>
          <span>{formatDay(asset.publishedAt, language)}</span>
          <span>{place(asset, language)}</span>
          <span>{codes(asset)}</span>
        </p>
      </div>
    </>
  );
});

export const TableCells = memo(function TableCells({
  asset,
  query,
  width,
}: {
  asset: AssetRow;
  query: string;
  width: number;
}) {
  const media = useMedia();
  const language = useLanguage();
  const source = useSourceName(asset.source);
  const main = choosePackage(asset.packages, useHouseProfile()).chosen ?? asset.packages[0];
  return (
    <>
      <Thumbnail
        className={css.rowPicture}
        grey={unavailableBecause(asset.verdict) !== null}
        src={media('thumb', asset.id)}
      />
      <span className={css.rowTitle}>
        <span>
          <b>
            <Highlight className={css.match} query={query} text={asset.headline} />
          </b>
          {source !== null && <small>{source}</small>}
        </span>
        <AssetBadges
          asset={asset}
          badges={badgesOf(asset)}
          most={2}
          mini={width >= WIDE_TABLE ? 2 : 0}
        />
      </span>
      <span>{formatDay(asset.publishedAt, language)}</span>
      <span>{place(asset, language)}</span>
      <span>{codes(asset)}</span>
      <span>{main?.label.replace(/^HD /, '')}</span>
      <span className={css.number}>
        {main && main.bytes !== null && formatBytes(main.bytes, language)}
      </span>
      <span className={css.number}>{lengthText(asset)}</span>
    </>
  );
});

export function CardSkeleton() {
  return (
    <div className={css.skeletonCard}>
      <Skeleton className={css.skeletonPicture} />
      <div className={css.text}>
        <div className={css.title}>
          <Skeleton height="14px" width="92%" />
        </div>
        <Skeleton height="12px" width="60%" />
        <SrOnly>…</SrOnly>
      </div>
    </div>
  );
}
