import { act } from 'react';
import { expect, test } from 'vitest';
import { WelcomeScreen } from '../../src/renderer/features/welcome/index.tsx';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp } from '../../src/renderer/state/app.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { testPage } from '../support/page.ts';
import { serviceOrigin } from '../../src/main/app/service-address.ts';

const page = testPage();
async function connectTo(address: string, language: string): Promise<string> {
  const bridge = fakeBridge({
    'settings.get': () => ({ rev: 1, language, destination: '/ingest' }),
    'settings.use-service': ({ url }: { url: string }) => {
      serviceOrigin(url);
      throw new Error('not reached by a refused address');
    },
  });
  const desk = createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'welcome' },
  );
  await page.render(
    <DeskProvider desk={desk}>
      <WelcomeScreen />
    </DeskProvider>,
  );
  const input = page.element.querySelector('input');
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, address);
    input?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await act(async () => page.element.querySelector('form')?.requestSubmit());
  await act(async () => undefined);
  return (
    page.element.querySelector('[role="alert"], [slot="errorMessage"]')?.textContent ??
    page.element.textContent ??
    ''
  );
}

test.each([
  ['http://example.com', 'en', 'The address must start with https://'],
  ['http://example.com', 'fr', 'L’adresse doit commencer par https://'],
  ['ftp://example.com', 'en', 'Not a valid address.'],
  ['https://exa mple.com', 'en', 'Not a valid address.'],
])('%s as the address of a service: the reason is said (%s)', async (address, language, reason) => {
  expect(await connectTo(address, language)).toContain(reason);
});
