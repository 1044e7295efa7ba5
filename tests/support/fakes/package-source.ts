import type { PackageSource } from '../../../src/main/transfers/ports.ts';
import { AppError } from '../../../src/shared/errors.ts';

const refuse = (): Promise<never> => Promise.reject(new AppError('signed-out', 'Sign in first'));

/** Packages where nobody is signed in; a test replaces what its service answers. */
export const signedOutSource = {
  manifest: refuse,
  trustedKeys: async () => [],
  pinnedKeys: async () => [],
  authorise: refuse,
  renew: refuse,
} satisfies PackageSource;
