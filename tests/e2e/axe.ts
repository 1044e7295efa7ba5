import type { Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * What axe finds serious or critical on a page, one line each, begun by `name`. The page keeps axe:
 * to send it anew for each look, as @axe-core/playwright does, takes three times as long as looking.
 *
 * @param exclude CSS selectors of what is not looked at
 */
export async function seriousFaults(
  page: Page,
  name: string,
  exclude: readonly string[] = [],
): Promise<string[]> {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (left) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(
        { exclude: left.map((selector) => [selector]) },
        { resultTypes: ['violations'], iframes: false },
      ),
    exclude,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${name}: ${id} on ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary?.split('\n').at(-1)?.trim() ?? ''})`).join(' | ')}`,
    );
}
