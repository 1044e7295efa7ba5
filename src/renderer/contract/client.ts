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
  /** Rejects with an `AppError`; its code and facts are those main gave. */
  call<N extends CommandName<C>>(
    name: N,
    ...input: undefined extends Sent<C, N> ? [] : [input: Sent<C, N>]
  ): Promise<Returned<C, N>>;
  /** Returns the way to stop listening. */
  on<N extends PushName<C>>(name: N, listener: (payload: Pushed<C, N>) => void): () => void;
};
export type ContractClient = Client<AppContract>;

/**
 * Types come back here, and so do errors: the bridge carries them as data because contextBridge
 * strips classes.
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
