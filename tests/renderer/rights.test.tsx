import { act, cleanup, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { useCommands } from '../../src/renderer/app/palette-entries.ts';
import { PlanDialog } from '../../src/renderer/features/plan/index.tsx';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { Related } from '../../src/renderer/features/asset/related.tsx';
import { describeState } from '../../src/renderer/state/transfer-labels.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import { downloadAsset } from '../../src/renderer/state/enqueue.ts';
import type { AssetRow, TransferRow } from '../../src/renderer/state/views.ts';
import { ERROR_CODES } from '../../src/shared/errors.ts';
import { RIGHTS_STATES, embargoAcknowledgement } from '../../src/shared/api/rights.ts';
import { makeApp } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import {
  accountView,
  assetRow,
  assetView,
  plan,
  plannedItem,
  profileView,
  transferRow,
} from '../support/views.ts';

const UNTIL = new Date(2030, 10, 24, 17, 0).getTime();
const asset = (badges: AssetRow['badges'], more: Partial<AssetRow> = {}): AssetRow =>
  assetRow({ badges, embargoUntil: badges.includes('embargoed') ? UNTIL : null, ...more });
const row = (rights: TransferRow['rights']) => transferRow({ rights });

/** An app with this account, and the page with `node` on it. */
async function show(
  node: ReactNode,
  { entitlements = [], language = 'en' }: { entitlements?: string[]; language?: 'en' | 'fr' } = {},
  answers: Answers = {},
) {
  const { app, bridge, render } = makeApp(
    {
      'account.get': () => accountView({ profile: profileView({ entitlements }) }),
      'transfers.enqueue': () => ({ ids: ['t1'] }),
      ...answers,
    },
    { language },
  );
  const page = await render(node);
  await waitFor(() => expect(app.account.getState().value).not.toBeNull());
  return { app, bridge, page };
}

test('four states have four words, in badges, rows and errors, in both languages', () => {
  for (const language of ['en', 'fr'] as const) {
    const { badges, transfers, errors, recalls } = texts[language];
    const words = (state: (typeof RIGHTS_STATES)[number]) =>
      describeState(row({ state, since: 1 }), { transfers, recalls, language, nowMs: 0 }).words;
    expect(
      new Set([badges.withdrawn, badges['on-hold'], badges.expired, badges.embargo]).size,
    ).toBe(4);
    expect(
      new Set([errors.withdrawn, errors['on-hold'], errors.expired, errors.embargoed]).size,
    ).toBe(4);
    expect(new Set(RIGHTS_STATES.map(words)).size).toBe(RIGHTS_STATES.length);
    expect(RIGHTS_STATES.map(words).filter((text) => text.length > 40)).toEqual([]);
    expect(
      ERROR_CODES.filter(
        (code) =>
          ['withdrawn', 'on-hold', 'expired', 'embargoed'].includes(code) &&
          transfers.reasons[code] === undefined,
      ),
    ).toEqual([]);
    const held = language === 'en' ? /withdraw|expire/iu : /retir|expir/iu;
    for (const text of [
      badges['on-hold'],
      errors['on-hold'],
      words('on-hold'),
      transfers.reasons['on-hold'] ?? '',
    ])
      expect(text).not.toMatch(held);
  }
  expect(
    [texts.en, texts.fr].map(
      ({ transfers, recalls }) =>
        describeState(row({ state: 'withdrawn', since: 1 }), {
          transfers,
          recalls,
          language: 'en',
          nowMs: 0,
        }).words,
    ),
  ).toEqual(['Withdrawn: do not use, delete copies', 'Retiré\u00a0: ne plus utiliser, supprimer']);
  expect(
    describeState(row(null), {
      transfers: texts.en.transfers,
      recalls: texts.en.recalls,
      language: 'en',
      nowMs: 0,
    }).words,
  ).toBe('Ready, 3 of 3 files verified');
});

test.each([
  ['en', 'Embargo, lifts 24 Nov 2030, 17:00'],
  ['fr', 'Embargo, levée\u00a0: 24 nov. 2030, 17:00'],
] as const)(
  'an embargo is confirmed with its time before anything is queued (%s)',
  async (language, words) => {
    const consent = embargoAcknowledgement(UNTIL);
    const item = plannedItem({ restrictionIds: [consent], embargoUntil: UNTIL });
    const { app, bridge } = await show(
      <PlanDialog target={{}} wanted={[{ assetId: 'a1', packageId: null }]} />,
      { entitlements: ['embargo-access'], language },
      { 'transfers.plan': () => plan([item]) },
    );
    await act(async () => void downloadAsset(app, 'a1'));
    expect(bridge.sent('transfers.enqueue')).toEqual([]);
    const dialog = await screen.findByRole('dialog');
    await waitFor(() => expect(dialog.textContent).toContain(words));
    expect(app.downloads.getState().planRequest?.wanted).toEqual([
      { assetId: 'a1', packageId: null },
    ]);
  },
);

test.each([
  [['withdrawn', 'here'], ['embargo-access'], false],
  [['on-hold'], [], false],
  [['expired'], [], false],
  [['embargoed'], [], false],
  [['embargoed'], ['embargo-access'], true],
  [['here'], [], true],
] as const)(
  'the palette offers to queue what may be: %s for %s is %s',
  async (badges, entitlements, isOffered) => {
    function Commands() {
      const { doing } = useCommands(
        'lake',
        asset(
          [...badges],
          ['withdrawn', 'on-hold', 'expired'].includes(badges[0])
            ? { packages: [] }
            : // As main judges it for an account that may not have it early.
              badges[0] === 'embargoed' && entitlements.length === 0
              ? { verdict: { decision: 'forbid', reasons: [] } }
              : {},
        ),
      );
      return (
        <ul>
          {doing.map(({ id }) => (
            <li key={id}>{id}</li>
          ))}
        </ul>
      );
    }
    await show(<Commands />, { entitlements: [...entitlements] });
    expect(screen.getAllByRole('listitem').some(({ textContent }) => textContent === 'queue')).toBe(
      isOffered,
    );
  },
);

test('related footage says what stands in the way of using it', async () => {
  const relatedAssets = [
    asset(['withdrawn', 'here'], { id: 'a1' }),
    asset(['on-hold'], { id: 'a2' }),
    asset(['embargoed', 'restricted'], { id: 'a3' }),
    asset(['updated'], { id: 'a4' }),
  ];
  await show(<Related asset={assetView({ relatedAssets })} />);
  expect(
    screen
      .getAllByRole('listitem')
      .map(({ textContent }) => /(Withdrawn|On hold|Embargo).*$/u.exec(textContent)?.[0] ?? null),
  ).toEqual(['WithdrawnDownloaded', 'On hold', 'Embargo 24 Nov 2030, 17:00', null]);
});

test('the publisher’s reason does not take the place of what to do', async () => {
  const { asset: words } = texts.en;
  for (const [state, text] of [
    ['withdrawn', words.withdrawnText],
    ['on-hold', words.onHoldText],
  ] as const) {
    const { page } = await show(
      <PackageCard
        asset={assetView({ ...asset([state]), statusNote: 'One shot is being checked.' })}
      />,
    );
    expect(page.textContent).toContain('One shot is being checked.');
    expect(page.textContent).toContain(text);
    cleanup();
  }
});
