import { createStore } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract/define.ts';
import type { StationSession } from '../../shared/contract/station.ts';
import type { WireResult } from '../../shared/errors.ts';

const TOKEN = 'desk.session';
type Reply = { id: number; result: WireResult<unknown> };
type Event = { name: string; payload: unknown };

/** Close code of a page whose session was ended; no other try would help. */
const SESSION_ENDED = 4001;
const LONGEST_WAIT_MS = 8000;

/**
 * `lost`: the station can't be reached. `back`: it is again, and what it has said meanwhile wasn't
 * heard. Always `well` in a window.
 */
export const stationLink = createStore<{ state: 'well' | 'lost' | 'back' }>()(() => ({
  state: 'well',
}));

/** Whether the station answers at all: what a refused WebSocket doesn't tell. */
const isAnswering = (): Promise<boolean> =>
  fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );

/**
 * Why a page has no session: its link has expired or never existed; somebody had opened it before;
 * or the session was ended while the page was open.
 */
export type Gone =
  | { reason: 'expired' | 'ended' }
  | { reason: 'used'; by: Pick<StationSession, 'browser' | 'system' | 'beganAtMs'> };

/** Id of this page's session; null in a window. */
export const ownSession = (): string | null =>
  sessionStorage.getItem(TOKEN)?.split('.', 1)[0] ?? null;

/**
 * Removes the ticket from the address, so that it is neither bookmarked nor shown, and exchanges it
 * for this page's session.
 */
async function session(): Promise<string | Gone> {
  const ticket = new URLSearchParams(location.hash.slice(1)).get('t');
  let gone: Gone = { reason: 'expired' };
  if (ticket !== null) {
    history.replaceState(null, '', location.pathname);
    const answer = await fetch('/session', { method: 'POST', body: ticket });
    if (answer.ok) sessionStorage.setItem(TOKEN, await answer.text());
    else if (answer.headers.get('content-type') === 'application/json')
      gone = { reason: 'used', by: (await answer.json()) as StationSession };
  }
  return sessionStorage.getItem(TOKEN) ?? gone;
}

const lost: WireResult<never> = {
  ok: false,
  error: { code: 'offline', message: 'The station does not answer', retryable: true },
};

/**
 * The bridge of a page served by the station: the same contract over a WebSocket. Null if the page
 * has no session. When the connection is lost, pending calls get `offline`, and it reconnects by
 * itself, however long the station is away; listeners stay. Only a station that answers and refuses
 * its session twice has ended it.
 * @param onGone called if there is no session, or none any more
 */
export async function connectStation(onGone: (gone: Gone) => void): Promise<Bridge | null> {
  const found = await session();
  if (typeof found !== 'string') {
    onGone(found);
    return null;
  }
  const token = found;
  const protocol = location.protocol === 'https:' ? 'wss' : 'ws';
  const pending = new Map<number, (result: WireResult<unknown>) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  let nextId = 1;
  let failures = 0;
  let refusals = 0;
  let socket: WebSocket;
  let ready: Promise<void>;

  function open(): void {
    socket = new WebSocket(`${protocol}://${location.host}/ipc`, ['desk.v1', token]);
    ready = new Promise((resolve) => {
      socket.addEventListener('open', () => {
        failures = 0;
        refusals = 0;
        if (stationLink.getState().state === 'lost') stationLink.setState({ state: 'back' });
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
    socket.addEventListener('close', ({ code }) => {
      for (const resolve of pending.values()) resolve(lost);
      pending.clear();
      void closed(code);
    });
  }
  /** The network may be back between a failed try and the question, so one refusal says nothing. */
  async function closed(code: number): Promise<void> {
    failures += 1;
    if (failures > 1) {
      refusals = (await isAnswering()) ? refusals + 1 : 0;
      stationLink.setState({ state: 'lost' });
    }
    if (code === SESSION_ENDED || refusals > 1) {
      sessionStorage.removeItem(TOKEN);
      onGone({ reason: code === SESSION_ENDED ? 'ended' : 'expired' });
    } else setTimeout(open, Math.min(LONGEST_WAIT_MS, 250 * 2 ** failures));
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
