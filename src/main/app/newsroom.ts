import type { NewsroomProfile } from '../../shared/api/rights.ts';
import type { RightsViewer } from '../catalogue/rights.ts';
import type { SettingsView } from '../settings/settings.ts';
import type { ServiceSession } from './service-session.ts';

/**
 * What the newsroom says of itself; its territory is the account's country unless it says another.
 * While the account isn't known its last known country counts: what it bars must not become free
 * because the keychain is locked.
 */
const newsroomProfile = (
  { territory, accountCountry, platforms, holdUnderEmbargo }: SettingsView,
  countryNow: string | null,
): NewsroomProfile => ({
  territory: territory ?? countryNow ?? accountCountry,
  platforms,
  holdsUnderEmbargo: holdUnderEmbargo,
});

/** Whose rights count: this newsroom's, with the account in use. */
export function rightsViewer(
  settings: SettingsView,
  session: Pick<ServiceSession, 'account' | 'scope'> | null,
  times: Pick<RightsViewer, 'nowMs' | 'sourceTimes'>,
): RightsViewer {
  const { account, scope } = session ?? {};
  return {
    ...times,
    profile: newsroomProfile(settings, account?.view.profile?.country ?? null),
    earlySource: account?.seesEmbargoed === true && scope !== undefined ? scope : null,
  };
}
