import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { AssetTabs } from '../../src/renderer/features/asset/asset-tabs.tsx';
import { ChosenPackage } from '../../src/renderer/features/asset/chosen-package.tsx';
import { PackageCard } from '../../src/renderer/features/asset/package-card.tsx';
import { Shotlist } from '../../src/renderer/features/asset/shotlist.tsx';
import { AppError, type ErrorCode } from '../../src/shared/errors.ts';
import type { AssetView } from '../../src/renderer/state/views.ts';
import { makeApp } from '../support/app.tsx';
import type { Answers } from '../support/fake-bridge.ts';
import { accountView, assetRow, assetView, packageFile, packageOffer } from '../support/views.ts';

const SCRIPT = packageFile({
  fileId: 'fil_script',
  role: 'script',
  path: 'AUR_script_EN.txt',
  mediaType: 'text/plain',
  language: 'en',
  bytes: 690,
  isText: true,
});
const MADE = packageFile({
  fileId: 'ninjs',
  role: 'metadata',
  path: 'AUR_ninjs.json',
  bytes: null,
  isMade: true,
  isText: true,
});
const RULE = {
  id: 'rst_1',
  kind: 'editorial' as const,
  mode: 'allow' as const,
  values: ['news'],
  note: 'News only: buildings aren’t cleared for advertising',
};
const asset = assetView({
  id: 'ast_1',
  packageContents: [
    packageOffer({
      components: [
        packageFile(),
        packageFile({ fileId: 'fil_proxy', path: 'AUR_proxy.mp4', bytes: null }),
        SCRIPT,
        MADE,
      ],
    }),
    packageOffer({
      packageId: 'pkg_2',
      label: 'Web 360p',
      purpose: 'web',
      components: [SCRIPT],
    }),
  ],
});
const text = (more: object = {}) => ({
  kind: 'text' as const,
  text: 'Nobody talks.\n<b>Not bold</b>',
  bytes: 690,
  from: 'source' as const,
  vouched: 'signed' as const,
  ...more,
});

async function open(answers: Answers = {}, of: AssetView = asset, language: 'en' | 'fr' = 'en') {
  const opened = makeApp(
    { 'account.get': () => accountView(), 'transfers.find': () => null, ...answers },
    { language },
  );
  const page = await opened.render(
    <ChosenPackage>
      <AssetTabs asset={of} onPlay={() => undefined} />
      <PackageCard asset={of} />
    </ChosenPackage>,
  );
  await opened.user.click(screen.getByRole('tab', { name: /^(?:Files|Fichiers)/u }));
  return { ...opened, page };
}
const rows = (): string[][] =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) =>
      Array.from(row.querySelectorAll('th, td'), ({ textContent }) =>
        textContent.replaceAll('\u202f', '\u00a0'),
      ),
    );

test.each([
  [
    'en',
    [
      ['AUR-26-1147_1080i50.mov', 'Video', '', '2.0\u00a0GB'],
      ['AUR_proxy.mp4', 'Preview', '', 'not stated'],
      ['AUR_script_EN.txt', 'Script', 'English', '690\u00a0B'],
      ['AUR_ninjs.json', 'Metadata', '', 'written here'],
    ],
  ],
  [
    'fr',
    [
      ['AUR-26-1147_1080i50.mov', 'Vidéo', '', '2,0\u00a0Go'],
      ['AUR_proxy.mp4', 'Aperçu', '', 'non indiquée'],
      ['AUR_script_EN.txt', 'Script', 'Anglais', '690\u00a0o'],
      ['AUR_ninjs.json', 'Métadonnées', '', 'écrit ici'],
    ],
  ],
] as const)(
  'every file of the package with what it is and its size (%s)',
  async (language, listed) => {
    await open({}, asset, language);
    expect(rows()).toEqual(listed);
    expect(screen.getByRole('tab', { name: /^(?:Files|Fichiers)/u }).textContent).toContain('4');
  },
);

test('the list follows the package that is chosen', async () => {
  const { user } = await open();
  await user.click(screen.getByRole('radio', { name: /Web 360p/u }));
  expect(rows()).toEqual([['AUR_script_EN.txt', 'Script', 'English', '690\u00a0B']]);
  expect(screen.getByRole('table', { name: 'Files of Web 360p' })).toBeTruthy();
});

test('a text is opened by keys, shown as it is and copied; film can’t be opened', async () => {
  const asked = vi.fn<NonNullable<Answers['catalogue.file-text']>>(() => text());
  const { user } = await open({ 'catalogue.file-text': asked });
  expect(screen.queryByRole('button', { name: /1080i50/u })).toBeNull();
  const name = screen.getByRole('button', { name: 'AUR_script_EN.txt' });
  expect(name.getAttribute('aria-expanded')).toBe('false');
  act(() => name.focus());
  await user.keyboard('{Enter}');
  const shown = await screen.findByLabelText('AUR_script_EN.txt');
  expect(shown.textContent).toBe('Nobody talks.\n<b>Not bold</b>');
  expect(shown.querySelector('b')).toBeNull();
  expect(shown.tabIndex).toBe(0);
  expect(asked).toHaveBeenCalledExactlyOnceWith({
    assetId: 'ast_1',
    packageId: 'pkg_1',
    fileId: 'fil_script',
    confirmed: [],
  });
  expect(
    screen.getByText(/From the source, not downloaded · matches the signed list/u),
  ).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Copy' }));
  expect(await navigator.clipboard.readText()).toBe('Nobody talks.\n<b>Not bold</b>');
  await user.click(name);
  expect(screen.queryByLabelText('AUR_script_EN.txt')).toBeNull();
});

const refused = (code: ErrorCode) => (): never => {
  throw new AppError(code, 'refused');
};
test.each([
  ['signed-out', 'Sign in to read files of packages that aren’t downloaded.'],
  ['offline', 'You’re offline. What’s saved on this computer still works.'],
  ['hash-mismatch', /^The file is damaged, so it isn’t shown\./u],
  ['embargoed', /^Under embargo: files aren’t shown/u],
  ['withdrawn', 'Withdrawn by the publisher. Do not use it.'],
  ['territory-restricted', 'Not cleared for your territory.'],
  ['timeout', 'The file didn’t come in time. Try again.'],
] as const)('what keeps a text from being read is said: %s', async (code, words) => {
  let answer: () => ReturnType<typeof text> = refused(code);
  const { user } = await open({ 'catalogue.file-text': () => answer() });
  await user.click(screen.getByRole('button', { name: 'AUR_script_EN.txt' }));
  expect(await screen.findByText(words)).toBeTruthy();
  answer = () => text();
  await user.click(screen.getByRole('button', { name: 'Retry' }));
  expect(await screen.findByText(/Nobody talks/u)).toBeTruthy();
});

test.each([
  [
    { kind: 'too-large', bytes: 9_000_000 },
    'Too large to read here. Download the package to open it.',
  ],
  [{ kind: 'not-text' }, 'This isn’t a text. Download the package to open it.'],
] as const)('%j is said', async (answer, words) => {
  const { user } = await open({ 'catalogue.file-text': () => answer });
  await user.click(screen.getByRole('button', { name: 'AUR_ninjs.json' }));
  expect(await screen.findByText(words)).toBeTruthy();
});

test('restrictions are confirmed once, with the words that were shown', async () => {
  const asked: unknown[] = [];
  const { verdict } = assetRow({ restrictions: [RULE] });
  const { user } = await open(
    {
      'catalogue.file-text': (input: { confirmed: unknown[] }) => {
        asked.push(input.confirmed);
        return input.confirmed.length === 0 ? refused('restriction-unacknowledged')() : text();
      },
    },
    { ...asset, restrictions: [RULE], verdict },
  );
  await user.click(screen.getByRole('button', { name: 'AUR_script_EN.txt' }));
  const confirm = await screen.findByRole('button', { name: 'Confirm and read' });
  const [said] = Array.from(
    document.querySelectorAll('[role="status"] span'),
    (span) => span.textContent,
  );
  await user.click(confirm);
  expect(await screen.findByText(/Nobody talks/u)).toBeTruthy();
  const { id: _id, ...rule } = RULE;
  const confirmed = [{ id: verdict.reasons[0]?.acknowledge, text: said, rule }];
  expect(asked).toEqual([[], confirmed]);
  await user.click(screen.getByRole('button', { name: 'AUR_ninjs.json' }));
  await waitFor(() => expect(asked.at(-1)).toEqual(confirmed));
});

test('without a package there is no file', async () => {
  await open({}, assetView({ id: 'ast_1' }));
  expect(screen.getByText('No files to show.')).toBeTruthy();
});

test('a shot has its type, its place and its language in words', async () => {
  const { render } = makeApp({}, { language: 'fr' });
  const shot = {
    n: 1,
    in: '10:00:00:00',
    out: null,
    startMs: 0,
    durationMs: 1000,
    text: 'Le lac',
    restrictionIds: [],
  };
  const page = await render(
    <Shotlist
      asset={assetView({
        location: 'Val d’Auren, Suisse',
        shotlist: [
          { ...shot, type: 'wide', location: 'Lac Auren', language: 'de' },
          { ...shot, n: 2, type: 'crane', language: 'und' },
          { ...shot, n: 3 },
          { ...shot, n: 4, location: 'Port de Marren, Suisse' },
          { ...shot, n: 5, location: 'Marren, Singapour' },
        ],
      })}
      current={null}
      frames={new Map()}
      onJump={() => undefined}
    />,
  );
  const [first, second, third, fourth, fifth] = within(page).getAllByRole('listitem');
  expect(first?.textContent).toContain('Le lacPlan large · Allemand · Lac Auren');
  expect(second?.textContent?.endsWith('Le lacCrane')).toBe(true);
  expect(third?.textContent?.endsWith('Le lac')).toBe(true);
  // The country of the asset’s own place stands above.
  expect(fourth?.textContent?.endsWith('Le lacPort de Marren')).toBe(true);
  expect(fifth?.textContent?.endsWith('Le lacMarren, Singapour')).toBe(true);
});

test.each([
  [
    {
      descriptionText: 'Divers read a board.',
      scriptHtml: '<p>Nobody talks.</p>',
      scriptText: 'Nobody talks.',
    },
    'SynopsisDivers read a board.ScriptNobody talks.',
  ],
  [
    {
      descriptionText: 'Nobody talks.',
      scriptHtml: '<p>Nobody talks.</p>',
      scriptText: 'Nobody talks.',
    },
    'Nobody talks.',
  ],
  [{ descriptionText: 'Divers read a board.' }, 'SynopsisDivers read a board.No script.'],
  [{}, 'No script.'],
])('the synopsis is read before the script: %j', async (texts, shown) => {
  const { render } = makeApp({});
  await render(<AssetTabs asset={assetView(texts)} onPlay={() => undefined} />);
  expect(screen.getByRole('tabpanel').textContent).toBe(shown);
});
