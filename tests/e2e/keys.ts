import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures.ts';

type Role = Parameters<Page['getByRole']>[0];

/** More stops than any page of the app has on the way to a control. */
const MOST_STOPS = 90;

/** What has the focus, in words for a failed test: role or element, then the name. */
const inFocus = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return 'nothing';
    const labels = (element as HTMLInputElement).labels?.[0]?.textContent;
    return `${element.getAttribute('role') ?? element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? labels ?? element.textContent ?? '').trim().slice(0, 40)}”`;
  });

/**
 * An outline on the control, on the box around it or on what is drawn in its place. A heading or a
 * page that is only a place to begin shows none.
 */
const isSeen = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    if (
      /^(H1|H2|MAIN|SECTION)$/.test(element.tagName) ||
      /^(alert)?dialog$/.test(element.role ?? '')
    )
      return element.tabIndex === -1;
    const group = element.closest('label, [role="group"]') ?? element.parentElement ?? element;
    return [group, ...group.querySelectorAll('*')].some((item) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(item);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
    });
  });

/**
 * A person without a mouse: keys alone. After each step something has the focus, and one sees what.
 */
export class Keys {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  focused(role: Role, name: string | RegExp): Locator {
    return this.page.getByRole(role, { name, exact: true }).and(this.page.locator(':focus'));
  }

  /**
   * The focus is on this, without a key being pressed for it: where a screen begins, and where one
   * is left after a step.
   */
  async begins(role: Role, name: string | RegExp): Promise<void> {
    await expect(this.focused(role, name), `the focus is on ${role} “${String(name)}”`)
      .toHaveCount(1)
      .catch(async (error: unknown) => {
        throw new Error(
          `the focus is on ${await inFocus(this.page)} and not on ${role} “${String(name)}”`,
          { cause: error },
        );
      });
    await this.check();
  }

  /**
   * @param key Tab, or Shift+Tab to go back. @throws with all that was met when it cannot be
   * reached.
   */
  async to(role: Role, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await this.#go(
      this.page.getByRole(role, { name, exact: true }),
      `${role} “${String(name)}”`,
      key,
    );
  }

  /** By the shortcut that the sheet names. */
  async goToAccount(): Promise<void> {
    // A letter typed in a field goes nowhere: what leaves one is waited for.
    await expect(this.page.locator('input:focus')).toHaveCount(0);
    // One over a dialog that is just closing goes nowhere either.
    await expect(this.page.getByRole('dialog')).toHaveCount(0);
    await this.page.keyboard.press('g');
    await this.page.keyboard.press('a');
    await this.check();
  }

  /** Goes there and presses. */
  async press(role: Role, name: string | RegExp, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await this.to(role, name);
    await this.page.keyboard.press(key);
  }

  /** Goes to the field and types in place of what stands there. */
  async fill(name: string, text: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await this.toField(name, key);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.type(text);
  }

  /** A password field has no role, so it is found by its label. */
  async toField(label: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await this.#go(this.field(label), `the field “${label}”`, key);
  }

  async #go(target: Locator, words: string, key: string): Promise<void> {
    // What is about to come is waited for first: then it is on the way.
    await expect(target.first()).toBeVisible();
    const wanted = target.and(this.page.locator(':focus'));
    for (let stops = 0; (await wanted.count()) === 0; stops += 1) {
      if (stops > MOST_STOPS)
        throw new Error(`${words} was not reached by ${key}; met: ${await this.#stops(key)}`);
      await this.page.keyboard.press(key);
    }
    await this.check();
  }

  async #stops(key: string): Promise<string> {
    const met = new Set<string>();
    for (let stops = 0; stops <= MOST_STOPS; stops += 1) {
      await this.page.keyboard.press(key);
      met.add(await inFocus(this.page));
    }
    return Array.from(met).join(', ');
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true }).and(this.page.locator('input'));
  }

  /** The field has the focus, and what is wrong with it is said as a part of it. */
  async isFaulty(label: string, error: string): Promise<void> {
    await expect(this.field(label)).toBeFocused();
    await this.hasFault(label, error);
  }

  async hasFault(label: string, error: string): Promise<void> {
    await expect(this.field(label)).toHaveAttribute('aria-invalid', 'true');
    await expect(this.field(label)).toHaveAccessibleDescription(
      new RegExp(error.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)),
    );
  }

  /** Something has the focus, and it is seen. Waits for a page that is about to come. */
  async check(): Promise<void> {
    await expect
      .poll(
        () =>
          this.page.evaluate(
            () => document.activeElement !== document.body && document.activeElement !== null,
          ),
        { message: 'something has the focus' },
      )
      .toBe(true);
    await expect
      .poll(async () => ((await isSeen(this.page)) ? 'seen' : inFocus(this.page)), {
        message: 'the focus is seen',
      })
      .toBe('seen');
  }
}
