import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { WelcomeScreen } from '../../src/renderer/features/welcome/index.tsx';
import { serviceOrigin } from '../../src/main/app/service-address.ts';
import { makeApp } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';

test.each([
  ['http://example.com', 'en', 'The address must start with https://'],
  ['http://example.com', 'fr', 'L’adresse doit commencer par https://'],
  ['ftp://example.com', 'en', 'Not a valid address.'],
  ['https://exa mple.com', 'en', 'Not a valid address.'],
] as const)(
  '%s as the address of a service: the reason is said (%s)',
  async (address, language, reason) => {
    const answers: Answers = {
      'settings.use-service'(wanted) {
        if ('url' in wanted) serviceOrigin(wanted.url);
        throw new Error('not reached by a refused address');
      },
    };
    const { render, user } = makeApp(answers, { language, route: { name: 'welcome' } });
    await render(<WelcomeScreen />);
    await user.type(screen.getByRole('textbox'), `${address}{Enter}`);
    expect((await screen.findByRole('alert')).textContent).toContain(reason);
  },
);
