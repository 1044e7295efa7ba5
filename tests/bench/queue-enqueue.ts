import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DEMO_ACCOUNT } from '../../src/service/accounts/demo-account.ts';
import { invoke, openApplication } from '../support/app/application.ts';
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
  try {
    await invoke(application, 'settings.set', { destination: path.join(home, 'to') });
    await invoke(application, 'account.sign-in', DEMO_ACCOUNT);
    await invoke(application, 'library.sync');
    await invoke(application, 'transfers.pause-all', { paused: true });
    const { ids } = await invoke(application, 'catalogue.ids', {
      text: '',
      sort: 'newest',
    });
    const [answered, listed]: number[][] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const { items } = await invoke(application, 'transfers.plan', {
        assetIds: ids.slice(round * AT_ONCE, (round + 1) * AT_ONCE),
        profile: 'web',
      });
      const startedAt = performance.now();
      await invoke(application, 'transfers.enqueue', {
        packages: items.map(({ assetId, packageId }) => ({ assetId, packageId })),
        acknowledge: [],
      });
      answered?.push(performance.now() - startedAt);
      const { total } = await invoke(application, 'transfers.list', {
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
