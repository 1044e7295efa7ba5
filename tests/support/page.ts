import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, vi } from 'vitest';

export type Page = {
  /** In the document; a new one for each test. */ readonly element: HTMLElement;
  render(node: ReactNode): Promise<void>;
};

/**
 * A page for the components of a test file, which goes with each test, as do globals that were
 * stubbed.
 */
export function testPage(): Page {
  let root: Root;
  let element: HTMLElement;
  beforeEach(() => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
    element = document.body.appendChild(document.createElement('div'));
    root = createRoot(element);
  });
  afterEach(async () => {
    await act(async () => root.unmount());
    element.remove();
    vi.unstubAllGlobals();
  });
  return {
    get element() {
      return element;
    },
    render: (node) => act(async () => root.render(node)),
  };
}
