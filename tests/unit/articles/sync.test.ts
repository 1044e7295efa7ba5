import { expect, test } from 'vitest';
import { Articles } from '../../../src/main/articles/articles.ts';
import type { ArticlesApi } from '../../../src/main/articles/ports.ts';
import { articlesOf, memoryLibrary } from '../../support/fakes/library.ts';

const unreachable = async (): Promise<never> => expect.unreachable();
test('a service that says there is more and does not go on is not asked without end', async () => {
  let asked = 0;
  const api: ArticlesApi = {
    changes: async () => (
      (asked += 1),
      { changes: [], cursor: 'same', hasMore: true, pollAfterSeconds: 60 }
    ),
    article: unreachable,
    picture: unreachable,
  };
  const articles = new Articles({
    api,
    store: articlesOf(memoryLibrary()),
    assets: async () => [],
    onChanged: () => undefined,
  });
  await expect(articles.sync()).rejects.toMatchObject({ code: 'service-error' });
  expect(asked).toBe(2);
});
