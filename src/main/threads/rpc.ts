import { AppError, fromWire, toWire } from '../../shared/errors.ts';
import type { WireResult } from '../../shared/errors.ts';

/** What a `Worker`, a `MessagePort` and `parentPort` have in common. */
export type RpcPort = {
  postMessage(message: unknown): void;
  on(event: string, listener: (message: unknown) => void): unknown;
  off(event: string, listener: (message: unknown) => void): unknown;
};

type Call = { rpc: 'call'; id: number; method: string; args: unknown[] };
type Answer = { rpc: 'answer'; id: number; result: WireResult<unknown> };
type Event = { rpc: 'event'; name: string; payload: unknown };
type Message = Call | Answer | Event;

/** The far side's view of methods: every result is a promise. */
type Remote<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

type RpcServer = { emit(name: string, payload: unknown): void; close(): void };
export type RpcClient<T> = {
  api: Remote<T>;
  /** Events the far side emits; returns how to stop listening. */
  on(name: string, listener: (payload: unknown) => void): () => void;
  /** Every call still open, and every later one, rejects with this error. */
  close(error?: AppError): void;
};

/** Both ends are this file: a message that carries `rpc` is one of ours. */
function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'rpc' in value;
}

async function resultOf(
  methods: object,
  call: Call,
  onBug: (thrown: unknown, method: string) => void,
): Promise<WireResult<unknown>> {
  try {
    const method: unknown = Object.hasOwn(methods, call.method)
      ? Reflect.get(methods, call.method)
      : undefined;
    if (typeof method !== 'function')
      throw new AppError('invalid-payload', `No method ${call.method}`);
    return { ok: true, value: await Reflect.apply(method, methods, call.args) };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) onBug(thrown, call.method);
    return { ok: false, error: toWire(thrown) };
  }
}

/**
 * Answers the calls that arrive on `port` with `methods`. Errors cross as data: an `AppError` is
 * rebuilt on the far side, anything else becomes `bug` there and goes to `onBug` here. The same
 * port may be served and connected at both ends at once.
 */
export function serveRpc(
  port: RpcPort,
  methods: object,
  onBug: (thrown: unknown, method: string) => void = () => {},
): RpcServer {
  const answer = (id: number, result: WireResult<unknown>) =>
    port.postMessage({ rpc: 'answer', id, result } satisfies Answer);
  const onMessage = (value: unknown) => {
    if (!isMessage(value) || value.rpc !== 'call') return;
    void (async () => {
      const result = await resultOf(methods, value, onBug);
      try {
        answer(value.id, result);
      } catch (thrown) {
        // A value that cannot be cloned: the caller must still get an answer.
        onBug(thrown, value.method);
        answer(value.id, { ok: false, error: toWire(thrown) });
      }
    })();
  };
  port.on('message', onMessage);
  return {
    emit: (name, payload) => port.postMessage({ rpc: 'event', name, payload } satisfies Event),
    close: () => void port.off('message', onMessage),
  };
}

/**
 * Calls the methods served at the far end of `port`. When the far end goes away, what was asked
 * rejects with `bug`.
 */
export function connectRpc<T>(port: RpcPort): RpcClient<T> {
  const pending = new Map<
    number,
    { resolve(value: unknown): void; reject(error: AppError): void }
  >();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  let nextId = 1;
  let closed: AppError | null = null;

  const onMessage = (value: unknown) => {
    if (!isMessage(value)) return;
    if (value.rpc === 'event')
      for (const listener of listeners.get(value.name) ?? []) listener(value.payload);
    if (value.rpc !== 'answer') return;
    const waiting = pending.get(value.id);
    pending.delete(value.id);
    if (value.result.ok) waiting?.resolve(value.result.value);
    else waiting?.reject(fromWire(value.result.error));
  };
  const close = (error = new AppError('bug', 'The worker has ended')) => {
    closed ??= error;
    port.off('message', onMessage);
    for (const waiting of pending.values()) waiting.reject(error);
    pending.clear();
  };
  const call = (method: string, args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (closed) return reject(closed);
      const id = nextId++;
      port.postMessage({ rpc: 'call', id, method, args } satisfies Call);
      pending.set(id, { resolve, reject });
    });

  port.on('message', onMessage);
  // A MessagePort closes, a Worker exits.
  for (const event of ['close', 'exit']) port.on(event, () => close());

  // A client handed through `await` must not look like a promise.
  const get = (_: object, method: string | symbol) =>
    typeof method === 'string' && method !== 'then'
      ? (...args: unknown[]) => call(method, args)
      : undefined;
  return {
    api: new Proxy({}, { get }) as Remote<T>,
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
    close,
  };
}
