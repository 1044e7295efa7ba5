import {
  CalendarClock,
  CircleCheck,
  CircleMinus,
  Copy,
  GlobeX,
  Hourglass,
  ShieldAlert,
} from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { embargoOf, unavailableBecause } from '../../../shared/api/rights.ts';
import { isForeignId } from '../../../shared/model/source.ts';
import { formatDate, formatPublished, formatMoment } from '../../i18n/format.ts';
import { restrictionLabel } from '../../state/asset-labels.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import type { AssetView } from '../../state/views.ts';
import { Button, IconButton, LinkButton } from '../../ui/controls/button.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { Icon, type LucideIcon, type Tone } from '../../ui/display/icon.tsx';
import { isTimed, restrictedShots, shotRules, wholeRestrictions, type TimedShot } from './copy.ts';
import css from './asset.module.css';

/** Credit first, then what is restricted, then what is unrestricted. Visible without scrolling. */
export function Rights({ asset, onJump }: { asset: AssetView; onJump: (shot: TimedShot) => void }) {
  const app = useApp();
  const { asset: words } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const credit = asset.credits.join(', ') || asset.madeBy;
  return (
    <section aria-label={words.rights} className={css.rights}>
      <div className={css.rightsHead}>
        <h2>{words.rights}</h2>
        <Button size={28} tone="quiet" onPress={() => setOpen(true)}>
          {words.rightsDetails}
        </Button>
      </div>
      <div className={css.credit}>
        <span>{words.credit}</span>
        {credit || words.notStated}
        {credit !== '' && (
          <IconButton
            icon={Copy}
            iconSize={14}
            label={words.copyCredit}
            size={28}
            onPress={() => void copyText(app, credit, words.copied)}
          />
        )}
      </div>
      <Restricted asset={asset} onJump={onJump} />
      {unavailableBecause(asset.verdict) === null &&
        (isForeignId(asset.id) ? <Stated asset={asset} /> : <Free asset={asset} />)}
      <TermsDialog asset={asset} isOpen={isOpen} onClose={() => setOpen(false)} />
    </section>
  );
}

/** How restrictions of the whole package are told, by what they mean to this newsroom. */
const EFFECTS = ['forbid', 'ask', 'note'] as const;
const LOOKS: Record<(typeof EFFECTS)[number], { icon: LucideIcon; tone: Tone | undefined }> = {
  forbid: { icon: GlobeX, tone: 'danger' },
  ask: { icon: ShieldAlert, tone: 'restricted' },
  note: { icon: CircleMinus, tone: undefined },
};
const effectOf = ({ verdict }: AssetView, id: string): (typeof EFFECTS)[number] =>
  verdict.reasons.find(({ restrictionId }) => restrictionId === id)?.effect ?? 'ask';

function Restricted({ asset, onJump }: { asset: AssetView; onJump: (shot: TimedShot) => void }) {
  const texts = useTexts();
  const language = useLanguage();
  const { asset: words } = texts;
  const whole = wholeRestrictions(asset);
  return (
    <>
      {restrictedShots(asset).map((shot) => (
        <div className={css.rightsShot} key={shot.n}>
          <Icon of={ShieldAlert} tone="restricted" />
          <b>
            {isTimed(shot) ? (
              <LinkButton onPress={() => onJump(shot)}>{words.shot(shot.n)}</LinkButton>
            ) : (
              words.shot(shot.n)
            )}
            {words.restrictedSuffix}
          </b>
          <p>{shotRules(asset, shot.restrictionIds, texts, language)}.</p>
        </div>
      ))}
      {EFFECTS.map((effect) => {
        const some = whole.filter(({ id }) => effectOf(asset, id) === effect);
        const { icon, tone } = LOOKS[effect];
        return (
          some.length > 0 && (
            <div className={css.rightsShot} key={effect}>
              <Icon of={icon} tone={tone} />
              <b>
                {effect === 'forbid'
                  ? words.barredHere
                  : effect === 'ask'
                    ? words.wholePackage
                    : words.notForYou}
              </b>
              {some.map((restriction) => (
                <p key={restriction.id}>{restrictionLabel(restriction, texts, language)}</p>
              ))}
            </div>
          )
        );
      })}
    </>
  );
}

function Free({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const { expiresAt, verdict } = asset;
  const embargo = embargoOf(verdict);
  return (
    <ul className={css.rightsList}>
      <Row name={restrictedShots(asset).length > 0 ? words.otherShots : words.use}>
        {asset.usageTerms}
      </Row>
      {embargo !== null ? (
        <Row icon={CalendarClock} name={words.embargoUntil} tone="embargo">
          {words.until(formatMoment(embargo, now, language))}
        </Row>
      ) : (
        <Row name={words.noEmbargo}>
          {words.released(formatPublished(asset.embargoUntil ?? asset.publishedAt, language))}
        </Row>
      )}
      {expiresAt === null ? (
        <Row name={words.noExpiry}>{words.noExpiryNote}</Row>
      ) : (
        <Row icon={Hourglass} name={words.expiry} tone="warning">
          {formatDate(expiresAt, language)}
        </Row>
      )}
    </ul>
  );
}

/** Of another source than the service: what it states, and that it states nothing else. */
function Stated({ asset }: { asset: AssetView }) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const { expiresAt, restrictions, usageTerms, verdict } = asset;
  const embargo = embargoOf(verdict);
  const unstated = { icon: CircleMinus, tone: undefined };
  return (
    <ul className={css.rightsList}>
      <Row {...unstated} name={words.use}>
        {usageTerms || words.notStatedCheck}
      </Row>
      {restrictions.length === 0 && (
        <Row {...unstated} name={words.restrictions}>
          {words.noneStated}
        </Row>
      )}
      {embargo !== null ? (
        <Row icon={CalendarClock} name={words.embargoUntil} tone="embargo">
          {words.until(formatMoment(embargo, now, language))}
        </Row>
      ) : (
        <Row {...unstated} name={words.embargoUntil}>
          {words.noneStated}
        </Row>
      )}
      {expiresAt === null ? (
        <Row {...unstated} name={words.expiryDate}>
          {words.noneStated}
        </Row>
      ) : (
        <Row icon={Hourglass} name={words.expiry} tone="warning">
          {formatDate(expiresAt, language)}
        </Row>
      )}
    </ul>
  );
}

function Row({
  name,
  icon = CircleCheck,
  tone,
  children,
}: {
  name: string;
  icon?: LucideIcon;
  tone?: Tone | undefined;
  children: ReactNode;
}) {
  return (
    <li className={css.rightsRow}>
      <Icon
        className={icon === CircleMinus ? css.unstated : undefined}
        of={icon}
        tone={icon === CircleCheck ? 'success' : tone}
      />
      <div>
        <b>{name}</b> <span>{children}</span>
      </div>
    </li>
  );
}

function TermsDialog({
  asset,
  isOpen,
  onClose,
}: {
  asset: AssetView;
  isOpen: boolean;
  onClose: () => void;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const { asset: words, common } = texts;
  return (
    <Dialog
      actions={
        <Button tone="main" onPress={onClose}>
          {common.close}
        </Button>
      }
      isOpen={isOpen}
      title={words.rightsDetails}
      onClose={onClose}
    >
      <div className={css.terms}>
        <p>{asset.usageTerms || words.notStatedCheck}</p>
        {asset.restrictions.map((restriction) => (
          <p key={restriction.id}>{restrictionLabel(restriction, texts, language)}</p>
        ))}
        <h3>{words.credit}</h3>
        <p>{asset.credits.join(', ') || asset.madeBy || words.notStated}</p>
        <p>{asset.copyrightNotice}</p>
      </div>
    </Dialog>
  );
}
