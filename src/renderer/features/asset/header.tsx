import { ArrowLeft, ChevronDown, ChevronUp, Copy, Link2 } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { pageLink } from '../../../shared/model/app-link.ts';
import { formatDate, formatPublished } from '../../i18n/format.ts';
import {
  badgesOf,
  badgeText,
  badgeTone,
  lengthText,
  type AssetBadge,
} from '../../state/asset-labels.ts';
import { useCriteria, useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { useSourceName } from '../../state/source-labels.ts';
import type { AssetRow, AssetView } from '../../state/views.ts';
import { Badge } from '../../ui/display/badge.tsx';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { restrictedShots, shotNumbers } from './copy.ts';
import css from './asset.module.css';

export function AssetHeader({ asset, row }: { asset: AssetView | null; row: AssetRow | null }) {
  const app = useApp();
  const { asset: words, shell } = useTexts();
  const shown = asset ?? row;
  return (
    <header className={css.header}>
      <IconButton
        icon={ArrowLeft}
        keys="Alt ←"
        label={words.back}
        onPress={() => app.route.getState().back()}
      />
      <div className={css.title}>
        <h1>{shown?.headline}</h1>
        <p className={css.meta}>{shown && <Meta asset={asset} shown={shown} />}</p>
      </div>
      {asset && (
        <Button
          icon={Copy}
          size={28}
          onPress={() =>
            void copyText(
              app,
              `${asset.slug} ${asset.headline} (${asset.credits.join(', ')})`,
              words.copied,
            )
          }
        >
          {words.copyReference}
        </Button>
      )}
      {asset && (
        <IconButton
          icon={Link2}
          label={shell.copyLink}
          size={28}
          onPress={() => void copyText(app, pageLink('asset', asset.id), shell.linkCopied)}
        />
      )}
      <PreviousNext id={shown?.id ?? null} />
    </header>
  );
}

function Meta({ asset, shown }: { asset: AssetView | null; shown: AssetRow }) {
  const texts = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const shots = asset ? restrictedShots(asset) : [];
  const source = useSourceName(shown.source);
  const facts = [
    source,
    shown.isDateStated
      ? formatPublished(shown.publishedAt, language)
      : texts.asset.firstSeen(formatDate(shown.publishedAt, language)),
    shown.location,
    lengthText(shown),
    shown.languages.map((code) => code.toUpperCase()).join(' '),
    // A feed’s items have no other name.
    shown.slug === shown.headline ? '' : shown.slug,
  ].filter(Boolean);
  const badgeWords = (badge: AssetBadge): ReactNode =>
    badge === 'restricted' && shots.length > 0
      ? texts.asset.restrictedShots(shotNumbers(shots), shots.length === 1)
      : badgeText(badge, shown, texts, now, language);
  return (
    <>
      {badgesOf(shown).map((badge) => (
        <Badge key={badge} tone={badgeTone(badge)}>
          {badgeWords(badge)}
        </Badge>
      ))}
      {facts.map((fact, index) => (
        <Fragment key={fact}>
          {index > 0 && <i />}
          <span>{fact}</span>
        </Fragment>
      ))}
    </>
  );
}

/** Previous and next in the results that the asset was opened from. */
function PreviousNext({ id }: { id: string | null }) {
  const app = useApp();
  const { asset: words } = useTexts();
  const ids = useCriteria((state) => state.resultIds);
  const place = ids && id !== null ? ids.indexOf(id) : -1;
  if (!ids || place === -1) return null;
  const show = (other: string | undefined): void => {
    // Stepping through results keeps a single history entry, back to the results.
    if (other !== undefined) app.route.setState({ current: { name: 'asset', id: other } });
  };
  return (
    <div aria-label={words.neighbours} className={css.previousNext} role="group">
      <IconButton
        icon={ChevronUp}
        isDisabled={place === 0}
        label={words.previous}
        size={28}
        onPress={() => show(ids[place - 1])}
      />
      <IconButton
        icon={ChevronDown}
        isDisabled={place === ids.length - 1}
        label={words.next}
        size={28}
        onPress={() => show(ids[place + 1])}
      />
    </div>
  );
}
