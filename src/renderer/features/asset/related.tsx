import { Newspaper } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { unavailableBecause } from '../../../shared/api/rights.ts';
import { formatDay } from '../../i18n/format.ts';
import { lengthText, stateBadges } from '../../state/asset-labels.ts';
import { AssetBadges } from '../../state/badges.tsx';
import { useApp, useLanguage, useMedia, useTexts } from '../../state/context.tsx';
import type { AssetView } from '../../state/views.ts';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import css from './asset.module.css';

function RelatedRows({ asset }: { asset: AssetView }) {
  const app = useApp();
  const media = useMedia();
  const language = useLanguage();
  const { asset: words } = useTexts();
  const { go } = app.route.getState();
  return (
    <ul>
      {asset.relatedAssets.map((other) => (
        <li key={other.id}>
          <AriaButton
            className={cx(css.relatedRow)}
            onPress={() => go({ name: 'asset', id: other.id })}
          >
            <Thumbnail
              className={css.relatedPicture}
              grey={unavailableBecause(other.verdict) !== null}
              src={media('thumb', other.id)}
            />
            <b>{other.headline}</b>
            <span>
              {[formatDay(other.publishedAt, language), lengthText(other)]
                .filter(Boolean)
                .join(', ')}{' '}
              <AssetBadges asset={other} badges={stateBadges(other)} />
            </span>
          </AriaButton>
        </li>
      ))}
      {asset.relatedArticles.map((article) => (
        <li key={article.id}>
          <AriaButton
            className={cx(css.relatedRow)}
            onPress={() => go({ name: 'articles', id: article.id })}
          >
            <span className={cx(css.relatedPicture, css.relatedIcon)}>
              <Icon of={Newspaper} size={20} />
            </span>
            <b>{article.headline}</b>
            <span>{words.article}</span>
          </AriaButton>
        </li>
      ))}
    </ul>
  );
}

export function Related({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  if (asset.relatedAssets.length + asset.relatedArticles.length === 0)
    return <p className={css.quiet}>{words.noRelated}</p>;
  return <RelatedRows asset={asset} />;
}

/** Shown beside the rights where there is room. */
export function RelatedAside({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  if (asset.relatedAssets.length + asset.relatedArticles.length === 0) return null;
  return (
    <section className={css.related}>
      <h2>{words.alsoHere}</h2>
      <RelatedRows asset={asset} />
    </section>
  );
}
