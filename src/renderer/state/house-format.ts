import { allProfiles, houseProfile, type FormatProfile } from '../../shared/model/house-format.ts';
import { profileName } from '../../shared/model/format-text.ts';
import { useLanguage, useSettings } from './context.tsx';

/** The house format that is used where nobody says another. */
export const useHouseProfile = (): FormatProfile => houseProfile(useSettings());

/** All house formats, for a select, the built-in ones first. */
export function useProfileOptions(): { value: string; label: string }[] {
  const language = useLanguage();
  return allProfiles({ formatProfiles: useSettings()?.formatProfiles ?? [] }).map((profile) => ({
    value: profile.id,
    label: profileName(profile, language),
  }));
}
