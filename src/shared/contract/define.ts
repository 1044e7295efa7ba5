import type * as z from 'zod';

type Schema = z.ZodType;

/**
 * A request from the renderer to main: `input` is parsed before the handler runs, `output` before
 * it is sent.
 */
export type Command<I extends Schema = Schema, O extends Schema = Schema> = {
  kind: 'command';
  input: I;
  output: O;
};
/** A message from main to every renderer. */
type Push<P extends Schema = Schema> = { kind: 'push'; payload: P };
export type Contract = Record<string, Command | Push>;
/** The preload's view of a contract: names and kinds, no schemas. */
export type Kinds = Record<string, 'command' | 'push'>;

export const command = <I extends Schema, O extends Schema>(
  input: I,
  output: O,
): Command<I, O> => ({ kind: 'command', input, output });
export const push = <P extends Schema>(payload: P): Push<P> => ({ kind: 'push', payload });

type Named<C extends Contract, K> = {
  [N in keyof C & string]: C[N] extends { kind: K } ? N : never;
}[keyof C & string];
export type CommandName<C extends Contract> = Named<C, 'command'>;
export type PushName<C extends Contract> = Named<C, 'push'>;
/** Input as the caller passes it. */
export type Sent<C extends Contract, N extends CommandName<C>> =
  C[N] extends Command<infer I, Schema> ? z.input<I> : never;
/** Input as the handler receives it, after parsing. */
export type Received<C extends Contract, N extends CommandName<C>> =
  C[N] extends Command<infer I, Schema> ? z.output<I> : never;
export type Returned<C extends Contract, N extends CommandName<C>> =
  C[N] extends Command<Schema, infer O> ? z.output<O> : never;
export type Pushed<C extends Contract, N extends PushName<C>> =
  C[N] extends Push<infer P> ? z.output<P> : never;

/**
 * The page's only access to main. `invoke` resolves to a `WireResult` and never rejects for an
 * error of main.
 */
export type Bridge = {
  invoke(name: string, input: unknown): Promise<unknown>;
  subscribe(name: string, listener: (payload: unknown) => void): () => void;
};
