import type { AccountExport, Account as WireAccount } from '../../shared/api/account.ts';
import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Device } from '../../shared/api/flows.ts';
import type { Session, SessionItem } from '../../shared/api/sessions.ts';
import { EMBARGO_ACCESS } from '../../shared/api/rights.ts';
import type { account } from '../../shared/contract/account.ts';
import { AppError } from '../../shared/errors.ts';
import { PendingFlow, type VerifiedFlow } from './pending-flow.ts';
import { SecurityNotices } from './security-notices.ts';
import type {
  AccountApi,
  ServiceClock,
  TaggedAccount,
  KeychainState,
  SeenNotices,
  TokenVault,
} from './ports.ts';
import { VerificationRequired } from './ports.ts';
import {
  parseSecret,
  readSecret,
  storedFlow,
  storedSession,
  type StoredSession,
  Tokens,
} from './tokens.ts';

/** The exported personal data as a JSON document. */
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
  seenNotices: SeenNotices;
  clock: ServiceClock;
  device: Device;
  revision?: { last: number } | undefined;
  onChanged(view: AccountView): void;
  /** The service has taken this version as accepted. */
  onTermsAccepted?: ((version: string, email: string) => void) | undefined;
};

export type ProfileEdit = {
  displayName: string;
  organisation: string;
  country: string;
  /** What the edit is based on. */
  base: ProfileDetails;
};
type ProfileDetails = Pick<StoredSession['profile'], 'displayName' | 'organisation' | 'country'>;

/** Security notices older than this are not shown after a sign-in. */
const NOTICE_AGE_MS = 7 * 24 * 3_600_000;
/**
 * How often the current terms version is fetched. A refusal by the service (`terms-not-accepted`)
 * counts at once.
 */
const TERMS_INTERVAL_MS = 3_600_000;

const toProfile = (wire: WireAccount, etag: string | null): StoredSession['profile'] => ({
  id: wire.id,
  email: wire.email,
  displayName: wire.displayName,
  organisation: wire.organisation,
  country: wire.country,
  termsVersion: wire.terms.version,
  etag,
  newsletter: wire.newsletter.subscribed,
  newsletterChangedAt:
    wire.newsletter.changedAt === null ? null : Date.parse(wire.newsletter.changedAt),
  entitlements: wire.entitlements,
  notices: wire.notices.map(({ code, at }) => ({ code, at: Date.parse(at) })),
});

const haveSameDetails = (one: ProfileDetails, other: ProfileDetails): boolean =>
  one.displayName === other.displayName &&
  one.organisation === other.organisation &&
  one.country === other.country;

/**
 * The account at one service: its flows, its session, and their copy in the keychain. Every method
 * throws `AppError` only.
 */
export class Account {
  #loaded = false;
  #sessionEnded = false;
  #keychain: KeychainState = 'ok';
  #termsDue = false;
  #terms: { version: string; readAt: number } | null = null;
  readonly #revision: { last: number };
  readonly #tokens: Tokens;
  readonly #notices: SecurityNotices;
  readonly #api: AccountApi;
  readonly #vault: TokenVault;
  readonly #clock: ServiceClock;
  readonly #device: Device;
  readonly #flow: PendingFlow;
  readonly #onChanged: (view: AccountView) => void;
  readonly #onTermsAccepted: (version: string, email: string) => void;

  constructor({
    api,
    vault,
    seenNotices,
    clock,
    device,
    revision = { last: 0 },
    onChanged,
    onTermsAccepted = () => undefined,
  }: Options) {
    this.#api = api;
    this.#revision = revision;
    this.#vault = vault;
    this.#clock = clock;
    this.#device = device;
    this.#onChanged = onChanged;
    this.#onTermsAccepted = onTermsAccepted;
    this.#notices = new SecurityNotices(seenNotices, clock);
    this.#flow = new PendingFlow({
      api,
      vault,
      clock,
      device,
      onStored: (state) => {
        this.#keychain = state;
      },
    });
    this.#tokens = new Tokens(api, vault, clock, {
      onEnded: () => {
        this.#sessionEnded = true;
        this.#changed();
      },
      onStored: (state) => this.#setKeychain(state),
    });
  }

  /** Whether the account may see, and after an acknowledgement download, assets under embargo. */
  get seesEmbargoed(): boolean {
    return this.#tokens.session?.profile?.entitlements.includes(EMBARGO_ACCESS) ?? false;
  }

  get view(): AccountView {
    const { session } = this.#tokens;
    const flow = this.#flow.current;
    const withoutSession = this.#loaded ? 'signed-out' : 'loading';
    // The code of a new address can only be entered while signed in.
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
   * Reads the keychain, at start and whenever it becomes readable, then writes what could not be
   * written before.
   *
   * @param mayPrompt a person asked for it, so the system may open its prompt again
   */
  async load({ mayPrompt = false }: { mayPrompt?: boolean } = {}): Promise<AccountView> {
    if (mayPrompt) this.#vault.allowPrompt();
    await this.#endOrphanedSession();
    const written = await this.#vault.flush();
    const session = await readSecret(this.#vault, 'session', storedSession);
    const flow = await readSecret(this.#vault, 'flow', storedFlow);
    this.#keychain = [written, session.state, flow.state].find((state) => state !== 'ok') ?? 'ok';
    if (session.value) this.#tokens.restore(session.value);
    this.#flow.restore(flow.value);
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

  /** Version of the terms of use that the account has accepted; null while that isn't known. */
  get termsVersion(): string | null {
    return this.#tokens.session?.profile.termsVersion ?? null;
  }

  /** Fetches the profile and the current terms version. The answer may end the session. */
  async refreshProfile(): Promise<AccountView> {
    const { updates } = this.#tokens;
    const account = await this.#tokens.withToken((token) => this.#api.getAccount({ token }));
    if (
      this.#terms === null ||
      Math.abs(this.#clock.nowMs() - this.#terms.readAt) > TERMS_INTERVAL_MS
    )
      this.#terms = { version: await this.#termsVersion(), readAt: this.#clock.nowMs() };
    // A change was made meanwhile; this answer may predate it.
    if (updates !== this.#tokens.updates) return this.refreshProfile();
    this.#termsDue = account.value.terms.version !== this.#terms.version;
    return this.#update(account);
  }

  /**
   * @throws `edit-conflict` if the details were changed elsewhere; the view then shows the current
   * ones.
   */
  async edit({ base, ...body }: ProfileEdit): Promise<AccountView> {
    const send = async (): Promise<AccountView> => {
      const profile = this.#tokens.session?.profile;
      if (profile && !haveSameDetails(profile, base))
        throw new AppError('edit-conflict', 'Your details were changed elsewhere.');
      return this.#update(
        await this.#tokens.withToken((token) =>
          this.#api.patchAccount({ token, body, ifMatch: profile?.etag ?? '*' }),
        ),
      );
    };
    // A session begins without a tag.
    if (this.#tokens.session?.profile.etag === null) await this.refreshProfile();
    try {
      return await send();
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'edit-conflict')) throw thrown;
      const { profile } = await this.refreshProfile();
      // An edit whose answer was lost, sent again.
      if (profile && haveSameDetails(profile, body)) return this.view;
      // The tag is of the whole account: if only the newsletter was changed, nothing is overwritten.
      return send();
    }
  }

  /** Accepts the current terms version, which is the one the interface links to. */
  async acceptTerms(): Promise<AccountView> {
    const version = await this.#termsVersion();
    const accepted = await this.#tokens.withToken((token) =>
      this.#api.putTerms({ token, body: { version } }),
    );
    this.#terms = { version, readAt: this.#clock.nowMs() };
    this.#termsDue = false;
    this.#onTermsAccepted(version, accepted.value.email);
    return this.#update(accepted);
  }

  /** Marks the unread notices as seen. */
  readNotices(): AccountView {
    const { session } = this.#tokens;
    if (session) this.#notices.read(session);
    return this.#changed();
  }

  /** Changes the password; the service ends all other sessions of the account. */
  async changePassword(currentPassword: string, newPassword: string): Promise<AccountView> {
    await this.#notices.suppressOwn('password-changed', () =>
      this.#tokens.withToken((token) =>
        this.#api.changePassword({ token, body: { currentPassword, newPassword } }),
      ),
    );
    return this.#reload();
  }

  /** Sends a code to the new address; the old address stays in force until the code is verified. */
  async startEmailChange(newEmail: string, password: string): Promise<AccountView> {
    const sent = await this.#tokens.withToken((token) =>
      this.#api.startEmailChange({ token, body: { newEmail, password } }),
    );
    await this.#flow.start('email-change', newEmail.trim(), sent);
    return this.#changed();
  }

  /**
   * Deletes the account and clears the local session; downloaded files stay.
   *
   * @returns when the service will have erased all data, ms since 1970
   */
  async deleteAccount(password: string): Promise<number> {
    const { eraseAt } = await this.#tokens.withToken((token) =>
      this.#api.deleteAccount({ token, body: { password } }),
    );
    await this.#clearSession();
    this.#changed();
    return Date.parse(eraseAt);
  }

  /** Fetches all personal data that the service holds. */
  exportAccount(): Promise<AccountExport> {
    return this.#tokens.withToken((token) => this.#api.exportAccount({ token }));
  }

  async register(input: RegistrationInput): Promise<AccountView> {
    const { language: locale, ...fields } = input;
    const version = await this.#termsVersion();
    const sent = await this.#api.register({
      body: { ...fields, locale, terms: { version } },
      idempotencyKey: randomUUID(),
    });
    this.#onTermsAccepted(version, input.email.trim());
    await this.#flow.start('registration', input.email.trim(), sent);
    return this.#changed();
  }

  async startReset(email: string): Promise<AccountView> {
    await this.#flow.start('reset', email.trim(), await this.#api.startReset({ body: { email } }));
    return this.#changed();
  }

  /**
   * Verifies the code: a registration is signed in, a reset continues with `completeReset`, a new
   * address replaces the old one.
   */
  async verify(code: string): Promise<AccountView> {
    const verify = (): Promise<VerifiedFlow> =>
      this.#flow.verify(code, (call) => this.#tokens.withToken(call));
    if (this.#flow.require().purpose === 'email-change') {
      await this.#notices.suppressOwn('email-changed', async () => {
        const verified = await verify();
        if (verified.purpose === 'email-change')
          await this.#tokens.update(this.#profileOf(verified.account));
      });
      await this.#flow.end();
      return this.#reload();
    }
    const verified = await verify();
    if (verified.purpose === 'registration') {
      await this.#adopt(verified.session);
      await this.#flow.end();
    }
    return this.#changed();
  }

  async resend(): Promise<AccountView> {
    await this.#flow.resend((call) => this.#tokens.withToken(call));
    return this.#changed();
  }

  /** Sets the new password. The service ends all sessions, including the one of this machine. */
  async completeReset(newPassword: string): Promise<AccountView> {
    await this.#notices.suppressOwn('password-changed', () =>
      this.#flow.completeReset(newPassword),
    );
    await this.#flow.end();
    await this.#tokens.clear();
    return this.#changed();
  }

  async forgetFlow(): Promise<AccountView> {
    await this.#flow.end();
    return this.#changed();
  }

  /**
   * @throws `verification-required` if the registration's code was never entered. The flow then
   * waits for that code here, even if the registration was started on another machine.
   */
  async signIn(email: string, password: string): Promise<AccountView> {
    try {
      await this.#adopt(
        await this.#api.signIn({ body: { email, password, device: this.#device } }),
      );
    } catch (thrown) {
      if (!(thrown instanceof VerificationRequired)) throw thrown;
      await this.#flow.resumeRegistration(email.trim(), thrown.flowId);
      this.#changed();
      throw new AppError(
        'verification-required',
        'This address isn’t verified yet. Enter the emailed code with: desk account verify --code CODE',
      );
    }
    await this.#flow.end();
    return this.#changed();
  }

  /**
   * Signs out, also offline: the refresh token moves to a keychain entry that is only used to end
   * the session, and the service is notified once it is reachable. A second call does not end a
   * session that was started meanwhile.
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

  /** Reports an unconfirmed sign-out to the service; retried at the next start if unreachable. */
  async flushSignOut(): Promise<void> {
    const { value } = await this.#vault.read('logout-pending');
    if (value === null) return;
    try {
      await this.#api.logout({ body: { refreshToken: value } });
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code !== 'bug') return;
      throw thrown;
    }
    await this.#vault.remove('logout-pending');
  }

  async setNewsletter(subscribed: boolean): Promise<AccountView> {
    const { epoch } = this.#tokens;
    const { subscribed: newsletter, changedAt } = await this.#tokens.withToken(async (token) => {
      const { newsletterConsentVersion: consentVersion } = await this.#api.getMeta({});
      return this.#api.putNewsletter({ token, body: { subscribed, consentVersion } });
    });
    if (this.#tokens.session && this.#tokens.epoch === epoch)
      await this.#tokens.update({
        ...this.#tokens.session.profile,
        newsletter,
        newsletterChangedAt: changedAt === null ? null : Date.parse(changedAt),
      });
    return this.#changed();
  }

  async sessions(): Promise<SessionItem[]> {
    const { items } = await this.#tokens.withToken((token) => this.#api.listSessions({ token }));
    return items;
  }

  /** @param password required after the service answered `reauth-required` */
  revokeSession(id: string, password?: string): Promise<void> {
    return this.#withReauth(password, (token) =>
      this.#api.revokeSession({ token, params: { id } }),
    );
  }

  /** @returns the number of sessions ended: all but the current one */
  async revokeOthers(password?: string): Promise<number> {
    const { revoked } = await this.#withReauth(password, (token) =>
      this.#api.revokeOthers({ token }),
    );
    return revoked;
  }

  #withReauth<T>(password: string | undefined, call: (token: string) => Promise<T>): Promise<T> {
    return this.#tokens.withToken(async (token) => {
      if (password !== undefined) await this.#api.reauth({ token, body: { password } });
      return call(token);
    });
  }

  async #termsVersion(): Promise<string> {
    return (await this.#api.getMeta({})).termsVersion;
  }

  async #adopt(session: Session): Promise<void> {
    const stored = {
      refreshToken: session.refreshToken,
      refreshKey: null,
      profile: this.#profileOf({ value: session.account, etag: null }),
      seenUntil: this.#clock.serviceNow() - NOTICE_AGE_MS,
    };
    // A new entry replaces the old one, so an earlier `unreadable` state no longer matters.
    this.#keychain = await this.#tokens.setSession(stored, session.accessToken, session.expiresIn);
    this.#sessionEnded = false;
    this.#termsDue = false;
  }

  async #update(account: TaggedAccount): Promise<AccountView> {
    await this.#tokens.update(this.#profileOf(account));
    return this.#changed();
  }

  #profileOf({ value, etag }: TaggedAccount): StoredSession['profile'] {
    const profile = toProfile(value, etag);
    this.#notices.markOwnSeen(profile);
    return profile;
  }

  /**
   * Refreshes the profile after a change that has succeeded; a failed refresh does not fail the
   * change.
   */
  async #reload(): Promise<AccountView> {
    try {
      await this.refreshProfile();
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
    return this.#changed();
  }

  /** Records the result of the last keychain write. `unreadable` stays until the next sign-in. */
  #setKeychain(state: KeychainState): void {
    if (state === this.#keychain || (state === 'ok' && this.#keychain === 'unreadable')) return;
    this.#keychain = state;
    this.#changed();
  }

  /** Clears the session and a pending change of address. */
  async #clearSession(): Promise<void> {
    await this.#tokens.clear();
    if (this.#flow.current?.purpose === 'email-change') await this.#flow.end();
    this.#termsDue = false;
  }

  /**
   * Ends a session that was signed out while the keychain was locked: its entry outlived the
   * program and must not be resumed.
   */
  async #endOrphanedSession(): Promise<void> {
    const entry = await this.#vault.takeOrphan('session');
    const session = entry === null ? null : parseSecret(entry, storedSession);
    if (session) await this.#vault.write('logout-pending', session.refreshToken);
  }

  #changed(): AccountView {
    this.#revision.last += 1;
    this.#onChanged(this.view);
    return this.view;
  }
}
