import { Worker } from 'node:worker_threads';
import { AppError } from '../../shared/errors.ts';
import { demoServiceChannel, type DemoStart } from './channels.ts';
import { connect } from './rpc.ts';
import { workerFile } from './spawn.ts';

type DemoMail = {
  id: string;
  to: string;
  subject: string;
  text: string;
  receivedAt: string;
  code: string | null;
};
export type DemoService = Pick<DemoStart, 'url' | 'account'> & {
  messages(): Promise<DemoMail[]>;
  close(): Promise<void>;
};

/**
 * Starts the reference service and its mailbox in a thread, on two loopback ports.
 *
 * @throws `service-error`
 */
export async function startDemoService({
  dataDir,
  onError,
  onRebuilt = () => undefined,
}: {
  dataDir: string;
  onError(message: string): void;
  /** Called if its data was damaged and quarantined, and the demo was reset. */
  onRebuilt?(aside: string | null): void;
}): Promise<DemoService> {
  const worker = new Worker(workerFile('demo-service'), { workerData: { dataDir } });
  const client = connect(worker, demoServiceChannel);
  worker.on('error', (thrown: unknown) => {
    onError(
      `The thread of the demo ended: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
    client.close(
      new AppError('service-error', 'The demo has stopped. Restart the app.', {
        cause: thrown,
      }),
    );
  });
  let started;
  try {
    started = await client.api.start();
  } catch (thrown) {
    await worker.terminate();
    throw new AppError('service-error', 'The demo couldn’t be started', { cause: thrown });
  }
  const { url, mailboxUrl, account, rebuilt } = started;
  if (rebuilt) {
    onError(
      `The demo’s data was damaged (${rebuilt.aside === null ? 'missing' : `set aside as ${rebuilt.aside}`}). The demo was reset.`,
    );
    onRebuilt(rebuilt.aside);
  }
  return {
    url,
    account,
    async messages() {
      if (mailboxUrl === null) return [];
      const answer = (await (await fetch(`${mailboxUrl}/messages`)).json()) as {
        messages: DemoMail[];
      };
      return answer.messages.map(({ id, to, subject, text, receivedAt, code }) => ({
        id,
        to,
        subject,
        text,
        receivedAt,
        code,
      }));
    },
    async close() {
      await client.api.stop().catch(() => undefined);
      client.close();
      await worker.terminate();
    },
  };
}
