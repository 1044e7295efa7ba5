import { expect, test } from 'vitest';
import { PasswordRules } from '../../src/renderer/features/account/password-field.tsx';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { PasswordFault } from '../../src/shared/api/password.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
test('why a password is easy to guess is said once: by the list, and after a try by the field', async () => {
  const desk = createApp(
    makeClient<AppContract>(fakeBridge({})),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'account', screen: 'create' },
  );
  const show = async (faults: PasswordFault[], tried: boolean): Promise<string> => {
    await page.render(
      <DeskProvider desk={desk}>
        <PasswordRules
          password="Password123!"
          tried={tried}
          verdict={{ faults, isEstimated: true }}
        />
      </DeskProvider>,
    );
    return page.element.textContent ?? '';
  };
  const { faults, rules } = texts.en.account;
  expect(await show(['common'], false)).toContain(faults['common']);
  const tried = await show(['common'], true);
  expect(tried).not.toContain(faults['common']);
  expect(tried).toContain(rules.guess);
  // The field gives the first advice only.
  expect(await show(['has-space', 'common'], true)).toContain(faults['common']);
});
