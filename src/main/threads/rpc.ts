import { AppError, fromWire, toWire, type WireResult } from '../../shared/errors.ts';

/** The common interface of `Worker`, `MessagePort` and `parentPort`. */
export type RpcPort = {
  postMessage(message: unknown): void;
  on(event: string, listener: (message: unknown) => void): unknown;
  off(event: string, listener: (message: unknown) => void): unknown;
};

type AnyFunction = (...args: never[]) => unknown;

/**
 * A set of methods and events that cross a port. `methods` is the allow-list of the side that
 * implements them and the shape of the client on the other side.
 */
export type Channel<Api, Events> = {
  readonly name: string;
  readonly methods: readonly (keyof Api & string)[];
  /** Type carrier, never set. */
  readonly events?: Events;
};

/**
 * Declares a channel. A list that does not name every method of `Api` does not compile,
 * and the compiler's message has the missing ones.
 *
 * @param name unique among the channels of one port
 */
export const defineChannel =
  <Api extends object, Events extends object = object>(name: string) =>
  <const Names extends readonly (keyof Api & string)[]>(
    methods: Names &
      (Exclude<keyof Api, Names[number]> extends never
        ? unknown
        : { missing: Exclude<keyof Api, Names[number]> }),
  ): Channel<Api, Events> => ({ name, methods });

/** Methods of the implementing side, which may return results or promises. */
type Implementation<Api> = {
  [K in keyof Api]: Api[K] extends (...args: infer A) => infer R
    ? (...args: A) => R | Awaited<R>
    : never;
};

/** The client's view: every result is a promise. */
type Remote<Api> = {
  [K in keyof Api]: Api[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

type Call = { rpc: 'call'; channel: string; id: number; method: string; args: unknown[] };
type Answer = { rpc: 'answer'; channel: string; id: number; result: WireResult<unknown> };
type Event = { rpc: 'event'; channel: string; name: string; payload: unknown };
type Message = Call | Answer | Event;

/** Both ends are this file, so `rpc` identifies its messages. */
const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && 'rpc' in value;

export type Exposed<Events> = {
  emit<E extends keyof Events & string>(name: E, payload: Events[E]): void;
  close(): void;
};

type ExposeOptions = {
  /** Called with everything thrown that is not an `AppError`; the caller only sees `bug`. */
  onBug?(thrown: unknown, method: string): void;
  /** Wraps each call, e.g. to map its errors. */
  around?(call: () => Promise<unknown>, method: string): Promise<unknown>;
};

/**
 * Answers the calls of `channel` that arrive on `port`. Errors cross as data: an `AppError` is
 * rebuilt on the far side, anything else becomes `bug` there. A port may carry several channels, in
 * both directions.
 * @param load called for each call, so that an implementation may be opened by the first one
 */
export function expose<Api extends object, Events>(
  port: RpcPort,
  channel: Channel<Api, Events>,
  load: () => Implementation<Api> | Promise<Implementation<Api>>,
  { onBug = () => undefined, around = (call) => call() }: ExposeOptions = {},
): Exposed<Events> {
  const { name: channelName } = channel;
  const allowed = new Set<string>(channel.methods);

  async function resultOf({ method, args }: Call): Promise<WireResult<unknown>> {
    try {
      if (!allowed.has(method)) throw new AppError('invalid-payload', `No method ${method}`);
      const value = await around(async () => {
        const target = await load();
        return Reflect.apply(target[method as keyof Api] as AnyFunction, target, args);
      }, method);
      return { ok: true, value };
    } catch (thrown) {
      if (!(thrown instanceof AppError)) onBug(thrown, method);
      return { ok: false, error: toWire(thrown) };
    }
  }

  const send = (message: Answer | Event): void => port.postMessage(message);
  const answer = async (call: Call): Promise<void> => {
    const { id } = call;
    const result = await resultOf(call);
    try {
      send({ rpc: 'answer', channel: channelName, id, result });
    } catch (thrown) {
      // DataCloneError: the caller must still get an answer.
      onBug(thrown, call.method);
      send({
        rpc: 'answer',
        channel: channelName,
        id,
        result: { ok: false, error: toWire(thrown) },
      });
    }
  };
  const onMessage = (value: unknown): void => {
    if (isMessage(value) && value.rpc === 'call' && value.channel === channelName)
      void answer(value);
  };
  port.on('message', onMessage);
  return {
    emit: (name, payload) => send({ rpc: 'event', channel: channelName, name, payload }),
    close: () => void port.off('message', onMessage),
  };
}

export type Connected<Api, Events> = {
  /** One function per method of the channel. */
  api: Remote<Api>;
  /** @returns the unsubscribe function */
  on<E extends keyof Events & string>(name: E, listener: (payload: Events[E]) => void): () => void;
  /** Rejects pending and later calls with this error. */
  close(error?: AppError): void;
};

/**
 * Creates a client of what the other end of `port` exposes. When the other end goes away, pending
 * and later calls reject with `bug`.
 */
export function connect<Api extends object, Events>(
  port: RpcPort,
  channel: Channel<Api, Events>,
): Connected<Api, Events> {
  const { name: channelName, methods } = channel;
  const pending = new Map<
    number,
    { resolve(value: unknown): void; reject(error: AppError): void }
  >();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let nextId = 1;
  let closed: AppError | null = null;

  const onMessage = (value: unknown): void => {
    if (!isMessage(value) || value.channel !== channelName || value.rpc === 'call') return;
    if (value.rpc === 'event') {
      for (const listener of listeners.get(value.name) ?? []) listener(value.payload as never);
      return;
    }
    const waiting = pending.get(value.id);
    pending.delete(value.id);
    if (value.result.ok) waiting?.resolve(value.result.value);
    else waiting?.reject(fromWire(value.result.error));
  };
  const close = (error = new AppError('bug', 'The thread has ended')): void => {
    closed ??= error;
    port.off('message', onMessage);
    for (const waiting of pending.values()) waiting.reject(error);
    pending.clear();
  };
  const call = (method: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(closed);
      const id = nextId++;
      port.postMessage({ rpc: 'call', channel: channelName, id, method, args } satisfies Call);
      pending.set(id, { resolve, reject });
    });

  port.on('message', onMessage);
  // A MessagePort closes, a Worker exits.
  for (const event of ['close', 'exit']) port.on(event, () => close());
  const api = Object.fromEntries(
    methods.map((method) => [method, (...args: unknown[]) => call(method, args)]),
  ) as Remote<Api>;
  return {
    api,
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
    close,
  };
}
