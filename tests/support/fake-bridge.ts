import type { Bridge } from '../../src/shared/contract/define.ts';
import { AppError, toWire, type WireResult } from '../../src/shared/errors.ts';

export type Answers = Record<string, (input: never) => unknown>;
export type FakeBridge = Bridge & {
  calls: { name: string; input: unknown }[];
  push(name: string, payload: unknown): void;
};

/**
 * A bridge that answers from a table: what is not in it stays unanswered, as when main is busy. A
 * thrown error crosses as it would.
 */
export function fakeBridge(answers: Answers): FakeBridge {
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  return {
    calls,
    push: (name, payload) => listeners.get(name)?.forEach((listener) => listener(payload)),
    async invoke(name, input): Promise<WireResult<unknown>> {
      calls.push({ name, input });
      const answer = answers[name];
      if (!answer) return new Promise(() => undefined);
      try {
        return { ok: true, value: await answer(input as never) };
      } catch (thrown) {
        return { ok: false, error: toWire(thrown) };
      }
    },
    subscribe(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}

type AppErrorArguments = ConstructorParameters<typeof AppError>;

export const refuse = (code: AppErrorArguments[0], detail?: AppErrorArguments[2]) => (): never => {
  throw new AppError(code, 'refused by the test', detail);
};
