/**
 * Structured clone as text: what Electron's messages can carry, in the same cases, and a throw for
 * what they cannot. `makeCodec` is self-contained, because its source text also runs in the page.
 * With hooks, functions and promises pass as names: only `contextBridge` allows that.
 */
export type CodecHooks = {
  nameFunction(fn: (...args: unknown[]) => unknown): string;
  functionOf(name: string): (...args: unknown[]) => unknown;
  namePromise(promise: Promise<unknown>): string;
  promiseOf(name: string): Promise<unknown>;
};
export type Codec = {
  encode(value: unknown, hooks?: CodecHooks): string;
  decode(text: string, hooks?: CodecHooks): unknown;
};

export function makeCodec(): Codec {
  const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
  const toBase64 = (bytes: Uint8Array): string =>
    btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const fromBase64 = (text: string): Uint8Array =>
    Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const refuse = (): never => {
    throw new Error('An object could not be cloned.');
  };

  function encode(root: unknown, hooks?: CodecHooks): string {
    const seen = new Set<unknown>();
    const put = (value: unknown): unknown => {
      if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
      if (typeof value === 'number')
        return Number.isFinite(value) ? value : ['number', String(value)];
      if (value === undefined) return ['undefined'];
      if (typeof value === 'bigint') return ['bigint', String(value)];
      if (typeof value === 'function')
        return hooks ? ['function', hooks.nameFunction(value as () => unknown)] : refuse();
      if (typeof value === 'symbol') return refuse();
      // Cycles would be legal; nothing in the contract has one, and endless recursion would hide
      // what it is.
      if (seen.has(value)) return refuse();
      seen.add(value);
      const encoded = putObject(value);
      seen.delete(value);
      return encoded;
    };
    const putObject = (value: object): unknown => {
      if (value instanceof Promise) return hooks ? ['promise', hooks.namePromise(value)] : refuse();
      if (Array.isArray(value)) return ['array', ...value.map(put)];
      switch (tagOf(value)) {
        case 'Date':
          return ['date', (value as Date).getTime()];
        case 'Map':
          return [
            'map',
            ...Array.from(value as Map<unknown, unknown>, ([key, item]) => [put(key), put(item)]),
          ];
        case 'Set':
          return ['set', ...Array.from(value as Set<unknown>, put)];
        case 'Uint8Array':
          return ['bytes', toBase64(value as Uint8Array)];
        case 'ArrayBuffer':
          return ['buffer', toBase64(new Uint8Array(value as ArrayBuffer))];
        case 'Error':
          return ['error', (value as Error).name, (value as Error).message, (value as Error).stack];
        case 'Object':
          return ['object', ...Object.entries(value).map(([key, item]) => [key, put(item)])];
        default:
          return refuse();
      }
    };
    return JSON.stringify(put(root));
  }

  function decode(text: string, hooks?: CodecHooks): unknown {
    const get = (value: unknown): unknown => {
      if (!Array.isArray(value)) return value;
      const [kind, ...rest] = value as [string, ...unknown[]];
      switch (kind) {
        case 'undefined':
          return undefined;
        case 'number':
          return Number(rest[0]);
        case 'bigint':
          return BigInt(String(rest[0]));
        case 'function':
          return hooks?.functionOf(String(rest[0])) ?? refuse();
        case 'promise':
          return hooks?.promiseOf(String(rest[0])) ?? refuse();
        case 'array':
          return rest.map(get);
        case 'date':
          return new Date(Number(rest[0]));
        case 'map':
          return new Map(
            (rest as [unknown, unknown][]).map(([key, item]) => [get(key), get(item)]),
          );
        case 'set':
          return new Set(rest.map(get));
        case 'bytes':
          return fromBase64(String(rest[0]));
        case 'buffer':
          return fromBase64(String(rest[0])).buffer;
        case 'error':
          return Object.assign(new Error(String(rest[1])), {
            name: String(rest[0]),
            stack: String(rest[2]),
          });
        default:
          return Object.fromEntries(
            (rest as [string, unknown][]).map(([key, item]) => [key, get(item)]),
          );
      }
    };
    return get(JSON.parse(text));
  }
  return { encode, decode };
}
