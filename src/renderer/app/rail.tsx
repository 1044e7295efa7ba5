import { CircleUserRound, Download, Film, Mail, Newspaper, Settings } from 'lucide-react';
import { Link } from 'react-aria-components';
import {
  useAccount,
  useConnection,
  useApp,
  useRecalls,
  useRoute,
  useTexts,
  useTransfers,
} from '../state/context.tsx';
import type { Route } from '../state/route.ts';
import { cx } from '../ui/styles/cx.ts';
import { Icon, type LucideIcon, Logo } from '../ui/display/icon.tsx';
import { SrOnly } from '../ui/display/text.tsx';
import { SavedRail } from './saved-rail.tsx';
import css from './shell.module.css';

/**
 * The rail entry of a route: an asset and auto-fetch belong to the catalogue, the history to the downloads, every
 * account screen to the account.
 */
const place = (name: Route['name']): Route['name'] =>
  name === 'asset' || name === 'auto-fetch' ? 'catalogue' : name === 'history' ? 'transfers' : name;

function Item({
  icon,
  label,
  to,
  children,
}: {
  icon?: LucideIcon;
  label: string;
  to: Route;
  children?: React.ReactNode;
}) {
  const app = useApp();
  const current = useRoute((state) => place(state.current.name) === to.name);
  return (
    <li>
      <Link
        className={cx(css.item)}
        {...(current && { 'aria-current': 'page' as const })}
        onPress={() => app.route.getState().go(to)}
      >
        {icon && <Icon of={icon} size={20} />}
        {!icon && children}
        <span>{label}</span>
        {icon && children}
      </Link>
    </li>
  );
}

const initials = (name: string): string =>
  name
    .split(/[\s@.]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join('');

function AccountItem() {
  const { common } = useTexts();
  const account = useAccount();
  const signedIn = account?.status === 'signed-in';
  const profile = account?.profile;
  return (
    <Item label={common.account} to={{ name: 'account', screen: signedIn ? 'profile' : 'landing' }}>
      <span aria-hidden className={css.avatar}>
        {profile && signedIn ? (
          initials(profile.displayName ?? profile.email)
        ) : (
          <Icon of={CircleUserRound} size={14} />
        )}
      </span>
    </Item>
  );
}

export function Rail() {
  const { common, shell, recalls: words } = useTexts();
  const recalls = useRecalls();
  // What only was corrected is no danger.
  const toAcknowledge = recalls && recalls.recalls > 0 ? recalls.recalls + recalls.corrections : 0;
  const active = useTransfers((state) => state.totals?.counts.active ?? 0);
  const demo = useConnection()?.demo ?? false;
  return (
    <nav aria-label={shell.main} className={css.rail}>
      <div className={css.railTop}>
        <Logo className={css.logo} />
        <span className={css.productName}>{common.product}</span>
      </div>
      <ul className={css.list}>
        <Item icon={Film} label={common.catalogue} to={{ name: 'catalogue' }} />
        <Item icon={Newspaper} label={common.news} to={{ name: 'articles', id: null }} />
        <Item icon={Download} label={common.downloads} to={{ name: 'transfers', id: null }}>
          {toAcknowledge > 0 && (
            <span className={cx(css.count, css.countDanger)}>
              <span aria-hidden>{toAcknowledge}</span>
              <SrOnly>, {words.toAcknowledge(toAcknowledge)}</SrOnly>
            </span>
          )}
          {toAcknowledge === 0 && active > 0 && (
            <span className={css.count}>
              <span aria-hidden>{active}</span>
              <SrOnly>, {shell.active(active)}</SrOnly>
            </span>
          )}
        </Item>
        {demo && <Item icon={Mail} label={common.mailbox} to={{ name: 'mailbox' }} />}
      </ul>
      <SavedRail />
      <ul className={cx(css.list, css.listEnd)}>
        <Item
          icon={Settings}
          label={common.settings}
          to={{ name: 'settings', section: 'general' }}
        />
        <AccountItem />
      </ul>
    </nav>
  );
}
