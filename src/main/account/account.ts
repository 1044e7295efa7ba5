import type { AccountExport, Account as WireAccount } from '../../shared/api/account.ts';
import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Device } from '../../shared/api/flows.ts';
import type { Session, SessionItem } from '../../shared/api/sessions.ts';
import { EMBARGO_ACCESS } from '../../shared/api/unavailable.ts';
import type { account } from '../../shared/contract/account.ts';
import { AppError } from '../../shared/errors.ts';
import { PendingFlow, type Proved } from './pending-flow.ts';
import { SecurityNotices } from './security-notices.ts';
import type {
  AccountApi,
  Clock,
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
  seenNotices: SeenNotices;
  clock: Clock;
  device: Device;
  revision?: { last: number } | undefined;
  onChanged(view: AccountView): void;
};

export type ProfileEdit = {
  displayName: string;
  organisation: string;
  country: string;
  /** Of the profile that was edited; null where none is known. */
  etag: string | null;
};

/** What happened longer ago is no news to whoever signs in here. */
const NOTICE_AGE_MS = 7 * 24 * 3_600_000;
/**
 * The service is asked so often which terms hold; that it refuses the old ones is heard at once.
 */
const TERMS_MS = 3_600_000;

const toProfile = (wire: WireAccount, etag: string | null): StoredSession['profile'] => ({
  id: wire.id,
  email: wire.email,
  displayName: wire.displayName,
  organisation: wire.organisation,
  country: wire.country,
  etag,
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
  #termsDue = false;
  #terms: { version: string; readAt: number } | null = null;
  readonly #revision: { last: number };
  readonly #tokens: Tokens;
  readonly #notices: SecurityNotices;
  readonly #api: AccountApi;
  readonly #vault: TokenVault;
  readonly #clock: Clock;
  readonly #device: Device;
  readonly #flow: PendingFlow;
  readonly #onChanged: (view: AccountView) => void;

  constructor({
    api,
    vault,
    seenNotices,
    clock,
    device,
    revision = { last: 0 },
    onChanged,
  }: Options) {
    this.#api = api;
    this.#revision = revision;
    this.#vault = vault;
    this.#clock = clock;
    this.#device = device;
    this.#onChanged = onChanged;
    this.#notices = new SecurityNotices(seenNotices, () => clock.serviceNow());
    this.#flow = new PendingFlow({
      api,
      vault,
      clock,
      device,
      onStored: (state) => {
        this.#keychain = state;
      },
    });
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
    const flow = this.#flow.current;
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

  /**
   * Asks the service for the profile and for the terms that hold; what it says of the session
   * counts.
   */
  async refreshProfile(): Promise<AccountView> {
    const { updates } = this.#tokens;
    const account = await this.#tokens.withToken((token) => this.#api.getAccount({ token }));
    if (this.#terms === null || Math.abs(this.#clock.now() - this.#terms.readAt) > TERMS_MS)
      this.#terms = { version: await this.#termsVersion(), readAt: this.#clock.now() };
    // A change has overtaken this answer, which may be from before it.
    if (updates !== this.#tokens.updates) return this.refreshProfile();
    this.#termsDue = account.value.terms.version !== this.#terms.version;
    return this.#update(account);
  }

  /**
   * @throws `edit-conflict` when something was changed elsewhere meanwhile; the view then has what
   * holds now.
   */
  async edit({ etag, ...body }: ProfileEdit): Promise<AccountView> {
    try {
      // Nobody has seen what would be overwritten without a tag: what holds is read first.
      if (etag === null)
        throw new AppError('edit-conflict', 'Your details aren’t loaded yet. Try again.');
      return await this.#update(
        await this.#tokens.withToken((token) =>
          this.#api.patchAccount({ token, body, ifMatch: etag }),
        ),
      );
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'edit-conflict')
        await this.refreshProfile();
      throw thrown;
    }
  }

  /** The terms that hold now, whichever they are: who accepts has them in front of him. */
  async acceptTerms(): Promise<AccountView> {
    const version = await this.#termsVersion();
    const accepted = await this.#tokens.withToken((token) =>
      this.#api.putTerms({ token, body: { version } }),
    );
    this.#terms = { version, readAt: this.#clock.now() };
    this.#termsDue = false;
    return this.#update(accepted);
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
        this.#api.changePassword({ token, body: { currentPassword, newPassword } }),
      ),
    );
    return this.#reload();
  }

  /** The code goes to the new address; the old one holds until it is proved. */
  async startEmailChange(newEmail: string, password: string): Promise<AccountView> {
    const sent = await this.#tokens.withToken((token) =>
      this.#api.startEmailChange({ token, body: { newEmail, password } }),
    );
    await this.#flow.start('email-change', newEmail.trim(), sent);
    return this.#changed();
  }

  /**
   * All that is here of the session goes; what was downloaded stays. @returns when the service has
   * erased the last of it, ms since 1970.
   */
  async deleteAccount(password: string): Promise<number> {
    const { eraseAt } = await this.#tokens.withToken((token) =>
      this.#api.deleteAccount({ token, body: { password } }),
    );
    await this.#clearSession();
    this.#changed();
    return Date.parse(eraseAt);
  }

  /** Everything the service holds about the person. */
  exportAccount(): Promise<AccountExport> {
    return this.#tokens.withToken((token) => this.#api.exportAccount({ token }));
  }

  async register(input: RegistrationInput): Promise<AccountView> {
    const { language: locale, ...fields } = input;
    const sent = await this.#api.register({
      body: { ...fields, locale, terms: { version: await this.#termsVersion() } },
      idempotencyKey: randomUUID(),
    });
    await this.#flow.start('registration', input.email.trim(), sent);
    return this.#changed();
  }

  async startReset(email: string): Promise<AccountView> {
    await this.#flow.start('reset', email.trim(), await this.#api.startReset({ body: { email } }));
    return this.#changed();
  }

  /**
   * A proved registration is signed in; a proved reset waits for the new password; a proved address
   * is the account's from now on.
   */
  async verify(code: string): Promise<AccountView> {
    const prove = (): Promise<Proved> =>
      this.#flow.prove(code, (call) => this.#tokens.withToken(call));
    if (this.#flow.require().purpose === 'email-change') {
      await this.#notices.suppressOwn('email-changed', async () => {
        const proved = await prove();
        if (proved.purpose === 'email-change')
          await this.#tokens.update(this.#profileOf(proved.account));
      });
      await this.#flow.end();
      return this.#reload();
    }
    const proved = await prove();
    if (proved.purpose === 'registration') {
      await this.#adopt(proved.session);
      await this.#flow.end();
    }
    return this.#changed();
  }

  async resend(): Promise<AccountView> {
    await this.#flow.resend((call) => this.#tokens.withToken(call));
    return this.#changed();
  }

  /** All sessions end with it, this machine's too; nobody is signed in afterwards. */
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
   * @throws `verification-required` where the code of the registration comes first: it is awaited
   * here from then on, wherever the registration was begun.
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

  /** @param password given when the service has asked for it: `reauth-required` */
  revokeSession(id: string, password?: string): Promise<void> {
    return this.#withReauth(password, (token) =>
      this.#api.revokeSession({ token, params: { id } }),
    );
  }

  /** @returns how many ended: all but this one */
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
    // A fresh entry: whatever was there before no longer matters.
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
    if (this.#flow.current?.purpose === 'email-change') await this.#flow.end();
    this.#termsDue = false;
  }

  /**
   * A session that was left while the keychain was locked, and whose entry has outlived the
   * program: it is ended, not taken up again.
   */
  async #endOrphanedSession(): Promise<void> {
    const left = await this.#vault.takeOrphan('session');
    const session = left === null ? null : parseSecret(left, storedSession);
    if (session) await this.#vault.write('logout-pending', session.refreshToken);
  }

  #changed(): AccountView {
    this.#revision.last += 1;
    this.#onChanged(this.view);
    return this.view;
  }
}
