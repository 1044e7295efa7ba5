import { addressOf } from './email.ts';
import type { Context } from '../context.ts';
import { POLICY } from '../policy.ts';
import { EMBARGO_ACCESS } from '../../shared/api/rights.ts';
import { newId } from '../crypto/tokens.ts';

/**
 * Created in every new data folder. Its password is public, so it may only guard invented content.
 */
export const DEMO_ACCOUNT = { email: 'editor@demo.example', password: 'Sunrise-Harbour-42' };

/** Creates the account with embargo access, once per data folder. */
export async function seedDemoAccount({ store, passwords, clock }: Context): Promise<void> {
  const { email, password } = DEMO_ACCOUNT;
  if (await store.transaction((tx) => tx.notes.get('demo-account'))) return;
  const passwordHash = await passwords.hash(password);
  const now = clock.now();
  await store.transaction(async (tx) => {
    await tx.notes.put({ key: 'demo-account', value: email });
    await tx.accounts.put({
      id: newId('acc'),
      ...addressOf(email),
      passwordHash,
      displayName: 'Demo Editor',
      organisation: 'Demo Broadcasting',
      country: 'CH',
      locale: 'en',
      newsletter: { subscribed: false, topics: [], changedAt: null },
      consents: [],
      terms: { version: POLICY.termsVersion, acceptedAt: now },
      entitlements: ['downloads', EMBARGO_ACCESS],
      status: 'active',
      createdAt: now,
      rev: 1,
      notices: [],
    });
  });
}
