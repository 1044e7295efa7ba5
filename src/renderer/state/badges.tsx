import { Badge } from '../ui/display/badge.tsx';
import { SrOnly } from '../ui/display/text.tsx';
import { badgeText, badgeTone, type AssetBadge } from './asset-labels.ts';
import { useLanguage, useNow, useTexts } from './context.tsx';
import type { AssetRow } from './views.ts';

export function AssetBadges({
  asset,
  badges,
  photo = false,
  mini = badges.length,
  most = badges.length,
}: {
  asset: Pick<AssetRow, 'embargoUntil'>;
  badges: readonly AssetBadge[];
  photo?: boolean;
  /** Index of the first badge that is reduced to its icon. */
  mini?: number;
  /** How many there is room for; the others are counted, and named to whoever points at them. */
  most?: number;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const textOf = (badge: AssetBadge): string => badgeText(badge, asset, texts, now, language);
  const others = badges.slice(most).map(textOf).join(', ');
  return (
    <>
      {badges.slice(0, most).map((badge, index) => (
        <Badge key={badge} mini={index >= mini} photo={photo} tone={badgeTone(badge)}>
          {textOf(badge)}
        </Badge>
      ))}
      {others !== '' && (
        <span title={others}>
          <Badge photo={photo}>
            <span aria-hidden>+{badges.length - most}</span>
            <SrOnly>{others}</SrOnly>
          </Badge>
        </span>
      )}
    </>
  );
}
