import { act, type ReactNode } from 'react';
import { expect, test } from 'vitest';
import { useCommands } from '../../src/renderer/app/palette-entries.ts';
import { TermsDialog } from '../../src/renderer/app/dialogs.tsx';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { Related } from '../../src/renderer/features/asset/related.tsx';
import { viewOf } from '../../src/renderer/features/transfers/state-labels.ts';
import { texts } from '../../src/renderer/i18n/index.ts';
import { makeClient } from '../../src/renderer/contract/client.ts';
import { DeskProvider } from '../../src/renderer/state/context.tsx';
import { createApp, type AppContext } from '../../src/renderer/state/app.ts';
import type { AssetRow, AssetView } from '../../src/renderer/state/views.ts';
import { confirmTerms, downloadAsset } from '../../src/renderer/state/enqueue.ts';
import type { TransferRow } from '../../src/renderer/state/lists.ts';
import type { AppContract } from '../../src/shared/contract/index.ts';
import { ERROR_CODES } from '../../src/shared/errors.ts';
import { RIGHTS_STATES, embargoAcknowledgement } from '../../src/shared/model/rights.ts';
import { fakeBridge, type Answers, type FakeBridge } from '../support/fake-bridge.ts';
import { eventually } from '../support/eventually.ts';
import { testPage } from '../support/page.ts';

const page = testPage();
const UNTIL = new Date(2030, 10, 24, 17, 0).getTime();
const asset = (badges: AssetRow['badges'], more: Partial<AssetRow> = {}): AssetRow => ({
  id: 'a1',
  rev: 1,
  slug: 'LAKE',
  headline: 'Lake',
  description: '',
  publishedAt: 0,
  updatedAt: 0,
  durationMs: 1,
  location: '',
  countries: [],
  languages: [],
  topics: [],
  formats: [],
  frameRates: [],
  restrictions: [],
  embargoUntil: badges.includes('embargoed') ? UNTIL : null,
  expiresAt: null,
  badges,
  packages: [{ packageId: 'p1', label: 'HD', purpose: 'broadcast', bytes: 5 }],
  ...more,
});
const row = (rights: TransferRow['rights']): TransferRow => ({
  id: 't',
  assetId: 'a',
  packageId: 'p',
  title: 'Lake',
  label: 'HD',
  state: { phase: 'done' },
  receivedBytes: 5,
  totalBytes: 5,
  bytesPerSecond: 0,
  etaSeconds: null,
  filesDone: 3,
  filesTotal: 3,
  connections: 0,
  urgent: false,
  repair: false,
  limitBytesPerSecond: null,
  deadline: null,
  rights,
  addedAt: 0,
  finishedAt: 1,
});

let bridge: FakeBridge;

function makeDesk(
  language: 'en' | 'fr',
  entitlements: string[],
  answers: Answers = {},
): AppContext {
  bridge = fakeBridge({
    'settings.get': () => ({ rev: 1, language, housePurpose: 'broadcast' }),
    'account.get': () => ({
      rev: 1,
      status: 'signed-in',
      profile: { entitlements },
      sessionEnded: false,
      keychain: 'ok',
      pendingFlow: null,
    }),
    'transfers.enqueue': () => ({ ids: ['t1'] }),
    ...answers,
  });
  return createApp(
    makeClient<AppContract>(bridge),
    { version: '0', shell: 'desktop', platform: 'linux', mediaSuffix: '' },
    { name: 'catalogue' },
  );
}
async function show(desk: AppContext, node: ReactNode): Promise<void> {
  await page.render(<DeskProvider desk={desk}>{node}</DeskProvider>);
  await act(async () => eventually(() => expect(desk.account.getState().value).not.toBeNull()));
}

test('four states have four words, in badges, rows and errors, in both languages', () => {
  for (const language of ['en', 'fr'] as const) {
    const { badges, transfers, errors } = texts[language];
    const words = (state: (typeof RIGHTS_STATES)[number]) =>
      viewOf(row({ state, since: 1 }), { transfers, language, nowMs: 0 }).words;
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
      ({ transfers }) =>
        viewOf(row({ state: 'withdrawn', since: 1 }), { transfers, language: 'en', nowMs: 0 })
          .words,
    ),
  ).toEqual(['Withdrawn: do not use, delete copies', 'Retiré\u00a0: ne plus utiliser, supprimer']);
  expect(viewOf(row(null), { transfers: texts.en.transfers, language: 'en', nowMs: 0 }).words).toBe(
    'Ready, 3 of 3 files verified',
  );
});

test.each([
  ['en', 'Under embargo until 24 Nov 2030, 17:00'],
  ['fr', 'Sous embargo. Levée\u00a0: 24 nov. 2030, 17:00'],
] as const)(
  'an embargo is confirmed with its time before anything is queued (%s)',
  async (language, words) => {
    const consent = embargoAcknowledgement(UNTIL);
    const item = {
      assetId: 'a1',
      packageId: 'p1',
      title: 'Lake',
      bytes: 5,
      restrictionIds: [consent],
      embargoUntil: UNTIL,
      blocked: null,
      alreadyHere: false,
    };
    const desk = makeDesk(language, ['embargo-access'], {
      'transfers.plan': () => ({
        items: [item],
        totalBytes: 5,
        freeBytes: 9,
        etaSeconds: null,
        destination: '/d',
      }),
      'catalogue.asset': () => asset(['embargoed']),
    });
    await show(desk, <TermsDialog />);
    await act(async () => downloadAsset(desk, 'a1'));
    expect(bridge.calls.some(({ name }) => name === 'transfers.enqueue')).toBe(false);
    expect(document.querySelector('[role="dialog"], [role="alertdialog"]')?.textContent).toContain(
      words,
    );
    await act(async () => void (await confirmTerms(desk)));
    expect(
      bridge.calls.filter(({ name }) => name === 'transfers.enqueue').map(({ input }) => input),
    ).toEqual([{ packages: [{ assetId: 'a1', packageId: 'p1' }], acknowledge: [consent] }]);
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
          ['withdrawn', 'on-hold', 'expired'].includes(badges[0]) ? { packages: [] } : {},
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
    await show(makeDesk('en', [...entitlements]), <Commands />);
    expect(
      [...page.element.querySelectorAll('li')].some(({ textContent }) => textContent === 'queue'),
    ).toBe(isOffered);
  },
);

test('related footage says what stands in the way of using it', async () => {
  const relatedAssets = [
    asset(['withdrawn', 'here'], { id: 'a1' }),
    asset(['on-hold'], { id: 'a2' }),
    asset(['embargoed', 'restricted'], { id: 'a3' }),
    asset(['updated'], { id: 'a4' }),
  ];
  await show(
    makeDesk('en', []),
    <Related asset={{ relatedAssets, relatedArticles: [] } as unknown as AssetView} />,
  );
  expect(
    [...page.element.querySelectorAll('li')].map(
      ({ textContent }) => /(Withdrawn|On hold|Embargo).*$/u.exec(textContent)?.[0] ?? null,
    ),
  ).toEqual(['WithdrawnDownloaded', 'On hold', 'Embargo 24 Nov 2030, 17:00', null]);
});

test('the publisher’s reason does not take the place of what to do', async () => {
  const { asset: words } = texts.en;
  for (const [state, text] of [
    ['withdrawn', words.withdrawnText],
    ['on-hold', words.withheldText],
  ] as const) {
    await show(
      makeDesk('en', []),
      <PackageCard
        asset={
          {
            ...asset([state]),
            packageContents: [],
            statusNote: 'One shot is being checked.',
          } as unknown as AssetView
        }
      />,
    );
    expect(page.element.textContent).toContain('One shot is being checked.');
    expect(page.element.textContent).toContain(text);
  }
});
