import {
  BookOpen,
  CircleUserRound,
  Clapperboard,
  FolderDown,
  Info,
  Network as NetworkIcon,
  Palette,
  SatelliteDish,
  Server,
  ShieldCheck,
  Webhook,
} from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'react-aria-components';
import { useApp, useRoute, useTexts } from '../../state/context.tsx';
import type { SettingsSection } from '../../state/route.ts';
import { Button } from '../../ui/controls/button.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon, type LucideIcon } from '../../ui/display/icon.tsx';
import { SettingPage } from '../../ui/layout/setting.tsx';
import { About } from './about.tsx';
import { Account } from './account.tsx';
import { Automation } from './automation.tsx';
import { Downloads } from './downloads.tsx';
import { HouseFormat } from './house-format.tsx';
import { Feeds, OfflineStorage } from './feeds.tsx';
import { General } from './general.tsx';
import { ConnectionTest } from './connection-test.tsx';
import { PolicyFaults } from './managed.tsx';
import { Network, NetworkSettings } from './network.tsx';
import { anchorOf } from './parts.tsx';
import { Reading } from './reading.tsx';
import { Rights } from './rights.tsx';
import { Sources } from './sources.tsx';
import { Station } from './station.tsx';
import css from './settings.module.css';

const SECTIONS: readonly [SettingsSection, LucideIcon][] = [
  ['general', Palette],
  ['downloads', FolderDown],
  ['house', Clapperboard],
  ['rights', ShieldCheck],
  ['automation', Webhook],
  ['sources', SatelliteDish],
  ['reading', BookOpen],
  ['network', NetworkIcon],
  ['station', Server],
  ['account', CircleUserRound],
  ['about', Info],
];

/** How far below the top of the page a section may begin and still be the one that is read, px. */
const READ_FROM = 96;

/** The section at the top of the page; null where the search has left none. */
function sectionAtTop(page: HTMLElement): SettingsSection | null {
  const top = page.getBoundingClientRect().top + READ_FROM;
  const shown = SECTIONS.flatMap(([name]) => {
    const box = document.getElementById(anchorOf(name))?.getBoundingClientRect();
    return box && box.height > 0 ? [{ name, top: box.top }] : [];
  });
  return (shown.findLast((one) => one.top <= top) ?? shown[0])?.name ?? null;
}

/** All settings on one page; the list at the side scrolls to a section, and follows what is scrolled to. */
export function SettingsScreen() {
  const app = useApp();
  const { settings } = useTexts();
  const section = useRoute(({ current }) =>
    current.name === 'settings' ? current.section : 'general',
  );
  const isFirst = useRef(true);
  const navRef = useRef<HTMLElement>(null);
  const [read, setRead] = useState<SettingsSection | null>(null);
  /** The next scrolling is ours: the last sections are chosen without reaching the top. */
  const isLed = useRef(false);
  const lead = useCallback((name: SettingsSection): void => {
    isLed.current = true;
    setRead(null);
    document.getElementById(anchorOf(name))?.scrollIntoView({ block: 'start' });
  }, []);
  const follow = (page: HTMLElement): void => {
    if (!isLed.current) setRead(sectionAtTop(page));
    isLed.current = false;
  };
  const current = read ?? section;
  useEffect(() => {
    // In a small window the list is a line that scrolls.
    navRef.current
      ?.querySelector(`[data-section=${current}]`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  useEffect(() => {
    const target = document.getElementById(anchorOf(section));
    // The first section is at the top already.
    if (!(isFirst.current && section === 'general')) lead(section);
    if (!isFirst.current) target?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [section, lead]);
  return (
    <div className={css.settings}>
      <nav aria-label={settings.title} className={css.nav} ref={navRef}>
        <h1>{settings.title}</h1>
        {SECTIONS.filter(([name]) => name !== 'station' || app.info.shell === 'station').map(
          ([name, icon]) => (
            <Link
              className={cx(css.link)}
              data-section={name}
              key={name}
              {...(name === current && { 'aria-current': 'true' as const })}
              onPress={() =>
                name === section
                  ? lead(name)
                  : app.route.setState({ current: { name: 'settings', section: name } })
              }
            >
              <Icon of={icon} />
              {settings.sections[name]}
            </Link>
          ),
        )}
      </nav>
      <SettingPage onScroll={follow}>
        <PolicyFaults />
        <General />
        <Downloads />
        <HouseFormat />
        <Rights />
        <Automation />
        <Sources />
        <Reading />
        <Feeds />
        <OfflineStorage />
        <Network />
        <ConnectionTest />
        <NetworkSettings />
        <Station />
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
