/**
 * Wraps a part of the double so that whatever it does not model throws by name: a missing feature
 * can never pass in silence.
 */
export function strict<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, key) {
      if (
        key in target ||
        typeof key === 'symbol' ||
        ['then', 'toJSON', '__esModule', 'default'].includes(key)
      ) {
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' && !/^[A-Z]/.test(String(key))
          ? (value.bind(target) as unknown)
          : value;
      }
      throw new Error(`electron-double: ${name}.${key} is not modelled`);
    },
  });
}

/** Calls that are noted and not performed, for specs to look at: `electron.double.calls`. */
export const calls: unknown[][] = [];
export const record =
  <T>(name: string, result: T) =>
  (...args: unknown[]): T => {
    calls.push([name, ...args]);
    return result;
  };
