import { expect, test } from 'vitest';
import { PasswordRules } from '../../src/renderer/features/account/password-field.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import type { PasswordFault } from '../../src/shared/api/password.ts';
import { makeApp } from '../support/app.tsx';

test('why a password is easy to guess is said once: by the list, and after a try by the field', async () => {
  const { render } = makeApp();
  const show = async (faults: PasswordFault[], tried: boolean): Promise<string | null> => {
    const page = await render(
      <PasswordRules
        password="Password123!"
        tried={tried}
        verdict={{ faults, isEstimated: true }}
      />,
    );
    return page.textContent;
  };
  const { faults, rules } = texts.en.account;
  expect(await show(['common'], false)).toContain(faults['common']);
  const tried = await show(['common'], true);
  expect(tried).not.toContain(faults['common']);
  expect(tried).toContain(rules.guess);
  // The field gives the first advice only.
  expect(await show(['has-space', 'common'], true)).toContain(faults['common']);
});
