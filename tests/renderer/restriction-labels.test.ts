import { expect, test } from 'vitest';
import { texts } from '../../src/renderer/i18n/index.ts';
import { restrictionLabel } from '../../src/renderer/state/asset-labels.ts';
import type { AssetView } from '../../src/renderer/state/views.ts';

type Restriction = AssetView['restrictions'][number];
const rule = (more: Partial<Restriction>): Restriction => ({
  id: 'rst_1',
  kind: 'territory',
  mode: 'deny',
  values: ['CA'],
  note: '',
  ...more,
});
const social = { kind: 'platform', values: ['social'] } as const;

test.each<['en' | 'fr', Partial<Restriction>, string]>([
  ['en', { note: 'Shot 6: no use in Canada (drone)' }, 'Shot 6: no use in Canada (drone)'],
  ['fr', { note: 'Plan 6 : pas d’utilisation au Canada' }, 'Plan 6 : pas d’utilisation au Canada'],
  ['en', { ...social, values: [...social.values], note: 'No social media' }, 'No social media'],
  [
    'en',
    {
      kind: 'platform',
      mode: 'allow',
      values: ['broadcast', 'online'],
      note: 'Broadcast and online only, no print',
    },
    'Broadcast and online only, no print',
  ],
  // A note that gives the reason only, or names the place without forbidding it.
  ['en', { note: 'Third-party footage' }, 'Not in Canada. Third-party footage'],
  [
    'en',
    { note: 'Filmed in Canada by Moraine Air' },
    'Not in Canada. Filmed in Canada by Moraine Air',
  ],
  ['en', { note: 'Filmed in Canada. No resale' }, 'Not in Canada. Filmed in Canada. No resale'],
  ['en', { mode: 'allow', note: 'No use in Canada' }, 'Only in Canada. No use in Canada'],
  [
    'en',
    { values: ['CA', 'US'], note: 'No use in Canada' },
    'Not in Canada, United States. No use in Canada',
  ],
  // The date is in the values alone.
  [
    'en',
    { kind: 'time', values: ['2026-11-30T12:00:00Z'], note: 'No use after the date given' },
    'Not after 30 Nov 2026. No use after the date given',
  ],
  ['en', { kind: 'archive', values: [], note: 'No archive use' }, 'No archive use'],
])('%s: %o reads “%s”', (language, more, shown) => {
  expect(restrictionLabel(rule(more), texts[language], language)).toBe(shown);
});
