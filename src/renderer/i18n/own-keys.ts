/**
 * A copy of a table, and of the tables in it, that inherits nothing: looked up by a word of a
 * service or a file, such as `constructor` or `__proto__`, it has a text or nothing.
 */
export function ownKeys<T>(table: T): T {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) return table;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(table)) copy[name] = ownKeys(value as unknown);
  return copy as T;
}
