import type {
  CommandName,
  Contract,
  Pushed,
  PushName,
  Received,
  Returned,
} from '../../../shared/contract/define.ts';
import { AppError, toWire, type WireResult } from '../../../shared/errors.ts';

export type Handlers<C extends Contract> = {
  [N in CommandName<C>]: (input: Received<C, N>) => Promise<Returned<C, N>>;
};
/**
 * One renderer as main sees it. `isTrusted` is decided by the transport: our own main frame, our
 * own origin.
 */
type Sender = { isTrusted: boolean };
export type Invoke = (name: string, sender: Sender, raw: unknown) => Promise<WireResult<unknown>>;

/**
 * Answers commands. A missing handler is a compile error; a bad payload or a foreign frame never
 * reaches one. Never rejects: every error becomes data, and what is not an `AppError` becomes `bug`
 * and is told to `onBug` only.
 */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  onBug: (name: string, thrown: unknown) => void,
): Invoke {
  return async (name, sender, raw) => {
    try {
      const entry = Object.hasOwn(contract, name) ? contract[name] : undefined;
      if (entry?.kind !== 'command') throw new AppError('forbidden', `${name} is not a command`);
      if (!sender.isTrusted) throw new AppError('forbidden', `untrusted sender for ${name}`);
      const parsed = entry.input.safeParse(raw);
      // The fault is named, the value is not: it may hold a password.
      if (!parsed.success)
        throw new AppError(
          'invalid-payload',
          `bad input for ${name}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join(', ')}`,
        );
      const handler = handlers[name as CommandName<C>] as (input: unknown) => Promise<unknown>;
      const value = await handler(parsed.data);
      return { ok: true, value: entry.output.parse(value) };
    } catch (thrown) {
      const error = toWire(thrown);
      if (error.code === 'bug') onBug(name, thrown);
      return { ok: false, error };
    }
  };
}

export type Publish<C extends Contract> = <N extends PushName<C>>(
  name: N,
  payload: Pushed<C, N>,
) => void;

/**
 * Sends a push to every renderer. The payload is parsed first, so that nothing outside its schema
 * ever leaves.
 */
export function publisher<C extends Contract>(
  contract: C,
  send: (name: string, payload: unknown) => void,
): Publish<C> {
  return (name, payload) => {
    const entry = contract[name];
    if (entry?.kind !== 'push') throw new AppError('bug', `${name} is not a push`);
    send(name, entry.payload.parse(payload));
  };
}
