import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  Pushed,
  PushName,
  Returned,
  Sent,
  CommandName,
} from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import type { ContractClient } from '../contract/client.ts';
import { useTask, type Task } from './use-task.ts';

type Revised = { rev: number };
type Names = CommandName<AppContract>;
type Input<N extends Names> =
  undefined extends Sent<AppContract, N> ? [] : [input: Sent<AppContract, N>];

/** Commands whose reply is this view. */
export type ViewCommand<View> = {
  [N in Names]: Returned<AppContract, N> extends View ? N : never;
}[Names];

type ViewCall<N extends Names> = Omit<Task, 'run'> & {
  /** Resolves to true if it succeeded, and never rejects. Ignored while a call is running. */
  run(...input: Input<N>): Promise<boolean>;
};

export type Projection<View> = StoreApi<{ value: View | null }> & {
  /**
   * Sends a command whose reply is the view. After a failure the view is read again first, since a
   * refusal can change it (`edit-conflict`, `verification-required`).
   */
  call<N extends ViewCommand<View>>(name: N, ...input: Input<N>): Promise<View>;
};

/**
 * State that main owns, as last received: its snapshot, pushes and replies to commands. They go in
 * by revision, the highest stays, so the order of their arrival does not matter. Null until the
 * first arrives.
 */
export function createProjection<N extends Names, P extends PushName<AppContract>>(
  client: ContractClient,
  snapshot: N,
  push: P,
): Projection<Returned<AppContract, N> & Pushed<AppContract, P>> {
  type View = Returned<AppContract, N> & Pushed<AppContract, P>;
  const store = createStore<{ value: View | null }>()(() => ({ value: null }));
  const send = client.call as (name: string, ...input: unknown[]) => Promise<View & Revised>;
  const apply = (value: View & Revised): void => {
    const shown = store.getState().value as Revised | null;
    if (!shown || value.rev >= shown.rev) store.setState({ value });
  };
  const call = async (name: string, ...input: unknown[]): Promise<View> => {
    try {
      const view = await send(name, ...input);
      apply(view);
      return view;
    } catch (thrown) {
      await send(snapshot).then(apply, () => undefined);
      throw thrown;
    }
  };
  client.on(push, (payload) => apply(payload as View & Revised));
  void send(snapshot).then(apply);
  return { ...store, call };
}

/**
 * A command of a form or button: whether it runs, and its last failure. The reply goes to the
 * projection, which the screen follows.
 * @param onError told of each failure
 */
export function useCall<View, N extends ViewCommand<View>>(
  projection: Projection<View>,
  name: N,
  onError?: (error: AppError) => void,
): ViewCall<N> {
  const { run, ...task } = useTask(onError);
  return {
    ...task,
    run: (...input) => run(async () => void (await projection.call(name, ...input))),
  };
}
