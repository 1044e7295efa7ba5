import { Badge } from '../ui/display/badge.tsx';
import { badgeText, badgeTone, type AssetBadge } from './asset-labels.ts';
import { useLanguage, useNow, useTexts } from './context.tsx';
import type { AssetRow } from './views.ts';

export function AssetBadges({
  asset,
  badges,
  photo = false,
  mini = badges.length,
}: {
  asset: Pick<AssetRow, 'embargoUntil'>;
  badges: readonly AssetBadge[];
  photo?: boolean;
  /** Index of the first badge that is reduced to its icon. */ mini?: number;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  return badges.map((badge, index) => (
    <Badge key={badge} mini={index >= mini} photo={photo} tone={badgeTone(badge)}>
      {badgeText(badge, asset, texts, now, language)}
    </Badge>
  ));
}
