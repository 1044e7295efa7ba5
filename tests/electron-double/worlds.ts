import { makeCodec, type Codec, type CodecHooks } from './codec.ts';

/**
 * Names that the two worlds and main share; `nonce` keeps the page from guessing the event's name.
 */
export const POST = '__electronDoublePost';
export const DELIVER = '__electronDoubleDeliver';

type Fn = (...args: unknown[]) => unknown;
type Link = {
  post(kind: string, value: unknown): void;
  onExpose(name: string, api: unknown): void;
};
type Outcome = { ok: boolean; value: unknown };

/**
 * One end of the bridge between page and preload. They share the document and nothing else:
 * messages are text in DOM events.
 */
function makeLink(codec: Codec, nonce: string, own: string, other: string): Link {
  const functions = new Map<string, Fn>();
  const names = new WeakMap<Fn, string>();
  const waiting = new Map<
    string,
    { resolve(value: unknown): void; reject(thrown: unknown): void }
  >();
  let serial = 0;
  // Dispatching is synchronous: the answer of a call is here before dispatchEvent returns.
  let answer: Outcome | null = null;

  const hooks: CodecHooks = {
    nameFunction(fn) {
      const name = names.get(fn) ?? `${own}${(serial += 1)}`;
      names.set(fn, name);
      functions.set(name, fn);
      return name;
    },
    functionOf:
      (name) =>
      (...args) => {
        answer = null;
        post('call', { name, args });
        const outcome = answer as Outcome | null;
        if (!outcome) throw new Error('electron-double: the other world did not answer');
        if (outcome.ok) return outcome.value;
        throw outcome.value;
      },
    namePromise(promise) {
      const name = `${own}promise${(serial += 1)}`;
      promise.then(
        (value) => post('settle', { name, ok: true, value }),
        (value: unknown) => post('settle', { name, ok: false, value }),
      );
      return name;
    },
    promiseOf: (name) => new Promise((resolve, reject) => waiting.set(name, { resolve, reject })),
  };

  function post(kind: string, value: unknown): void {
    document.dispatchEvent(
      new CustomEvent(`${nonce}${own}`, { detail: codec.encode({ kind, value }, hooks) }),
    );
  }

  document.addEventListener(`${nonce}${other}`, (event) => {
    const { kind, value } = codec.decode(String((event as CustomEvent).detail), hooks) as {
      kind: string;
      value: { name: string; args: unknown[]; ok: boolean; value: unknown };
    };
    if (kind === 'expose') link.onExpose(value.name, value.value);
    else if (kind === 'answer') answer = value;
    else if (kind === 'settle')
      waiting.get(value.name)?.[value.ok ? 'resolve' : 'reject'](value.value);
    else {
      let outcome: Outcome;
      try {
        outcome = { ok: true, value: functions.get(value.name)?.(...value.args) };
      } catch (thrown) {
        outcome = { ok: false, value: thrown };
      }
      post('answer', outcome);
    }
  });
  const link: Link = { post, onExpose: () => undefined };
  return link;
}

/**
 * The world of a sandboxed preload: `require('electron')` gives ipcRenderer and contextBridge, and
 * nothing of Node.
 */
function preloadWorld(
  codec: Codec,
  link: Link,
  names: { post: string; deliver: string },
  versions: Record<string, string>,
  run: (require: (name: string) => unknown, process: object) => void,
): void {
  const world = globalThis as unknown as Record<string, unknown>;
  const toMain = world[names.post] as (text: string) => void;
  delete world[names.post];
  const pending = new Map<
    number,
    { resolve(value: unknown): void; reject(thrown: unknown): void }
  >();
  const listeners = new Map<string, Fn[]>();
  let serial = 0;
  const missing = (object: object, name: string): object =>
    new Proxy(object, {
      get(target, key) {
        if (key in target || typeof key === 'symbol') return Reflect.get(target, key) as unknown;
        throw new Error(`electron-double: ${name}.${key} is not modelled`);
      },
    });
  world[names.deliver] = (text: string): void => {
    const message = codec.decode(text) as {
      id?: number;
      ok?: boolean;
      value?: unknown;
      channel: string;
      args: unknown[];
    };
    if (message.id === undefined)
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...message.args);
    else {
      const call = pending.get(message.id);
      pending.delete(message.id);
      if (message.ok) call?.resolve(message.value);
      else call?.reject(new Error(String(message.value)));
    }
  };
  const ipcRenderer = missing(
    {
      invoke: (channel: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          serial += 1;
          const text = codec.encode({ id: serial, channel, args });
          pending.set(serial, { resolve, reject });
          toMain(text);
        }),
      on: (channel: string, listener: Fn) =>
        void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      off: (channel: string, listener: Fn) =>
        void listeners.set(
          channel,
          (listeners.get(channel) ?? []).filter((other) => other !== listener),
        ),
    },
    'ipcRenderer',
  );
  const contextBridge = missing(
    { exposeInMainWorld: (name: string, value: unknown) => link.post('expose', { name, value }) },
    'contextBridge',
  );
  run(
    (name) => {
      if (name === 'electron') return { ipcRenderer, contextBridge };
      throw new Error(`module not found: ${name}`);
    },
    Object.freeze({ versions, type: 'renderer', sandboxed: true, contextIsolated: true }),
  );
}

/** The page's own world: what the preload exposed, frozen and fixed, as contextBridge leaves it. */
function pageWorld(link: Link): void {
  const freeze = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null)
      Object.values(Object.freeze(value)).forEach(freeze);
    return value;
  };
  link.onExpose = (name, api) =>
    Object.defineProperty(globalThis, name, {
      value: freeze(api),
      enumerable: true,
      writable: false,
      configurable: false,
    });
}

/** The two scripts that run before anything of the page does. */
export function worldScripts(
  preload: string,
  versions: Record<string, string>,
  nonce: string,
): { page: string; preload: string } {
  const shared = `const codec=(${makeCodec.toString()})();const makeLink=${makeLink.toString()};`;
  const quoted = JSON.stringify(nonce);
  const names = JSON.stringify({ post: POST, deliver: DELIVER });
  return {
    page: `(()=>{${shared}(${pageWorld.toString()})(makeLink(codec,${quoted},'page','preload'));})()`,
    preload: `(()=>{${shared}(${preloadWorld.toString()})(codec,makeLink(codec,${quoted},'preload','page'),${names},${JSON.stringify(versions)},(require,process)=>{const module={exports:{}};const exports=module.exports;${preload}\n});})()\n//# sourceURL=preload.js`,
  };
}
