import path from 'node:path';
import { startService } from '../../../src/service/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Tests of what a hash costs set the real one. */
export const CHEAP = { N: 16, r: 1, p: 1 };
export const PASSWORD = 'Quiet-Harbour7';
export const demoDir = path.resolve(import.meta.dirname, '../../../assets/demo');

export type Mail = { subject: string; code: string | null; text: string };
export type DemoService = Awaited<ReturnType<typeof startService>> & {
  /** Waits for a mail to an address that was not there before. */
  nextMail(to: string): Promise<Mail>;
};

/** The reference service with its demo content, in this process, on ports of its own. */
export async function startDemo(
  options: Partial<Parameters<typeof startService>[0]> = {},
): Promise<DemoService> {
  const service = await startService({
    dataDir: temporaryFolder(),
    demoDir,
    seed: 'demo',
    limits: 'normal',
    scryptCost: CHEAP,
    ...options,
  });
  const seen = new Map<string, number>();
  return {
    ...service,
    async nextMail(to) {
      const before = seen.get(to) ?? 0;
      for (let tries = 0; tries < 600; tries += 1) {
        const answer = await fetch(`${service.mailboxUrl}/messages?to=${encodeURIComponent(to)}`);
        const { messages } = (await answer.json()) as { messages: Mail[] };
        const newest = messages[0];
        if (newest && messages.length > before) {
          seen.set(to, messages.length);
          return newest;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no new mail for ${to}`);
    },
  };
}
