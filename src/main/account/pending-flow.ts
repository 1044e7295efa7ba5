import { randomUUID } from 'node:crypto';
import type { CodeSent, Device } from '../../shared/api/flows.ts';
import type { Session } from '../../shared/api/sessions.ts';
import { AppError } from '../../shared/errors.ts';
import type {
  AccountApi,
  KeychainState,
  ServiceClock,
  TaggedAccount,
  TokenVault,
} from './ports.ts';
import type { StoredFlow } from './tokens.ts';

/** Minimum remaining lifetime of a code sent less than a minute ago; codes last 30 minutes. */
const MIN_CODE_LIFETIME_MS = 29 * 60_000;
const CODE_LENGTH = 6;

type WithToken = <T>(call: (accessToken: string) => Promise<T>) => Promise<T>;

/** Result of a verified code, by purpose. */
export type VerifiedFlow =
  | { purpose: 'registration'; session: Session }
  | { purpose: 'reset' }
  | { purpose: 'email-change'; account: TaggedAccount };

type Deps = {
  api: AccountApi;
  vault: TokenVault;
  clock: ServiceClock;
  device: Device;
  /** Called with the keychain's state after each write of the flow. */
  onStored(state: KeychainState): void;
};

/**
 * The verification code being waited for: of a registration, a reset or a new address. It survives
 * a restart. The flow id is a bearer secret until the code is verified, so it is stored with the
 * tokens.
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

  /** Restores the flow from the keychain, unless this run has already started or ended one. */
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
   * Waits for the code of a registration that was started elsewhere or is no longer stored here. It
   * is unknown when that code was sent, so a new one is requested.
   */
  async resumeRegistration(email: string, flowId: string): Promise<void> {
    if (this.#flow?.flowId === flowId) return;
    const { api, clock } = this.#deps;
    const now = clock.serviceNow();
    const sent = await api.resendCode({ body: { flowId } }).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError) || thrown.code !== 'resend-too-soon') throw thrown;
      // A code was sent within the last minute and is still the valid one.
      const waitMs = thrown.detail.retryAfterMs ?? 0;
      return {
        codeExpiresAt: new Date(now + MIN_CODE_LIFETIME_MS).toISOString(),
        resendAvailableAt: new Date(now + waitMs).toISOString(),
      };
    });
    await this.start('registration', email, { flowId, codeLength: CODE_LENGTH, ...sent });
  }

  /** Requests a new code, which invalidates the previous one. */
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
   * Verifies the code. The caller ends the flow after storing the result; a reset continues with
   * `completeReset`.
   */
  async verify(code: string, withToken: WithToken): Promise<VerifiedFlow> {
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

  /** @throws `no-pending-flow` unless the code of a reset was verified */
  async completeReset(newPassword: string): Promise<void> {
    const { resetToken } = this.require();
    if (resetToken === null) throw new AppError('no-pending-flow', 'Enter the emailed code first');
    await this.#deps.api.completeReset({
      body: { resetToken, newPassword },
      idempotencyKey: randomUUID(),
    });
  }

  /** Ends the flow and removes it from the keychain. */
  async end(): Promise<void> {
    this.#flow = null;
    this.#isChanged = true;
    this.#verifyKeys.clear();
    // The resulting keychain state is not reported: a lock matters only when storing something.
    await this.#deps.vault.remove('flow');
  }

  async #store(flow: StoredFlow): Promise<void> {
    this.#flow = flow;
    this.#isChanged = true;
    this.#deps.onStored(await this.#deps.vault.write('flow', JSON.stringify(flow)));
  }

  /**
   * Idempotency key per code: entering the same code again after a lost response repeats the same
   * request, another code is a new request.
   */
  #verifyKey(code: string): string {
    const key = this.#verifyKeys.get(code) ?? randomUUID();
    this.#verifyKeys.set(code, key);
    return key;
  }
}
