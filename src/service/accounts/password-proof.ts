import { passwordFaults, type PasswordOwner } from '../../shared/api/password.ts';
import type { FieldFault } from '../../shared/api/problem.ts';
import { DAY } from '../clock.ts';
import type { Context } from '../context.ts';
import { ipBlock, ipKey } from '../http/limits.ts';
import { problem } from '../http/problems.ts';
import type { AccountRecord, StoreTx } from '../store/ports.ts';
import type { Address } from './email.ts';
import { languageOfAccount } from './profile.ts';
import type { Admission, LoginThrottle } from './throttle.ts';
import { loadEstimator } from '../../shared/api/password-estimator.ts';

/** Rule violations of a password, as faults of the given field. */
export async function passwordFieldFaults(
  field: string,
  password: string,
  owner: PasswordOwner,
): Promise<FieldFault[]> {
  const estimate = await loadEstimator();
  return passwordFaults(password, owner, estimate).map((code) => ({ field, code }));
}

/** Compares passwords and counts failures. Takes the same time for known and unknown addresses. */
export type PasswordProof = {
  /** @throws invalid-credentials, verification-required, account-suspended, too-many-attempts */
  signIn(address: Address, password: string, ip: string): Promise<AccountRecord>;
  /**
   * Proves the password of a signed-in account.
   * @throws invalid-credentials, too-many-attempts, rate-limited
   */
  prove(account: AccountRecord, password: string, ip: string): Promise<void>;
};

/** Runs `work` and ends every admission it took, on failure too. */
async function tried<T>(
  admit: (tx: StoreTx) => Promise<Admission>,
  work: (admit: (tx: StoreTx) => Promise<Admission>) => Promise<T>,
): Promise<T> {
  const admitted: Admission[] = [];
  try {
    return await work(async (tx) => {
      const admission = await admit(tx);
      admitted.push(admission);
      return admission;
    });
  } finally {
    for (const { end } of admitted) end();
  }
}

export function createPasswordProof(
  context: Pick<Context, 'clock' | 'store' | 'passwords' | 'mail' | 'limits'>,
  throttle: LoginThrottle,
): PasswordProof {
  const { clock, store, passwords, mail, limits } = context;

  async function countFailure(tx: StoreTx, emailKey: string, ip: string): Promise<void> {
    if (!(await throttle.fail(tx, emailKey, ip))) return;
    const account = await tx.accounts.byEmail(emailKey);
    await mail.enqueue(
      tx,
      account
        ? { kind: 'account-locked', to: account.email, language: languageOfAccount(account) }
        : null,
    );
  }

  /** Replaces a hash made with an older version, cost or pepper while the password is at hand. */
  async function rehashed(account: AccountRecord, password: string): Promise<AccountRecord> {
    if (passwords.isCurrent(account.passwordHash)) return account;
    const passwordHash = await passwords.hash(password);
    return store.transaction(async (tx) => {
      const current = await tx.accounts.get(account.id);
      if (!current || current.passwordRev !== account.passwordRev) return account;
      const changed = { ...current, passwordHash };
      await tx.accounts.put(changed);
      return changed;
    });
  }

  const signedIn = (emailKey: string, password: string, ip: string) =>
    tried(
      (tx) => throttle.admit(tx, emailKey, ip),
      async (admit) => {
        const { account, flow, isLocked } = await store.transaction(async (tx) => {
          const { isLocked: isClosed } = await admit(tx);
          const pending = (await tx.flows.open('registration', emailKey)).filter(
            ({ createdAt }) => clock.now() - createdAt < DAY,
          );
          // The caller’s own registration takes precedence over a later one from another network.
          const own = pending.find(({ network }) => network === ipBlock(ip));
          return {
            account: await tx.accounts.byEmail(emailKey),
            flow: own ?? pending[0],
            isLocked: isClosed,
          };
        });
        // Always both, so that the time does not depend on which of them exists.
        const isAccounts = await passwords.matches(password, account?.passwordHash ?? null);
        const isFlows = await passwords.matches(password, flow?.registration?.passwordHash ?? null);
        const isRight = account !== undefined && isAccounts && !isLocked;
        // A decoy counts as well: otherwise registering an address and signing in would reveal its
        // account.
        const isPending = !isRight && flow !== undefined && isFlows;
        await store.transaction(async (tx) => {
          if (isRight) await throttle.succeed(tx, emailKey, ip);
          // A stranger may have chosen the flow’s password, so it neither counts nor clears
          // failures.
          else if (!isPending) await countFailure(tx, emailKey, ip);
        });
        if (isPending) throw problem('verification-required', { flowId: flow.id });
        if (!isRight) throw problem('invalid-credentials');
        return account;
      },
    );

  return {
    async signIn({ emailKey }, password, ip) {
      const account = await signedIn(emailKey, password, ip).finally(mail.wake);
      if (account.status === 'suspended') throw problem('account-suspended');
      return rehashed(account, password);
    },

    async prove(account, password, ip) {
      const { emailKey, passwordHash } = account;
      // The same limit as for sign-ins: otherwise one account could fill the hashing queue.
      limits.require('login-ip', ipKey(ip));
      const isRight = await tried(
        (tx) => throttle.admit(tx, emailKey, ip),
        async (admit) => {
          await store.transaction(admit);
          const matches = await passwords.matches(password, passwordHash);
          await store.transaction((tx) =>
            matches ? throttle.succeed(tx, emailKey, ip) : countFailure(tx, emailKey, ip),
          );
          return matches;
        },
      );
      mail.wake();
      if (!isRight) throw problem('invalid-credentials');
      await rehashed(account, password);
    },
  };
}
