import type { Sent } from '../../../shared/contract/define.ts';
import type { DeskContract } from '../../../shared/contract/index.ts';
import { useDesk } from '../../state/context.tsx';
import { errorText } from '../../state/enqueue.ts';

type Patch = Sent<DeskContract, 'settings.set'>;

/** Every change is kept at once; there is nothing to save. Resolves to true when it is. */
export function useSet(): (patch: Patch) => Promise<boolean> {
  const desk = useDesk();
  return async (patch) => {
    try {
      desk.settings.take(await desk.client.call('settings.set', patch));
      return true;
    } catch (thrown) {
      desk.toasts.getState().show(errorText(desk, thrown));
      return false;
    }
  };
}
