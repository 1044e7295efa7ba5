import { Worker } from 'node:worker_threads';
import { connectRpc } from '../workers/rpc.ts';
import { workerFile } from './worker-file.ts';

export type DemoMail = { id: string; to: string; subject: string; text: string; receivedAt: string; code: string | null };
export type DemoService = { url: string; messages(): Promise<DemoMail[]>; close(): Promise<void> };
type Methods = { start(): { url: string; mailboxUrl: string | null }; stop(): void };

/** The reference service inside the app, in a thread of its own, with its mailbox; both on loopback ports of their own. */
export async function startDemoService(options: { dataDir: string }): Promise<DemoService> {
  const worker = new Worker(workerFile('service'), { workerData: options });
  const client = connectRpc<Methods>(worker);
  const { url, mailboxUrl } = await client.api.start();
  return {
    url,
    async messages() {
      if (mailboxUrl === null) return [];
      const answer = (await (await fetch(`${mailboxUrl}/messages`)).json()) as { messages: DemoMail[] };
      return answer.messages.map(({ id, to, subject, text, receivedAt, code }) => ({ id, to, subject, text, receivedAt, code }));
    },
    async close() {
      await client.api.stop();
      client.close();
      await worker.terminate();
    },
  };
}
