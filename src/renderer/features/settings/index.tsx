import {
  BookOpen,
  CircleUserRound,
  Clapperboard,
  FolderDown,
  Info,
  Network as NetworkIcon,
  Palette,
  SatelliteDish,
  ShieldCheck,
} from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-aria-components';
import { useApp, useRoute, useTexts } from '../../state/context.tsx';
import type { SettingsSection } from '../../state/route.ts';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import { SettingPage } from '../../ui/layout/setting.tsx';
import { About } from './about.tsx';
import { Account } from './account.tsx';
import { Downloads } from './downloads.tsx';
import { HouseFormat } from './house-format.tsx';
import { Feeds, OfflineStorage } from './feeds.tsx';
import { General } from './general.tsx';
import { Network } from './network.tsx';
import { anchorOf } from './parts.tsx';
import { Reading } from './reading.tsx';
import { Rights } from './rights.tsx';
import { Sources } from './sources.tsx';
import css from './settings.module.css';

const SECTIONS: readonly [SettingsSection, LucideIcon][] = [
  ['general', Palette],
  ['downloads', FolderDown],
  ['house', Clapperboard],
  ['rights', ShieldCheck],
  ['sources', SatelliteDish],
  ['reading', BookOpen],
  ['network', NetworkIcon],
  ['account', CircleUserRound],
  ['about', Info],
];

/** All settings on one page; the list at the side scrolls to a section. */
export function SettingsScreen() {
  const app = useApp();
  const { settings } = useTexts();
  const section = useRoute(({ current }) =>
    current.name === 'settings' ? current.section : 'general',
  );
  const isFirst = useRef(true);
  useEffect(() => {
    const target = document.getElementById(anchorOf(section));
    // The first section is at the top already.
    if (!(isFirst.current && section === 'general')) target?.scrollIntoView({ block: 'start' });
    if (!isFirst.current) target?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [section]);
  return (
    <div className={css.settings}>
      <nav aria-label={settings.title} className={css.nav}>
        <h1>{settings.title}</h1>
        {SECTIONS.map(([name, icon]) => (
          <Link
            className={cx(css.link)}
            key={name}
            {...(name === section && { 'aria-current': 'true' as const })}
            onPress={() =>
              name === section
                ? document.getElementById(anchorOf(name))?.scrollIntoView({ block: 'start' })
                : app.route.setState({ current: { name: 'settings', section: name } })
            }
          >
            <Icon of={icon} />
            {settings.sections[name]}
          </Link>
        ))}
      </nav>
      <SettingPage>
        <General />
        <Downloads />
        <HouseFormat />
        <Rights />
        <Sources />
        <Reading />
        <Feeds />
        <OfflineStorage />
        <Network />
        <Account />
        <About />
        <Nothing />
      </SettingPage>
    </div>
  );
}

/** Shown by the stylesheet if the search leaves no row. */
function Nothing() {
  const app = useApp();
  const { settings } = useTexts();
  return (
    <div className={css.nothing}>
      <p>{settings.none}</p>
      <Button onPress={() => app.search.getState().type('settings', '')}>{settings.showAll}</Button>
    </div>
  );
}
