import type { Bridge, Kinds } from '../shared/contract/define.ts';

type Listener = (event: unknown, payload: unknown) => void;
export type RawIpc = {
  invoke(channel: string, payload: unknown): Promise<unknown>;
  on(channel: string, listener: Listener): unknown;
  off(channel: string, listener: Listener): unknown;
};

/**
 * The allow-list between page and main: only names of the contract pass, each only in its own
 * direction.
 */
export function makeBridge(kinds: Kinds, ipc: RawIpc): Bridge {
  const must = (name: string, kind: 'command' | 'push'): void => {
    if (!Object.hasOwn(kinds, name) || kinds[name] !== kind)
      throw new Error(`${name} is not a ${kind}`);
  };
  return {
    invoke: async (name, input) => {
      must(name, 'command');
      return ipc.invoke(name, input);
    },
    subscribe: (name, listener) => {
      must(name, 'push');
      // The event carries ipcRenderer: it stays here.
      const wrapped: Listener = (_event, payload) => listener(payload);
      ipc.on(name, wrapped);
      return () => {
        ipc.off(name, wrapped);
      };
    },
  };
}
