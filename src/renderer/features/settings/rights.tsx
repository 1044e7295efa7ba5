import { useMemo } from 'react';
import { PLATFORMS, type Platform } from '../../../shared/api/rights.ts';
import { countryName } from '../../i18n/format.ts';
import { useAccount, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { capitalised } from '../../state/asset-labels.ts';
import { countries } from '../../state/countries.ts';
import type { SettingsView } from '../../state/views.ts';
import { Checkbox, Switch, usePendingValue } from '../../ui/controls/choice.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Row, Section, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

/** Stands for the country of the account. */
const OF_ACCOUNT = 'account';

/** What the newsroom says of itself: by that, restrictions apply to it or don't. */
export function Rights() {
  const { settings: words } = useTexts();
  const settings = useSettings();
  const set = useUpdateSettings();
  if (!settings) return null;
  return (
    <Section
      of="rights"
      rows={['territory', 'platforms', 'holdUnderEmbargo']}
      text={words.rightsText}
    >
      <Row of="territory" text={words.territoryText} title={words.territory}>
        <Territory accountCountry={settings.accountCountry} territory={settings.territory} />
      </Row>
      <Row of="platforms" text={words.platformsText} title={words.platforms}>
        <Platforms platforms={settings.platforms} />
      </Row>
      <Row of="holdUnderEmbargo" text={words.holdText} title={words.hold}>
        <SettingControls>
          <Switch
            isSelected={settings.holdUnderEmbargo}
            onChange={(holdUnderEmbargo) => set({ holdUnderEmbargo })}
          >
            {words.holdDone}
          </Switch>
        </SettingControls>
      </Row>
    </Section>
  );
}

function Territory({
  territory,
  accountCountry,
}: Pick<SettingsView, 'territory' | 'accountCountry'>) {
  const { settings: words } = useTexts();
  const language = useLanguage();
  const set = useUpdateSettings();
  const own = useAccount()?.profile?.country ?? accountCountry;
  const options = useMemo(
    () => [
      {
        value: OF_ACCOUNT,
        label:
          own === null ? words.territoryUnstated : words.territoryOf(countryName(own, language)),
      },
      ...countries(language),
    ],
    [own, words, language],
  );
  return (
    <SettingControls>
      <Select
        hideLabel
        label={words.territory}
        look="button"
        options={options}
        value={territory ?? OF_ACCOUNT}
        onChange={(value) => void set({ territory: value === OF_ACCOUNT ? null : value })}
      />
    </SettingControls>
  );
}

function Platforms({ platforms }: { platforms: readonly Platform[] }) {
  const { settings: words, asset } = useTexts();
  const set = useUpdateSettings();
  const [shown, choose] = usePendingValue(platforms, (value) => set({ platforms: [...value] }));
  return (
    <SettingControls>
      <fieldset aria-label={words.platforms} className={css.platforms}>
        {PLATFORMS.map((platform) => (
          <Checkbox
            // One at least: who publishes nowhere needs no footage.
            isDisabled={shown.length === 1 && shown[0] === platform}
            isSelected={shown.includes(platform)}
            key={platform}
            onChange={(isSelected) =>
              choose(
                PLATFORMS.filter((one) => (one === platform ? isSelected : shown.includes(one))),
              )
            }
          >
            {capitalised(asset.platforms[platform] ?? platform)}
          </Checkbox>
        ))}
      </fieldset>
    </SettingControls>
  );
}
