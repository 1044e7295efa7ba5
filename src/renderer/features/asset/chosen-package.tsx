import { createContext, useContext, useState, type ReactNode } from 'react';
import { choosePackage } from '../../../shared/model/house-format.ts';
import { useHouseProfile } from '../../state/house-format.ts';
import type { AssetView } from '../../state/views.ts';

type Package = AssetView['packageContents'][number];
type Choice = [chosenId: string | null, choose: (packageId: string) => void];
const ChoiceContext = createContext<Choice | null>(null);

/** Shares the choice of a package among the parts of a page. */
export function ChosenPackage({ children }: { children: ReactNode }) {
  const choice = useState<string | null>(null);
  return <ChoiceContext value={choice}>{children}</ChoiceContext>;
}

/**
 * The package that is chosen: by a person, else that of the house format, else the first; null where
 * there is none. A part that is shown alone has a choice of its own.
 */
export function useChosenPackage({ packageContents }: AssetView): {
  chosen: Package | null;
  /** What the house format says. */
  byHouse: ReturnType<typeof choosePackage<Package>>;
  choose: Choice[1];
} {
  const own = useState<string | null>(null);
  const [chosenId, choose] = useContext(ChoiceContext) ?? own;
  const byHouse = choosePackage(packageContents, useHouseProfile());
  const chosen =
    packageContents.find(({ packageId }) => packageId === chosenId) ??
    byHouse.chosen ??
    packageContents[0] ??
    null;
  return { chosen, byHouse, choose };
}
