import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Account as WireAccount } from '../../shared/api/account.ts';
import type { CodeSent, Device } from '../../shared/api/flows.ts';
import type { Session, SessionItem } from '../../shared/api/sessions.ts';
import type { account } from '../../shared/contract/account.ts';
import { AppError } from '../../shared/errors.ts';
import type { AccountApi, Clock, KeychainState, TokenVault } from './ports.ts';
import { readSecret, storedFlow, storedSession, type StoredFlow, type StoredSession } from './secrets.ts';
import { Tokens } from './tokens.ts';

export type AccountView = z.infer<typeof account>;
export type RegistrationInput = { email: string; password: string; displayName: string; organisation: string; country: string; newsletter: boolean; language: string };
type Options = { api: AccountApi; vault: TokenVault; clock: Clock; device: Device; onChanged(view: AccountView): void };

const toProfile = (wire: WireAccount): StoredSession['profile'] => ({
  id: wire.id, email: wire.email, displayName: wire.displayName, organisation: wire.organisation,
  country: wire.country, newsletter: wire.newsletter.subscribed, entitlements: wire.entitlements,
});

/** The account of one service: its flows, its session, and what the keychain lets us keep of them. Every method throws `AppError` only. */
export class Account {
  #rev = 0;
  #loaded = false;
  #sessionEnded = false;
  #keychain: KeychainState = 'ok';
  #flow: StoredFlow | null = null;
  readonly #verifyKeys = new Map<string, string>();
  readonly #tokens: Tokens;
  readonly #api: AccountApi;
  readonly #vault: TokenVault;
  readonly #device: Device;
  readonly #onChanged: (view: AccountView) => void;

  constructor({ api, vault, clock, device, onChanged }: Options) {
    this.#api = api;
    this.#vault = vault;
    this.#device = device;
    this.#onChanged = onChanged;
    this.#tokens = new Tokens(api, vault, () => clock.now(), () => {
      this.#sessionEnded = true;
      this.#changed();
    });
  }

  get view(): AccountView {
    const { session } = this.#tokens;
    const flow = this.#flow;
    const withoutSession = this.#loaded ? 'signed-out' : 'loading';
    return {
      rev: this.#rev,
      sessionEnded: this.#sessionEnded,
      keychain: this.#keychain,
      status: session ? 'signed-in' : withoutSession,
      profile: session?.profile ?? null,
      pendingFlow: flow && {
        purpose: flow.purpose, email: flow.email, codeLength: flow.codeLength, codeExpiresAt: flow.codeExpiresAt,
        resendAvailableAt: flow.resendAvailableAt, codeProved: flow.resetToken !== null,
      },
    };
  }

  /** Reads the keychain: at start, and again once the user has unlocked it. */
  async load(): Promise<AccountView> {
    const session = await readSecret(this.#vault, 'session', storedSession);
    const flow = await readSecret(this.#vault, 'flow', storedFlow);
    this.#keychain = session.state === 'ok' ? flow.state : session.state;
    if (session.value && !this.#tokens.session) this.#tokens.restore(session.value);
    this.#flow ??= flow.value;
    this.#loaded = true;
    return this.#changed();
  }

  withToken<T>(call: (accessToken: string) => Promise<T>): Promise<T> {
    return this.#tokens.withToken(call);
  }

  /** Asks the service for the profile; what it says of the session counts. */
  async refreshProfile(): Promise<AccountView> {
    const wire = await this.#tokens.withToken((token) => this.#api.account(token));
    await this.#tokens.remember(toProfile(wire));
    return this.#changed();
  }

  async register(input: RegistrationInput): Promise<AccountView> {
    const { language: locale, ...fields } = input;
    const sent = await this.#api.register({ ...fields, locale, terms: { version: await this.#api.termsVersion() } }, randomUUID());
    return this.#startFlow('registration', input.email.trim(), sent);
  }

  async startReset(email: string): Promise<AccountView> {
    return this.#startFlow('reset', email.trim(), await this.#api.startReset(email));
  }

  /** A proved registration is signed in; a proved reset waits for the new password. */
  async verify(code: string): Promise<AccountView> {
    const flow = this.#mustFlow();
    if (flow.purpose === 'registration') {
      await this.#adopt(await this.#api.verify(flow.flowId, code, this.#device, this.#verifyKey(code)));
      await this.#keepFlow(null);
    } else {
      const grant = await this.#api.verifyReset(flow.flowId, code);
      await this.#keepFlow({ ...flow, resetToken: grant.resetToken });
    }
    return this.#changed();
  }

  async resend(): Promise<AccountView> {
    const flow = this.#mustFlow();
    const sent = await (flow.purpose === 'registration' ? this.#api.resendCode(flow.flowId) : this.#api.resendReset(flow.flowId));
    await this.#keepFlow({ ...flow, codeExpiresAt: Date.parse(sent.codeExpiresAt), resendAvailableAt: Date.parse(sent.resendAvailableAt) });
    return this.#changed();
  }

  /** All sessions end with it, this machine's too; nobody is signed in afterwards. */
  async completeReset(newPassword: string): Promise<AccountView> {
    const { resetToken } = this.#mustFlow();
    if (resetToken === null) throw new AppError('no-pending-flow', 'The code of the reset comes first');
    await this.#api.completeReset(resetToken, newPassword, randomUUID());
    await this.#keepFlow(null);
    await this.#tokens.drop();
    return this.#changed();
  }

  async forgetFlow(): Promise<AccountView> {
    await this.#keepFlow(null);
    return this.#changed();
  }

  async signIn(email: string, password: string): Promise<AccountView> {
    await this.#adopt(await this.#api.signIn(email, password, this.#device));
    await this.#keepFlow(null);
    return this.#changed();
  }

  /** Works offline: the token goes to an entry that is only ever used to end the session, and the service is told when it answers. */
  async signOut(): Promise<AccountView> {
    const { session } = this.#tokens;
    if (session) {
      await this.#vault.write('logout-pending', session.refreshToken);
      await this.#tokens.drop();
      await this.flushSignOut();
    }
    this.#sessionEnded = false;
    return this.#changed();
  }

  /** Tells the service about a sign-out that it has not confirmed yet; an unreachable service is told at the next start. */
  async flushSignOut(): Promise<void> {
    const { value } = await this.#vault.read('logout-pending');
    if (value === null) return;
    try {
      await this.#api.signOut(value);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code !== 'bug') return;
      throw thrown;
    }
    await this.#vault.remove('logout-pending');
  }

  async setNewsletter(subscribed: boolean): Promise<AccountView> {
    await this.#tokens.withToken((token) => this.#api.setNewsletter(token, subscribed));
    const { session } = this.#tokens;
    if (session) await this.#tokens.remember({ ...session.profile, newsletter: subscribed });
    return this.#changed();
  }

  sessions(): Promise<SessionItem[]> {
    return this.#tokens.withToken((token) => this.#api.sessions(token));
  }

  revokeSession(id: string, password?: string): Promise<void> {
    return this.#tokens.withToken(async (token) => {
      if (password !== undefined) await this.#api.reauthenticate(token, password);
      await this.#api.revokeSession(token, id);
    });
  }

  async #startFlow(purpose: StoredFlow['purpose'], email: string, sent: CodeSent): Promise<AccountView> {
    await this.#keepFlow({
      purpose, email, flowId: sent.flowId, codeLength: sent.codeLength, resetToken: null,
      codeExpiresAt: Date.parse(sent.codeExpiresAt), resendAvailableAt: Date.parse(sent.resendAvailableAt),
    });
    return this.#changed();
  }

  async #adopt(session: Session): Promise<void> {
    const stored = { refreshToken: session.refreshToken, refreshKey: null, profile: toProfile(session.account) };
    this.#keychain = await this.#tokens.adopt(stored, session.accessToken, session.expiresIn);
    this.#sessionEnded = false;
  }

  async #keepFlow(flow: StoredFlow | null): Promise<void> {
    this.#flow = flow;
    if (!flow) this.#verifyKeys.clear();
    this.#keychain = flow ? await this.#vault.write('flow', JSON.stringify(flow)) : await this.#vault.remove('flow');
  }

  /** Typing the same code again after a lost answer repeats the same request; another code is another request. */
  #verifyKey(code: string): string {
    const key = this.#verifyKeys.get(code) ?? randomUUID();
    this.#verifyKeys.set(code, key);
    return key;
  }

  #mustFlow(): StoredFlow {
    if (!this.#flow) throw new AppError('no-pending-flow', 'No code is awaited here; start again');
    return this.#flow;
  }

  #changed(): AccountView {
    this.#rev += 1;
    this.#onChanged(this.view);
    return this.view;
  }
}
