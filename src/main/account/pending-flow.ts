import { randomUUID } from 'node:crypto';
import type { CodeSent, Device } from '../../shared/api/flows.ts';
import type { Session } from '../../shared/api/sessions.ts';
import { AppError } from '../../shared/errors.ts';
import type { AccountApi, Clock, KeychainState, TaggedAccount, TokenVault } from './ports.ts';
import type { StoredFlow } from './tokens.ts';

/** What is left at least of a code's thirty minutes when it was sent less than a minute ago. */
const SENT_JUST_NOW_MS = 29 * 60_000;
const CODE_LENGTH = 6;

type WithToken = <T>(call: (accessToken: string) => Promise<T>) => Promise<T>;

/** What a proved code leads to. */
export type Proved =
  | { purpose: 'registration'; session: Session }
  | { purpose: 'reset' }
  | { purpose: 'email-change'; account: TaggedAccount };

type Deps = {
  api: AccountApi;
  vault: TokenVault;
  clock: Clock;
  device: Device;
  /** State of the keychain after the flow was written to it. */
  onStored(state: KeychainState): void;
};

/**
 * The code that is awaited: of a registration, a reset or a new address. It survives a restart; its
 * flow id is a bearer secret until the code is proved and is kept with the tokens.
 */
export class PendingFlow {
  #flow: StoredFlow | null = null;
  #isChanged = false;
  readonly #verifyKeys = new Map<string, string>();
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get current(): StoredFlow | null {
    return this.#flow;
  }

  /** Takes what the keychain had, unless this run has begun or ended a flow already. */
  restore(flow: StoredFlow | null): void {
    if (!this.#isChanged) this.#flow ??= flow;
  }

  /** @throws `no-pending-flow` */
  require(): StoredFlow {
    if (!this.#flow) throw new AppError('no-pending-flow', 'No code is expected. Start again.');
    return this.#flow;
  }

  async start(
    purpose: StoredFlow['purpose'],
    email: string,
    { flowId, codeLength, codeExpiresAt, resendAvailableAt }: Omit<CodeSent, 'status'>,
  ): Promise<void> {
    await this.#store({
      purpose,
      email,
      flowId,
      codeLength,
      resetToken: null,
      sentAt: this.#deps.clock.serviceNow(),
      codeExpiresAt: Date.parse(codeExpiresAt),
      resendAvailableAt: Date.parse(resendAvailableAt),
    });
  }

  /**
   * Awaits the code of a registration that was begun elsewhere, or before this machine forgot it.
   * When its code was sent is not known, so a new one is.
   */
  async resumeRegistration(email: string, flowId: string): Promise<void> {
    if (this.#flow?.flowId === flowId) return;
    const { api, clock } = this.#deps;
    const now = clock.serviceNow();
    const sent = await api.resendCode({ body: { flowId } }).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError) || thrown.code !== 'resend-too-soon') throw thrown;
      // One was sent in the last minute: that is the one to enter.
      const waitMs = thrown.detail.retryAfterMs ?? 0;
      return {
        codeExpiresAt: new Date(now + SENT_JUST_NOW_MS).toISOString(),
        resendAvailableAt: new Date(now + waitMs).toISOString(),
      };
    });
    await this.start('registration', email, { flowId, codeLength: CODE_LENGTH, ...sent });
  }

  /** Sends a new code; the one before no longer works. */
  async resend(withToken: WithToken): Promise<void> {
    const flow = this.require();
    const { api, clock } = this.#deps;
    const body = { flowId: flow.flowId };
    const sent = await {
      registration: () => api.resendCode({ body }),
      reset: () => api.resendReset({ body }),
      'email-change': () => withToken((token) => api.resendEmailChange({ token, body })),
    }[flow.purpose]();
    await this.#store({
      ...flow,
      sentAt: clock.serviceNow(),
      codeExpiresAt: Date.parse(sent.codeExpiresAt),
      resendAvailableAt: Date.parse(sent.resendAvailableAt),
    });
  }

  /**
   * Proves the code. The caller ends the flow once it has kept what came of it; a reset goes on
   * with `completeReset`.
   */
  async prove(code: string, withToken: WithToken): Promise<Proved> {
    const flow = this.require();
    const { api, device } = this.#deps;
    const { flowId, purpose } = flow;
    if (purpose === 'email-change') {
      const account = await withToken((token) =>
        api.verifyEmailChange({ token, body: { flowId, code } }),
      );
      return { purpose, account };
    }
    if (purpose === 'registration') {
      const { session } = await api.verifyAccount({
        body: { flowId, code, device },
        idempotencyKey: this.#verifyKey(code),
      });
      return { purpose, session };
    }
    const { resetToken } = await api.verifyReset({ body: { flowId, code } });
    await this.#store({ ...flow, resetToken });
    return { purpose };
  }

  /** @throws `no-pending-flow` unless the code of a reset was proved */
  async completeReset(newPassword: string): Promise<void> {
    const { resetToken } = this.require();
    if (resetToken === null) throw new AppError('no-pending-flow', 'Enter the emailed code first');
    await this.#deps.api.completeReset({
      body: { resetToken, newPassword },
      idempotencyKey: randomUUID(),
    });
  }

  /** Nothing is awaited any more. */
  async end(): Promise<void> {
    this.#flow = null;
    this.#isChanged = true;
    this.#verifyKeys.clear();
    // Whether the keychain is locked shows when something has to be kept, not here.
    await this.#deps.vault.remove('flow');
  }

  async #store(flow: StoredFlow): Promise<void> {
    this.#flow = flow;
    this.#isChanged = true;
    this.#deps.onStored(await this.#deps.vault.write('flow', JSON.stringify(flow)));
  }

  /**
   * Typing the same code again after a lost answer repeats the same request; another code is
   * another request.
   */
  #verifyKey(code: string): string {
    const key = this.#verifyKeys.get(code) ?? randomUUID();
    this.#verifyKeys.set(code, key);
    return key;
  }
}
