import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, type OpenedSession } from '../../support/app/session.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let service: DemoService;
const sessions = new Map<'en' | 'fr', OpenedSession>();

beforeAll(async () => {
  service = await startDemo({ limits: 'relaxed' });
  for (const language of ['en', 'fr'] as const) {
    const session = openSession({
      home: temporaryFolder(),
      origin: service.url,
      language: () => language,
    });
    await session.sync();
    sessions.set(language, session);
  }
});
afterAll(async () => {
  for (const session of sessions.values()) await session.close();
  await service.close();
});

async function served(q: string): Promise<string[]> {
  const response = await fetch(
    `${service.url}/v1/catalogue/assets?${new URLSearchParams({ q, limit: '100' })}`,
  );
  const { items } = (await response.json()) as { items: { id: string }[] };
  return items.map(({ id }) => id).toSorted();
}
const held = async (language: 'en' | 'fr', text: string): Promise<string[]> =>
  ((await sessions.get(language)?.catalogue.ids({ text, sort: 'newest' })) ?? []).toSorted();

describe('the service finds what the library finds, in either language', () => {
  // At least and at most so many, of which the demo has 27.
  test.each<[string, number, number]>([
    ['', 24, 100],
    ['otters', 1, 5],
    ['loutres', 1, 5],
    ['"lower river"', 1, 5],
    ['loutres OR ville', 1, 20],
    ['harbour OR glacier', 1, 20],
    ['country:NL', 1, 20],
    ['pays:Pays-Bas,Italie type:edited', 1, 20],
    ['-country:NL,IT', 1, 26],
    ['type:b-roll', 1, 20],
    ['type:soundbites OR type:b-roll', 1, 26],
    ['lang:nl has:soundbite', 1, 20],
    ['-has:soundbite', 1, 20],
    ['format:1080i50', 1, 26],
    ['format:1080i50 -format:1080p25', 1, 26],
    ['fps:29.97', 1, 20],
    ['topic:"Rivers and lakes"', 1, 20],
    ['sujet:faune', 1, 20],
    ['rights:none', 1, 26],
    ['rights:territory,platform', 1, 20],
    ['speaker:"van der Lende"', 1, 5],
    ['place:Lenderveen OR title:tide', 1, 20],
    ['duration:<0:05', 0, 26],
    ['duration:>0:05 country:NL', 0, 26],
    ['date:7d', 1, 26],
    ['before:2020', 0, 0],
    ['after:2020 -date:7d', 1, 26],
    ['nowhere country:NL', 0, 0],
    ['otters duraton:<5', 1, 5],
  ])('%s', async (text, least, most) => {
    const ids = await served(text);
    expect(ids.length).toBeGreaterThanOrEqual(least);
    expect(ids.length).toBeLessThanOrEqual(most);
    expect(await held('en', text)).toEqual(ids);
    expect(await held('fr', text)).toEqual(ids);
  });
});
