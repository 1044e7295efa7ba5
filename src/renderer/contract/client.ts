import type {
  Bridge,
  CommandName,
  Contract,
  Pushed,
  PushName,
  Returned,
  Sent,
} from '../../shared/contract/define.ts';
import type { AppContract } from '../../shared/contract/index.ts';
import { fromWire, type WireResult } from '../../shared/errors.ts';

export type Client<C extends Contract> = {
  /** Rejects with the `AppError` that main threw, with its code and facts. */
  call<N extends CommandName<C>>(
    name: N,
    ...input: undefined extends Sent<C, N> ? [] : [input: Sent<C, N>]
  ): Promise<Returned<C, N>>;
  /** Returns a function that unsubscribes. */
  on<N extends PushName<C>>(name: N, listener: (payload: Pushed<C, N>) => void): () => void;
};
export type ContractClient = Client<AppContract>;

/**
 * Typed client of the bridge. Errors are rebuilt here: the bridge carries them as data because
 * contextBridge strips classes.
 */
export function makeClient<C extends Contract>(bridge: Bridge): Client<C> {
  return {
    async call(name, ...input) {
      const reply = (await bridge.invoke(name, input[0])) as WireResult<never>;
      if (!reply.ok) throw fromWire(reply.error);
      return reply.value;
    },
    on: (name, listener) => bridge.subscribe(name, listener as (payload: unknown) => void),
  };
}
