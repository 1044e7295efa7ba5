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
 * The calling renderer. The transport decides `isTrusted`: our own main frame or our own origin.
 */
type Sender = { isTrusted: boolean };
export type Invoke = (name: string, sender: Sender, raw: unknown) => Promise<WireResult<unknown>>;

/**
 * Dispatches commands. A missing handler is a compile error; invalid input and untrusted senders
 * never reach a handler. Never rejects: errors are returned as data, and anything but an `AppError`
 * becomes `bug` and goes to `onBug` only.
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
      // Names the invalid field but not its value, which may be a password.
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
 * is sent.
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
