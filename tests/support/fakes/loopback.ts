import {
  publisher,
  serve,
  type Handlers,
  type Publish,
} from '../../../src/main/app/contract/serve.ts';
import { makeBridge, type RawIpc } from '../../../src/preload/bridge.ts';
import { makeClient, type Client } from '../../../src/renderer/contract/client.ts';
import type { Contract, Kinds } from '../../../src/shared/contract/define.ts';

export type Loopback<C extends Contract> = {
  client: Client<C>;
  publish: Publish<C>;
  bugs: unknown[];
  listenerCount(name: string): number;
};

/**
 * Renderer, preload and main joined in one process; every message goes through structuredClone as
 * it does between processes.
 */
export function loopback<C extends Contract>(
  contract: C,
  handlers: Partial<Handlers<C>>,
  isTrusted = true,
): Loopback<C> {
  const listeners = new Map<string, Set<(event: unknown, payload: unknown) => void>>();
  const bugs: unknown[] = [];
  const invoke = serve(contract, handlers as Handlers<C>, (_name, thrown) => bugs.push(thrown));
  const raw: RawIpc = {
    invoke: async (channel, payload) =>
      structuredClone(await invoke(channel, { isTrusted }, structuredClone(payload))),
    on: (channel, listener) =>
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener)),
    off: (channel, listener) => listeners.get(channel)?.delete(listener),
  };
  const kinds: Kinds = Object.fromEntries(
    Object.entries(contract).map(([name, entry]) => [name, entry.kind]),
  );
  return {
    client: makeClient<C>(makeBridge(kinds, raw)),
    publish: publisher(contract, (name, payload) =>
      listeners.get(name)?.forEach((listener) => listener({}, structuredClone(payload))),
    ),
    bugs,
    listenerCount: (name) => listeners.get(name)?.size ?? 0,
  };
}
