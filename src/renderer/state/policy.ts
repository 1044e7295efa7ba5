import type { ManagedSetting, PolicyFeature } from '../../shared/contract/policy.ts';
import { useTexts } from './context.tsx';
import { useRead } from './queries.ts';
import type { PolicyView } from './views.ts';

/** The administrator's policy; null until it is known. It is the same for the whole run. */
export const usePolicy = (): PolicyView | null => useRead('policy.get', undefined).data ?? null;

/** Who manages this computer, as it is named in a sentence. */
export function useOrganisation(): string {
  const { policy: words } = useTexts();
  return usePolicy()?.organisation ?? words.administrator;
}

/** Whether a setting, or one of several that share a row, is fixed by the policy. */
export function useManaged(of: ManagedSetting | readonly ManagedSetting[]): boolean {
  const managed = usePolicy()?.managed ?? [];
  return [of].flat().some((name) => managed.includes(name));
}

/** Whether the service can't be chosen. One that only rules out the demo leaves the choice. */
export function useServiceManaged(): boolean {
  const policy = usePolicy();
  const isFixed = useManaged('serviceUrl');
  return isFixed || policy?.settings.demo === true;
}

/** Says that a feature is switched off, and by whom; null if it isn't. */
export function useSwitchedOff(...features: PolicyFeature[]): string | null {
  const { policy: words } = useTexts();
  const organisation = useOrganisation();
  const disabled = usePolicy()?.disabled ?? [];
  return features.some((feature) => disabled.includes(feature)) ? words.offBy(organisation) : null;
}
