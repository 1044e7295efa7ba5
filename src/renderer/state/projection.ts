import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Pushed, PushName, Returned, CommandName } from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { ContractClient } from '../contract/client.ts';

type Revised = { rev: number };

/**
 * State that main owns, as last received: a snapshot, then pushes. A push older than the current
 * value is dropped, which also settles the race between the snapshot and the first push. Null until
 * the snapshot arrives.
 */
export function createProjection<
  N extends CommandName<AppContract>,
  P extends PushName<AppContract>,
>(
  client: ContractClient,
  snapshot: N,
  push: P,
): StoreApi<{ value: (Returned<AppContract, N> & Pushed<AppContract, P>) | null }> & {
  apply(value: Revised): void;
} {
  type Value = Returned<AppContract, N> & Pushed<AppContract, P>;
  const store = createStore<{ value: Value | null }>()(() => ({ value: null }));
  const apply = (value: Revised): void => {
    const shown = store.getState().value as Revised | null;
    if (shown && value.rev < shown.rev) return;
    store.setState({ value: value as Value });
  };
  client.on(push, (payload) => apply(payload as Revised));
  void (client.call as (name: N) => Promise<Revised>)(snapshot).then(apply);
  return { ...store, apply };
}
