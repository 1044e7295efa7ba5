import { expect } from 'vitest';
import type * as z from 'zod';
import type {
  Bridge,
  CommandName,
  Pushed,
  PushName,
  Received,
  Returned,
} from '../../src/shared/contract/define.ts';
import { contract, type AppContract } from '../../src/shared/contract/index.ts';
import { AppError, toWire, type WireResult } from '../../src/shared/errors.ts';

type Command = CommandName<AppContract>;
export type Answers = {
  [N in Command]?: (
    input: Received<AppContract, N>,
  ) => Returned<AppContract, N> | Promise<Returned<AppContract, N>>;
};
export type FakeBridge = Bridge & {
  /** The commands that were sent, with their inputs as they came. */
  calls: { name: string; input: unknown }[];
  /** The inputs of one command. */
  sent(name: Command): unknown[];
  push<N extends PushName<AppContract>>(name: N, payload: Pushed<AppContract, N>): void;
};
type Options = {
  /** Commands whose invalid input is part of the test: main refuses it. */
  refusesInputOf?: Command[];
};

function sound<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  // Soft, because the app may catch what is thrown next.
  expect.soft(issues, `${what} is not what the contract says`).toEqual([]);
  throw new AppError('bug', `invalid ${what}`);
}

/**
 * A bridge that answers from a table: what is not in it stays unanswered, as when main is busy. A
 * thrown error crosses as it would. Inputs, answers and pushes are parsed as main parses them; one
 * that the contract doesn't have fails the test, even where the app would get over it.
 */
export function fakeBridge(answers: Answers, { refusesInputOf = [] }: Options = {}): FakeBridge {
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  return {
    calls,
    sent: (command) => calls.filter(({ name }) => name === command).map(({ input }) => input),
    push(name, payload) {
      const value = sound(contract[name].payload, payload, `push of ${name}`);
      listeners.get(name)?.forEach((listener) => listener(value));
    },
    async invoke(name, input): Promise<WireResult<unknown>> {
      calls.push({ name, input });
      const command = name as Command;
      const schemas = contract[command];
      try {
        if (refusesInputOf.includes(command) && !schemas.input.safeParse(input).success)
          throw new AppError('invalid-payload', `bad input for ${name}`);
        const parsed = sound(schemas.input, input, `input of ${name}`);
        const answer = answers[command] as ((input: unknown) => unknown) | undefined;
        if (!answer) return await new Promise(() => undefined);
        return {
          ok: true,
          value: sound(schemas.output, await answer(parsed), `answer to ${name}`),
        };
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
