import type { Page } from '@playwright/test';

/** What the page hands over to be saved: where the file goes is asked by the shell. */
export async function savedDocuments(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const make = URL.createObjectURL.bind(URL);
    const blobs: Blob[] = [];
    Object.assign(globalThis, { saved: () => Promise.all(blobs.map((blob) => blob.text())) });
    URL.createObjectURL = (blob) => {
      blobs.push(blob as Blob);
      return make(blob);
    };
  });
  return () =>
    page.evaluate(() => (globalThis as unknown as { saved(): Promise<string[]> }).saved());
}
