import type { AccountExport, Account as WireAccount } from '../../shared/api/account.ts';
import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { CodeSent, Device } from '../../shared/api/flows.ts';
import type { Session, SessionItem } from '../../shared/api/sessions.ts';
import { EMBARGO_ACCESS } from '../../shared/api/unavailable.ts';
import type { account } from '../../shared/contract/account.ts';
import { AppError } from '../../shared/errors.ts';
import { SecurityNotices } from './security-notices.ts';
import type {
  AccountApi,
  Clock,
  TaggedAccount,
  KeychainState,
  SeenNotices,
  TokenVault,
} from './ports.ts';
import {
  parseSecret,
  readSecret,
  storedFlow,
  storedSession,
  type StoredFlow,
  type StoredSession,
  Tokens,
} from './tokens.ts';

/** Personal data as a document to keep. */
export const exportDocument = (data: AccountExport): { name: string; text: string } => ({
  name: `account-${data.exportedAt.slice(0, 10)}.json`,
  text: `${JSON.stringify(data, null, 2)}\n`,
});

export type AccountView = z.infer<typeof account>;
export type RegistrationInput = {
  email: string;
  password: string;
  displayName: string;
  organisation: string;
  country: string;
  newsletter: boolean;
  language: string;
};
type Options = {
  api: AccountApi;
  vault: TokenVault;
  told: SeenNotices;
  clock: Clock;
  device: Device;
  revision?: { last: number } | undefined;
  onChanged(view: AccountView): void;
};

export type ProfileEdit = {
  displayName: string;
  organisation: string;
  country: string;
  edition: string | null;
};

/** What happened longer ago is no news to whoever signs in here. */
const NOTICE_AGE_MS = 7 * 24 * 3_600_000;
/**
 * The service is asked so often which terms hold; that it refuses the old ones is heard at once.
 */
const TERMS_MS = 3_600_000;
/** What is at least left of a code's thirty minutes when it was sent less than a minute ago. */
const SENT_JUST_NOW_MS = 29 * 60_000;
const CODE_LENGTH = 6;

const toProfile = (wire: WireAccount, edition: string | null): StoredSession['profile'] => ({
  id: wire.id,
  email: wire.email,
  displayName: wire.displayName,
  organisation: wire.organisation,
  country: wire.country,
  edition,
  newsletter: wire.newsletter.subscribed,
  newsletterChangedAt:
    wire.newsletter.changedAt === null ? null : Date.parse(wire.newsletter.changedAt),
  entitlements: wire.entitlements,
  notices: wire.notices.map(({ code, at }) => ({ code, at: Date.parse(at) })),
});

/**
 * The account of one service: its flows, its session, and what the keychain lets us keep of them.
 * Every method throws `AppError` only.
 */
export class Account {
  #loaded = false;
  #sessionEnded = false;
  #keychain: KeychainState = 'ok';
  #flow: StoredFlow | null = null;
  #flowChanged = false;
  #termsDue = false;
  #terms: { version: string; readAt: number } | null = null;
  readonly #revision: { last: number };
  readonly #verifyKeys = new Map<string, string>();
  readonly #tokens: Tokens;
  readonly #notices: SecurityNotices;
  readonly #api: AccountApi;
  readonly #vault: TokenVault;
  readonly #clock: Clock;
  readonly #device: Device;
  readonly #onChanged: (view: AccountView) => void;

  constructor({ api, vault, told, clock, device, revision = { last: 0 }, onChanged }: Options) {
    [this.#api, this.#revision] = [api, revision];
    this.#vault = vault;
    this.#clock = clock;
    this.#device = device;
    this.#onChanged = onChanged;
    this.#notices = new SecurityNotices(told, () => clock.serviceNow());
    this.#tokens = new Tokens(api, vault, () => clock.now(), {
      onEnded: () => {
        this.#sessionEnded = true;
        this.#changed();
      },
      onKept: (state) => this.#setKeychain(state),
    });
  }

  /** May see and, with a confirmation, download what is under embargo. */
  get seesEmbargoed(): boolean {
    return this.#tokens.session?.profile?.entitlements.includes(EMBARGO_ACCESS) ?? false;
  }

  get view(): AccountView {
    const { session } = this.#tokens;
    const flow = this.#flow;
    const withoutSession = this.#loaded ? 'signed-out' : 'loading';
    // A new address is proved by whoever is signed in.
    const isAwaited = flow !== null && (flow.purpose !== 'email-change' || session !== null);
    return {
      rev: this.#revision.last,
      sessionEnded: this.#sessionEnded,
      keychain: this.#keychain,
      status: session ? 'signed-in' : withoutSession,
      profile: session?.profile ?? null,
      termsDue: session !== null && this.#termsDue,
      notices: session ? this.#notices.unread(session) : [],
      pendingFlow: isAwaited
        ? {
            purpose: flow.purpose,
            email: flow.email,
            codeLength: flow.codeLength,
            sentAt: flow.sentAt,
            codeExpiresAt: flow.codeExpiresAt,
            resendAvailableAt: flow.resendAvailableAt,
            codeProved: flow.resetToken !== null,
          }
        : null,
    };
  }

  /**
   * Reads the keychain: at start, and again once it can be read. What could not be written to it is
   * written then. `isAsked`: the system may open its prompt again.
   */
  async load({ isAsked = false }: { isAsked?: boolean } = {}): Promise<AccountView> {
    if (isAsked) this.#vault.allowPrompt();
    await this.#endOrphanedSession();
    const written = await this.#vault.writePending();
    const session = await readSecret(this.#vault, 'session', storedSession);
    const flow = await readSecret(this.#vault, 'flow', storedFlow);
    this.#keychain = [written, session.state, flow.state].find((state) => state !== 'ok') ?? 'ok';
    if (session.value) this.#tokens.restore(session.value);
    if (!this.#flowChanged) this.#flow ??= flow.value;
    this.#loaded = true;
    return this.#changed();
  }

  async withToken<T>(call: (accessToken: string) => Promise<T>): Promise<T> {
    try {
      return await this.#tokens.withToken(call);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'terms-not-accepted' && !this.#termsDue) {
        this.#termsDue = true;
        this.#terms = null;
        this.#changed();
      }
      throw thrown;
    }
  }

  /**
   * Asks the service for the profile and for the terms that hold; what it says of the session
   * counts.
   */
  async refreshProfile(): Promise<AccountView> {
    const { remembered } = this.#tokens;
    const { account, edition } = await this.#tokens.withToken((token) => this.#api.account(token));
    if (this.#terms === null || Math.abs(this.#clock.now() - this.#terms.readAt) > TERMS_MS)
      this.#terms = { version: await this.#api.termsVersion(), readAt: this.#clock.now() };
    // A change has overtaken this answer, which may be from before it.
    if (remembered !== this.#tokens.remembered) return this.refreshProfile();
    this.#termsDue = account.terms.version !== this.#terms.version;
    return this.#remember({ account, edition });
  }

  /**
   * @throws `edit-conflict` when something was changed elsewhere meanwhile; the view then has what
   * holds now.
   */
  async edit({ edition, ...patch }: ProfileEdit): Promise<AccountView> {
    try {
      // Nobody has seen what would be overwritten without a tag: what holds is read first.
      if (edition === null)
        throw new AppError('edit-conflict', 'The account has to be read again first');
      return await this.#remember(
        await this.#tokens.withToken((token) => this.#api.edit(token, patch, edition)),
      );
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'edit-conflict')
        await this.refreshProfile();
      throw thrown;
    }
  }

  /** The terms that hold now, whichever they are: who accepts has them in front of him. */
  async acceptTerms(): Promise<AccountView> {
    const version = await this.#api.termsVersion();
    const accepted = await this.#tokens.withToken((token) => this.#api.acceptTerms(token, version));
    this.#terms = { version, readAt: this.#clock.now() };
    this.#termsDue = false;
    return this.#remember(accepted);
  }

  /** Notices that are shown now are not shown again. */
  readNotices(): AccountView {
    const { session } = this.#tokens;
    if (session) this.#notices.read(session);
    return this.#changed();
  }

  /** Every other session of the account ends with it. */
  async changePassword(currentPassword: string, newPassword: string): Promise<AccountView> {
    await this.#notices.suppressOwn('password-changed', () =>
      this.#tokens.withToken((token) =>
        this.#api.changePassword(token, currentPassword, newPassword),
      ),
    );
    return this.#reload();
  }

  /** The code goes to the new address; the old one holds until it is proved. */
  async startEmailChange(newEmail: string, password: string): Promise<AccountView> {
    const sent = await this.#tokens.withToken((token) =>
      this.#api.startEmailChange(token, newEmail, password),
    );
    return this.#startFlow('email-change', newEmail.trim(), sent);
  }

  /**
   * All that is here of the session goes; what was downloaded stays. @returns when the service has
   * erased the last of it, ms since 1970.
   */
  async deleteAccount(password: string): Promise<number> {
    const eraseAt = await this.#tokens.withToken((token) =>
      this.#api.deleteAccount(token, password),
    );
    await this.#clearSession();
    this.#changed();
    return eraseAt;
  }

  /** Everything the service holds about the person. */
  exportAccount(): Promise<AccountExport> {
    return this.#tokens.withToken((token) => this.#api.exportAccount(token));
  }

  async register(input: RegistrationInput): Promise<AccountView> {
    const { language: locale, ...fields } = input;
    const sent = await this.#api.register(
      { ...fields, locale, terms: { version: await this.#api.termsVersion() } },
      randomUUID(),
    );
    return this.#startFlow('registration', input.email.trim(), sent);
  }

  async startReset(email: string): Promise<AccountView> {
    return this.#startFlow('reset', email.trim(), await this.#api.startReset(email));
  }

  /**
   * A proved registration is signed in; a proved reset waits for the new password; a proved address
   * is the account's from now on.
   */
  async verify(code: string): Promise<AccountView> {
    const flow = this.#requireFlow();
    if (flow.purpose === 'email-change') {
      await this.#notices.suppressOwn('email-changed', async () => {
        const { account, edition } = await this.#tokens.withToken((token) =>
          this.#api.verifyEmailChange(token, flow.flowId, code),
        );
        await this.#tokens.update(this.#profileOf(account, edition));
      });
      await this.#storeFlow(null);
      return this.#reload();
    }
    if (flow.purpose === 'registration') {
      await this.#adopt(
        await this.#api.verify(flow.flowId, code, this.#device, this.#verifyKey(code)),
      );
      await this.#storeFlow(null);
    } else {
      const grant = await this.#api.verifyReset(flow.flowId, code);
      await this.#storeFlow({ ...flow, resetToken: grant.resetToken });
    }
    return this.#changed();
  }

  async resend(): Promise<AccountView> {
    const flow = this.#requireFlow();
    const { flowId } = flow;
    const sent = await {
      registration: () => this.#api.resendCode(flowId),
      reset: () => this.#api.resendReset(flowId),
      'email-change': () =>
        this.#tokens.withToken((token) => this.#api.resendEmailChange(token, flowId)),
    }[flow.purpose]();
    await this.#storeFlow({
      ...flow,
      sentAt: this.#clock.serviceNow(),
      codeExpiresAt: Date.parse(sent.codeExpiresAt),
      resendAvailableAt: Date.parse(sent.resendAvailableAt),
    });
    return this.#changed();
  }

  /** All sessions end with it, this machine's too; nobody is signed in afterwards. */
  async completeReset(newPassword: string): Promise<AccountView> {
    const { resetToken } = this.#requireFlow();
    if (resetToken === null)
      throw new AppError('no-pending-flow', 'The code of the reset comes first');
    await this.#notices.suppressOwn('password-changed', () =>
      this.#api.completeReset(resetToken, newPassword, randomUUID()),
    );
    await this.#storeFlow(null);
    await this.#tokens.clear();
    return this.#changed();
  }

  async forgetFlow(): Promise<AccountView> {
    await this.#storeFlow(null);
    return this.#changed();
  }

  /**
   * @throws `verification-required` where the code of the registration comes first: it is awaited
   * here from then on, wherever the registration was begun.
   */
  async signIn(email: string, password: string): Promise<AccountView> {
    const answer = await this.#api.signIn(email, password, this.#device);
    if ('awaitedFlowId' in answer) {
      if (this.#flow?.flowId !== answer.awaitedFlowId)
        await this.#resumeRegistration(email.trim(), answer.awaitedFlowId);
      throw new AppError(
        'verification-required',
        'The address is not verified yet: enter the code that was sent to it (desk account verify --code CODE)',
      );
    }
    await this.#adopt(answer);
    await this.#storeFlow(null);
    return this.#changed();
  }

  /**
   * Works offline: the token goes to an entry that is only ever used to end the session, and the
   * service is told when it answers. Pressed twice, it does not sign out who has signed in
   * meanwhile.
   */
  async signOut(): Promise<AccountView> {
    const { session, epoch } = this.#tokens;
    if (session) {
      await this.#vault.write('logout-pending', session.refreshToken);
      if (this.#tokens.epoch === epoch) await this.#clearSession();
      await this.flushSignOut();
    }
    this.#sessionEnded = false;
    return this.#changed();
  }

  /**
   * Tells the service about a sign-out that it has not confirmed yet; an unreachable service is
   * told at the next start.
   */
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
    const { epoch } = this.#tokens;
    const { subscribed: newsletter, changedAt } = await this.#tokens.withToken((token) =>
      this.#api.setNewsletter(token, subscribed),
    );
    if (this.#tokens.session && this.#tokens.epoch === epoch)
      await this.#tokens.update({
        ...this.#tokens.session.profile,
        newsletter,
        newsletterChangedAt: changedAt === null ? null : Date.parse(changedAt),
      });
    return this.#changed();
  }

  sessions(): Promise<SessionItem[]> {
    return this.#tokens.withToken((token) => this.#api.sessions(token));
  }

  /** @param password given when the service has asked for it: `reauth-required` */
  revokeSession(id: string, password?: string): Promise<void> {
    return this.#withReauth(password, (token) => this.#api.revokeSession(token, id));
  }

  /** @returns how many ended: all but this one */
  revokeOthers(password?: string): Promise<number> {
    return this.#withReauth(password, (token) => this.#api.revokeOthers(token));
  }

  #withReauth<T>(password: string | undefined, call: (token: string) => Promise<T>): Promise<T> {
    return this.#tokens.withToken(async (token) => {
      if (password !== undefined) await this.#api.reauthenticate(token, password);
      return call(token);
    });
  }

  /**
   * A registration that was begun elsewhere, or before this machine forgot it. When its code was
   * sent is not known, so a new one is.
   */
  async #resumeRegistration(email: string, flowId: string): Promise<void> {
    const now = this.#clock.serviceNow();
    const sent = await this.#api.resendCode(flowId).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError) || thrown.code !== 'resend-too-soon') throw thrown;
      // One was sent in the last minute: that is the one to enter.
      const waitMs = thrown.detail.retryAfterMs ?? 0;
      return {
        codeExpiresAt: new Date(now + SENT_JUST_NOW_MS).toISOString(),
        resendAvailableAt: new Date(now + waitMs).toISOString(),
      };
    });
    await this.#startFlow('registration', email, { flowId, codeLength: CODE_LENGTH, ...sent });
  }

  async #startFlow(
    purpose: StoredFlow['purpose'],
    email: string,
    sent: Omit<CodeSent, 'status'>,
  ): Promise<AccountView> {
    await this.#storeFlow({
      purpose,
      email,
      flowId: sent.flowId,
      codeLength: sent.codeLength,
      resetToken: null,
      sentAt: this.#clock.serviceNow(),
      codeExpiresAt: Date.parse(sent.codeExpiresAt),
      resendAvailableAt: Date.parse(sent.resendAvailableAt),
    });
    return this.#changed();
  }

  async #adopt(session: Session): Promise<void> {
    const stored = {
      refreshToken: session.refreshToken,
      refreshKey: null,
      profile: this.#profileOf(session.account, null),
      toldUntil: this.#clock.serviceNow() - NOTICE_AGE_MS,
    };
    // A fresh entry: whatever was there before no longer matters.
    this.#keychain = await this.#tokens.setSession(stored, session.accessToken, session.expiresIn);
    this.#sessionEnded = false;
    this.#termsDue = false;
  }

  async #remember({ account, edition }: TaggedAccount): Promise<AccountView> {
    await this.#tokens.update(this.#profileOf(account, edition));
    return this.#changed();
  }

  #profileOf(account: WireAccount, edition: string | null): StoredSession['profile'] {
    const profile = toProfile(account, edition);
    this.#notices.markOwnSeen(profile);
    return profile;
  }

  /** After a change that is made: that the account could not be read again is no failure of it. */
  async #reload(): Promise<AccountView> {
    try {
      await this.refreshProfile();
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
    return this.#changed();
  }

  /**
   * What became of the last entry that was to be written. One that could not be read stays told
   * until somebody signs in.
   */
  #setKeychain(state: KeychainState): void {
    if (state === this.#keychain || (state === 'ok' && this.#keychain === 'unreadable')) return;
    this.#keychain = state;
    this.#changed();
  }

  /**
   * Nobody is signed in here any more, and nothing is awaited that only an account can go on with.
   */
  async #clearSession(): Promise<void> {
    await this.#tokens.clear();
    if (this.#flow?.purpose === 'email-change') await this.#storeFlow(null);
    this.#termsDue = false;
  }

  /**
   * A session that was left while the keychain was locked, and whose entry has outlived the
   * program: it is ended, not taken up again.
   */
  async #endOrphanedSession(): Promise<void> {
    const left = await this.#vault.takeRemoved('session');
    const session = left === null ? null : parseSecret(left, storedSession);
    if (session) await this.#vault.write('logout-pending', session.refreshToken);
  }

  async #storeFlow(flow: StoredFlow | null): Promise<void> {
    this.#flow = flow;
    this.#flowChanged = true;
    if (!flow) this.#verifyKeys.clear();
    // Where nothing is, there is nothing to remove, locked or not: what the keychain is shows when
    // something is to be kept.
    if (flow) this.#keychain = await this.#vault.write('flow', JSON.stringify(flow));
    else await this.#vault.remove('flow');
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

  #requireFlow(): StoredFlow {
    if (!this.#flow) throw new AppError('no-pending-flow', 'No code is awaited here; start again');
    return this.#flow;
  }

  #changed(): AccountView {
    this.#revision.last += 1;
    this.#onChanged(this.view);
    return this.view;
  }
}
