import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Services, Application } from '../../../src/main/app/services.ts';
import { resolveTarget } from '../../../src/main/app/resolve-target.ts';
import type { ContentAsset, ContentSource } from '../../../src/service/content/library.ts';
import { PLATFORMS } from '../../../src/shared/api/rights.ts';
import { fromWire, toWire } from '../../../src/shared/errors.ts';
import { asset, fixtureContent } from '../../contract/support/fixture.ts';
import { invoke, openApplication } from '../../support/app/application.ts';
import { NOW, RIGHTS_TABLE, type RightsRow } from '../../support/rights-table.ts';
import { startDemo, type DemoService } from '../../support/service/demo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/*
 * The page (its plan), the command line (`desk get`) and the service are asked about the same assets
 * for the same newsrooms, and give the same answer, which is that of the table.
 */

const minutes = (ms: number): number => (ms - NOW) / 60_000;
const isDated = (value: string | undefined): boolean => /^\d{4}-/u.test(value ?? '');
const shotsOf = ({ shots = [1, 2, 3, 4, 5, 6] }: RightsRow['facts']): readonly number[] => shots;

/** Rows that an account with access to embargoes can put to a service, for whole packages. */
const ROWS = RIGHTS_TABLE.filter(
  ({ facts, asker }) =>
    asker.shots === null &&
    asker.profile.territory !== null &&
    asker.profile.platforms.length > 0 &&
    asker.profile.holdsUnderEmbargo &&
    (asker.mayTakeEarly || facts.embargoUntil === null || facts.embargoUntil <= NOW) &&
    facts.restrictions.every(
      ({ kind, values, shots = [] }) =>
        (kind !== 'time' || (values.length === 1 && isDated(values[0]))) &&
        // The service says with each shot what restricts it.
        shots.every((shot) => shotsOf(facts).includes(shot)),
    ),
);

const idOf = (row: RightsRow): string => `ast_row${RIGHTS_TABLE.indexOf(row)}`;
function assetOf(row: RightsRow): ContentAsset {
  const id = idOf(row);
  const { pubStatus, expiresAt, embargoUntil, restrictions } = row.facts;
  const [shot] = asset(id).shotlist;
  return asset(id, {
    pubStatus,
    publishedMin: -2 * 24 * 60,
    ...(expiresAt === null ? {} : { expiresMin: minutes(expiresAt) }),
    ...(embargoUntil === null ? {} : { embargoUntilMin: minutes(embargoUntil) }),
    restrictions: restrictions.map(({ kind, mode, values }, n) => ({
      id: `rst_${id}_${n}`,
      kind,
      mode,
      values: kind === 'time' ? [] : [...values],
      ...(kind === 'time' ? { notAfterMin: minutes(Date.parse(values[0] ?? '')) } : {}),
      note: { en: `Rule ${n}` },
    })),
    shotlist: shot
      ? shotsOf(row.facts).map((n) => ({
          ...shot,
          n,
          restrictionIds: restrictions.flatMap(({ shots }, i) =>
            shots?.includes(n) === true ? [`rst_${id}_${i}`] : [],
          ),
        }))
      : [],
  });
}

let service: DemoService;
let application: Application;
let services: Services;
let token: string;
const packages = new Map<string, string>();

beforeAll(async () => {
  const source: ContentSource = { ...fixtureContent(), assets: ROWS.map((row) => assetOf(row)) };
  for (const { id, packages: own } of source.assets) packages.set(id, own[0]?.id ?? '');
  service = await startDemo({ limits: 'relaxed', content: source });
  const home = temporaryFolder();
  application = await openApplication(home, { serviceUrl: service.url });
  services = application.services;
  await invoke(application, 'settings.set', { destination: home });
  await invoke(application, 'account.sign-in', service.demoAccount);
  await invoke(application, 'library.sync');
  const session = await post('/v1/sessions', {
    ...service.demoAccount,
    device: { name: 'x', platform: 'x', appVersion: '1' },
  });
  token = String(session.body['accessToken']);
});
afterAll(async () => {
  await application.close();
  await service.close();
});

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, string | string[] | undefined>,
  };
}

type Answer = { decision: 'allow' | 'ask' | 'forbid'; why: string[] };
const allow: Answer = { decision: 'allow', why: [] };
const ask = (ids: readonly string[]): Answer => ({
  decision: 'ask',
  why: ids.map((id) => id.replace(/^embargo:.*/u, 'embargo')).toSorted(),
});
const forbid = (kind: string): Answer => ({ decision: 'forbid', why: [kind] });

async function askPage(id: string): Promise<Answer> {
  const { items } = await invoke(application, 'transfers.plan', {
    assetIds: [id],
    profile: 'broadcast',
  });
  const { blocked = null, restrictionIds = [] } = items[0] ?? {};
  if (blocked !== null) return forbid(blocked);
  return restrictionIds.length > 0 ? ask(restrictionIds) : allow;
}

const CODES: Record<string, string> = {
  'territory-restricted': 'territory',
  'platform-restricted': 'platform',
};
async function askCommand(id: string): Promise<Answer> {
  try {
    await resolveTarget(services, id, 'broadcast', []);
    return allow;
  } catch (thrown) {
    const { code, detail } = fromWire(toWire(thrown));
    return detail.restrictionIds ? ask(detail.restrictionIds) : forbid(CODES[code] ?? code);
  }
}

async function askService(id: string, { asker: { profile } }: RightsRow): Promise<Answer> {
  const { status, body } = await post(
    '/v1/downloads',
    {
      packageId: packages.get(id),
      rev: 1,
      newsroom: { territory: profile.territory, platforms: profile.platforms },
    },
    { authorization: `Bearer ${token}` },
  );
  if (status === 201) return allow;
  if (body['restrictionIds']) return ask(body['restrictionIds'] as string[]);
  const name = String(body['type']).split('/').at(-1) ?? '';
  return forbid((body['unavailable'] ?? CODES[name] ?? name).toString());
}

/** What the table says of a download. */
function expectedOf(row: RightsRow): Answer {
  const reasons = row.expected.queue.split(' ').filter(Boolean);
  const [forbids] = reasons.filter((reason) => reason.startsWith('!'));
  if (forbids !== undefined) return forbid(forbids.slice(1));
  const asks = reasons.filter((reason) => reason.startsWith('?'));
  if (asks.length === 0) return allow;
  const ids = row.facts.restrictions
    .map(({ kind }, n) => ({ kind, id: `rst_${idOf(row)}_${n}` }))
    .filter(
      ({ kind }) => asks.includes(`?${kind}`) || (kind === 'time' && asks.includes('?expired')),
    )
    .map(({ id }) => id);
  return ask([...ids, ...(asks.includes('?embargo') ? ['embargo'] : [])]);
}

describe('page, command line and service agree with the table', () => {
  test('on most of its rows', () => {
    expect(ROWS.length).toBeGreaterThan(60);
  });

  test.each(ROWS)('$name', async (row) => {
    const { territory, platforms } = row.asker.profile;
    await invoke(application, 'settings.set', {
      territory,
      platforms: PLATFORMS.filter((one) => platforms.includes(one)),
    });
    const id = idOf(row);
    const expected = expectedOf(row);
    expect({
      page: await askPage(id),
      command: await askCommand(id),
      service: await askService(id, row),
    }).toEqual({ page: expected, command: expected, service: expected });
  });
});
