import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DEMO_ACCOUNT } from '../../src/service/accounts/demo-account.ts';
import { openApplication } from '../support/app/application.ts';
import { startDemo } from '../support/service/demo.ts';
import { median } from './contest.ts';

const ASSETS = 2500;
const AT_ONCE = 500;
const ROUNDS = 5;

/**
 * From the command that queues 500 packages to the answer, and to the list that has the last of
 * them; main and its threads, without a page.
 */
export async function measureEnqueue(folder: string): Promise<string> {
  const service = await startDemo({ seed: `bench:${ASSETS}` });
  const home = path.join(folder, 'enqueue');
  await mkdir(home, { recursive: true });
  const application = await openApplication(home, { serviceUrl: service.url });
  const call = async <T>(name: string, input?: unknown): Promise<T> => {
    const answer = await application.invoke(name, { isTrusted: true }, input);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.code} ${answer.error.message}`);
    return answer.value as T;
  };
  try {
    await call('settings.set', { destination: path.join(home, 'to') });
    await call('account.sign-in', DEMO_ACCOUNT);
    await call('library.sync');
    await call('transfers.pause-all', { paused: true });
    const { ids } = await call<{ ids: string[] }>('catalogue.ids', {
      text: '',
      sort: 'newest',
    });
    const [answered, listed]: number[][] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const { items } = await call<{ items: { assetId: string; packageId: string }[] }>(
        'transfers.plan',
        { assetIds: ids.slice(round * AT_ONCE, (round + 1) * AT_ONCE), purpose: 'web' },
      );
      const startedAt = performance.now();
      await call('transfers.enqueue', {
        packages: items.map(({ assetId, packageId }) => ({ assetId, packageId })),
        acknowledge: [],
      });
      answered?.push(performance.now() - startedAt);
      const { total } = await call<{ total: number }>('transfers.list', {
        tab: 'all',
        range: { offset: (round + 1) * AT_ONCE - 30, count: 60 },
      });
      if (total < (round + 1) * AT_ONCE) throw new Error(`${total} are queued`);
      listed?.push(performance.now() - startedAt);
    }
    return `Queuing ${AT_ONCE} packages took ${median(answered ?? []).toFixed(0)} ms to the answer, ${median(listed ?? []).toFixed(0)} ms to the list with the last of them (median of ${ROUNDS}).`;
  } finally {
    await application.close();
    await service.close();
  }
}
