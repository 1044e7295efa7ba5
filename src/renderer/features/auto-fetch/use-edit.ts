import { useMemo, useState } from 'react';
import { useApp } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useHouseProfile } from '../../state/house-format.ts';
import type { SavedSearch } from '../../state/saved-searches.ts';
import type { AutoFetchView } from '../../state/views.ts';
import { choiceOf, type Choice, type Words } from './choice.ts';

export type Edit = {
  choice: Choice;
  /** There is a rule, and it says something else. */
  isChanged: boolean;
  /** @param words what was shown of the kinds that are to be confirmed */
  change(change: Partial<Choice>, words?: Words): void;
  discard(): void;
  /** Never rejects: failures are shown. */
  save(isOn: boolean): Promise<void>;
};

/** The rule as it is being changed: nothing is saved before somebody says so. */
export function useEdit({ id }: SavedSearch, view: AutoFetchView | null): Edit {
  const { client } = useApp();
  const reportError = useReportError();
  const { id: house } = useHouseProfile();
  const [changes, setChanges] = useState<Partial<Choice>>({});
  const [words, setWords] = useState<Words>([]);
  const rule = view?.rule ?? null;
  const choice = useMemo(() => ({ ...choiceOf(rule, house), ...changes }), [rule, house, changes]);
  const discard = (): void => {
    setChanges({});
    setWords([]);
  };
  return {
    choice,
    isChanged: rule !== null && JSON.stringify(choice) !== JSON.stringify(choiceOf(rule, house)),
    change(change, read = words) {
      setChanges((before) => ({ ...before, ...change }));
      setWords(read);
    },
    discard,
    async save(isOn) {
      try {
        await client.call('auto-fetch.set', {
          id,
          choice: { ...choice, isOn },
          words: words.filter((one) => choice.confirm.some((kind) => kind === one.id)),
        });
        discard();
      } catch (error) {
        reportError(error);
      }
    },
  };
}
