import type { Bridge } from '../../shared/contract/define.ts';
import type { WireResult } from '../../shared/errors.ts';

const TOKEN = 'desk.session';
type Reply = { id: number; result: WireResult<unknown> };
type Event = { name: string; payload: unknown };

/**
 * Removes the ticket from the address, so that it is neither bookmarked nor shown, and exchanges it
 * for this page's session.
 */
async function session(): Promise<string | null> {
  const ticket = new URLSearchParams(location.hash.slice(1)).get('t');
  if (ticket !== null) {
    history.replaceState(null, '', location.pathname);
    const answer = await fetch('/session', { method: 'POST', body: ticket });
    if (answer.ok) sessionStorage.setItem(TOKEN, await answer.text());
  }
  return sessionStorage.getItem(TOKEN);
}

const lost: WireResult<never> = {
  ok: false,
  error: { code: 'offline', message: 'The station does not answer', retryable: true },
};

/**
 * The bridge of a page served by the station: the same contract over a WebSocket. Null if the page
 * has no session, because its link was used or has expired. When the connection is lost, pending
 * calls get `offline`, and it reconnects by itself; listeners stay.
 * @param onGone called when the station refuses the session for good, for example after a restart
 */
export async function connectStation(onGone: () => void): Promise<Bridge | null> {
  const token = await session();
  if (token === null) return null;
  const pending = new Map<number, (result: WireResult<unknown>) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  let nextId = 1;
  let failures = 0;
  let socket: WebSocket;
  let ready: Promise<void>;

  function open(): void {
    socket = new WebSocket(`ws://${location.host}/ipc`, ['desk.v1', token ?? '']);
    ready = new Promise((resolve) => {
      socket.addEventListener('open', () => {
        failures = 0;
        resolve();
      });
      socket.addEventListener('close', () => resolve());
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Reply | Event;
      if ('id' in message) {
        pending.get(message.id)?.(message.result);
        pending.delete(message.id);
      } else for (const listener of listeners.get(message.name) ?? []) listener(message.payload);
    });
    socket.addEventListener('close', () => {
      for (const resolve of pending.values()) resolve(lost);
      pending.clear();
      failures += 1;
      if (failures > 6) {
        sessionStorage.removeItem(TOKEN);
        onGone();
      } else setTimeout(open, 250 * 2 ** failures);
    });
  }
  open();

  return {
    async invoke(name, input) {
      await ready;
      if (socket.readyState !== WebSocket.OPEN) return lost;
      return new Promise((resolve) => {
        const id = nextId;
        nextId += 1;
        pending.set(id, resolve);
        socket.send(JSON.stringify({ id, name, input }));
      });
    },
    subscribe(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => {
        set.delete(listener);
      };
    },
  };
}
