import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choiceText, noneFits, ruleText } from '../../../src/shared/model/format-text.ts';
import {
  choosePackage,
  fittingPackage,
  houseProfile,
  OPEN_RULE,
  OTHERWISE,
  profileOf,
  PURPOSES,
  SCANS,
  type FormatProfile,
  type FormatRule,
  type RenditionFacts,
} from '../../../src/shared/model/house-format.ts';

type Offer = { id: string; purpose: string; rendition?: RenditionFacts };
const UNSTATED: RenditionFacts = {
  container: null,
  videoCodec: null,
  width: null,
  height: null,
  frameRate: null,
  scan: null,
};
const XDCAM: RenditionFacts = {
  container: 'mxf',
  videoCodec: 'xdcam',
  width: 1920,
  height: 1080,
  frameRate: '25/1',
  scan: 'interlaced-tff',
};
const H264: RenditionFacts = {
  container: 'mp4',
  videoCodec: 'h264',
  width: 1920,
  height: 1080,
  frameRate: '25/1',
  scan: 'progressive',
};
const offer = (id: string, rendition?: RenditionFacts, purpose = 'broadcast'): Offer => ({
  id,
  purpose,
  ...(rendition && { rendition }),
});
const rule = (more: Partial<FormatRule>): FormatRule => ({ ...OPEN_RULE, ...more });
const profile = (
  rules: readonly FormatRule[],
  otherwise: FormatProfile['otherwise'] = 'closest',
): FormatProfile => ({ id: 'own', name: 'Playout', rules, otherwise });
const builtIn = (id: string): FormatProfile =>
  profileOf({ formatProfiles: [] }, id) ?? expect.unreachable(id);
const offers = (...purposes: string[]): Offer[] =>
  purposes.map((purpose) => offer(purpose, undefined, purpose));

describe('the built-in house formats take what a purpose took', () => {
  test.each([
    ['broadcast', ['preview', 'web', 'broadcast'], 'broadcast', 0],
    ['broadcast', ['preview', 'web'], 'web', null],
    ['broadcast', ['preview'], 'preview', null],
    ['web', ['preview', 'broadcast'], 'broadcast', null],
    ['preview', ['broadcast', 'web'], 'web', null],
  ] as const)('for %s out of %j comes %s', (id, offered, chosen, at) => {
    expect(choosePackage(offers(...offered), builtIn(id))).toEqual({
      chosen: { id: chosen, purpose: chosen },
      rule: at,
      unstated: [],
    });
  });

  test('what is for no known purpose is not chosen', () => {
    expect(choosePackage(offers('print'), builtIn('web')).chosen).toBeNull();
    expect(choosePackage([], builtIn('web')).chosen).toBeNull();
  });

  test('where nobody looks nothing stands in', () => {
    expect(fittingPackage(offers('web', 'preview'), builtIn('broadcast')).chosen).toBeNull();
    expect(fittingPackage(offers('web', 'broadcast'), builtIn('broadcast')).chosen?.id).toBe(
      'broadcast',
    );
  });
});

describe('one rule', () => {
  test.each<[string, Partial<FormatRule>, RenditionFacts, boolean]>([
    ['nothing named', {}, UNSTATED, true],
    ['container in any case', { container: 'MXF' }, XDCAM, true],
    ['another container', { container: 'mov' }, XDCAM, false],
    ['codec as it is shown', { codec: 'H.264' }, H264, true],
    [
      'codec as it is stored',
      { codec: 'mpeg2video' },
      { ...XDCAM, videoCodec: 'mpeg2video' },
      true,
    ],
    ['codec by the name shown', { codec: 'mpeg-2' }, { ...XDCAM, videoCodec: 'mpeg2video' }, true],
    ['another codec', { codec: 'h264' }, XDCAM, false],
    ['lines', { size: '1080' }, XDCAM, true],
    ['other lines', { size: '720' }, XDCAM, false],
    ['width and lines', { size: '1920x1080' }, XDCAM, true],
    ['another width', { size: '1440x1080' }, XDCAM, false],
    ['lines without a width', { size: '1080' }, { ...XDCAM, width: null }, true],
    ['a width that isn’t stated', { size: '1920x1080' }, { ...XDCAM, width: null }, false],
    [
      'interlaced, bottom field first',
      { scan: 'interlaced' },
      { ...XDCAM, scan: 'interlaced-bff' },
      true,
    ],
    ['progressive', { scan: 'progressive' }, XDCAM, false],
    ['frames, not fields', { frameRate: 25 }, XDCAM, true],
    ['fields are no frames', { frameRate: 50 }, XDCAM, false],
    ['29.97', { frameRate: 29.97 }, { ...XDCAM, frameRate: '30000/1001' }, true],
    ['23.98', { frameRate: 23.98 }, { ...XDCAM, frameRate: '24000/1001' }, true],
    ['30 is not 29.97', { frameRate: 30 }, { ...XDCAM, frameRate: '30000/1001' }, false],
    ['a purpose beside', { purpose: 'web', container: 'mxf' }, XDCAM, false],
    [
      'all of it',
      {
        container: 'mxf',
        codec: 'xdcam',
        size: '1080',
        scan: 'interlaced',
        frameRate: 25,
        purpose: 'broadcast',
      },
      XDCAM,
      true,
    ],
    ['a fact that isn’t known', { codec: 'xdcam' }, { ...XDCAM, videoCodec: null }, false],
  ])('%s', (_name, more, facts, fits) => {
    expect(fittingPackage([offer('one', facts)], profile([rule(more)])).rule).toBe(fits ? 0 : null);
  });
});

const INTERLACED = rule({ size: '1080', scan: 'interlaced', frameRate: 25 });
const MP4 = rule({ container: 'mp4', codec: 'h264' });

test('the first rule that a package satisfies wins, then the publisher’s order', () => {
  const both = [offer('h264', H264), offer('xdcam', XDCAM), offer('xdcam 2', XDCAM)];
  const chosen = choosePackage(both, profile([INTERLACED, MP4]));
  expect([chosen.chosen?.id, chosen.rule]).toEqual(['xdcam', 0]);
  expect(choosePackage([...both].toReversed(), profile([INTERLACED, MP4])).chosen?.id).toBe(
    'xdcam 2',
  );
  expect(choosePackage(both, profile([MP4, INTERLACED])).chosen?.id).toBe('h264');
});

test('why is said: the choice, what is missed, and what isn’t stated', () => {
  const own = profile([INTERLACED, MP4]);
  const said = (packages: readonly Offer[], one = own) => {
    const choice = choosePackage(packages, one);
    return choice.chosen
      ? choiceText(choice, one, 'en')
      : noneFits('Playout', choice.unstated, 'en');
  };
  expect(said([offer('a', XDCAM)])).toBe('First choice of Playout');
  expect(said([offer('a', H264)])).toBe('Second choice: no 1080i50 published');
  expect(said([offer('b', { ...XDCAM, scan: null }), offer('a', H264)])).toBe(
    'Second choice: scan not stated',
  );
  expect(said([offer('a', { ...XDCAM, height: 720 })])).toBe('Closest: no rendition fits Playout');
  const strict = profile([INTERLACED], 'leave-out');
  expect(said([offer('a', { ...XDCAM, height: 720 })], strict)).toBe('No rendition fits Playout');
  expect(said([offer('a', { ...UNSTATED, height: 1080 })], strict)).toBe(
    'No rendition fits Playout (scan, frame rate not stated)',
  );
  expect(
    choiceText(choosePackage(offers('web'), builtIn('broadcast')), builtIn('broadcast'), 'fr'),
  ).toBe('Le plus proche\u00A0: aucun format ne convient à Diffusion');
});

test.each<[Partial<FormatRule>, string, string]>([
  [
    { size: '1080', scan: 'interlaced', frameRate: 25, container: 'mxf', codec: 'XDCAM 50' },
    'HD 1080i50, MXF XDCAM 50',
    'HD 1080i50, MXF XDCAM 50',
  ],
  [
    { size: '1920x1080', scan: 'progressive', frameRate: 29.97 },
    'HD 1920×1080p29.97',
    'HD 1920×1080p29.97',
  ],
  [
    { size: '2160', frameRate: 50, codec: 'hevc' },
    'UHD 2160, 50 fps, HEVC',
    'UHD 2160, 50\u00A0i/s, HEVC',
  ],
  [{ frameRate: 29.97 }, '29.97 fps', '29,97\u00A0i/s'],
  [{ scan: 'interlaced', container: 'MOV' }, 'interlaced, MOV', 'entrelacé, MOV'],
  [{ purpose: 'web' }, 'Web', 'Web'],
  [{}, 'Any rendition', 'N’importe quel format'],
])('%j is called so', (more, english, french) => {
  expect(ruleText(rule(more), 'en')).toBe(english);
  expect(ruleText(rule(more), 'fr')).toBe(french);
});

test('a house format that is gone is Broadcast', () => {
  expect(houseProfile({ formatProfiles: [], houseFormat: 'gone' }).id).toBe('broadcast');
  expect(houseProfile(null).id).toBe('broadcast');
  expect(houseProfile({ formatProfiles: [profile([MP4])], houseFormat: 'own' }).name).toBe(
    'Playout',
  );
});

const anyOf = <T>(...values: readonly T[]) => constantFrom(null, ...values);
const rules = record({
  purpose: anyOf(...PURPOSES),
  container: anyOf('mxf', 'mp4'),
  codec: anyOf('xdcam', 'h264'),
  size: anyOf('1080', '1920x1080', '720'),
  scan: anyOf(...SCANS),
  frameRate: anyOf(25, 29.97),
});
const packages = array(
  record({
    purpose: constantFrom<string>(...PURPOSES),
    rendition: record({
      container: anyOf('mxf', 'mp4'),
      videoCodec: anyOf('xdcam', 'h264'),
      width: anyOf(1920, 1280),
      height: anyOf(1080, 720),
      frameRate: anyOf('25/1', '30000/1001'),
      scan: anyOf('progressive', 'interlaced-tff'),
    }),
  }),
  { maxLength: 6 },
);
/** Written another way than the one that is tested: every named fact is stated and the same. */
const satisfies = (
  { purpose, rendition: facts }: { purpose: string; rendition: RenditionFacts },
  one: FormatRule,
): boolean => {
  const [lines, width] = (one.size ?? '').split('x').toReversed().map(Number);
  return (
    (one.purpose === null || purpose === one.purpose) &&
    (one.container === null || facts.container === one.container) &&
    (one.codec === null || facts.videoCodec === one.codec) &&
    (one.scan === null || facts.scan?.startsWith(one.scan) === true) &&
    (one.frameRate === null ||
      facts.frameRate === (one.frameRate === 25 ? '25/1' : '30000/1001')) &&
    (one.size === null ||
      (facts.height === lines && (width === undefined || facts.width === width)))
  );
};

const STAND_INS: Record<string, readonly string[]> = {
  broadcast: ['broadcast', 'web', 'preview'],
  web: ['web', 'broadcast', 'preview'],
  preview: ['preview', 'web', 'broadcast'],
};
type Given = { purpose: string; rendition: RenditionFacts };
/** What is taken: the first of the first rule, else the closest by purpose and by order. */
function expectedOf(
  offered: readonly Given[],
  { rules: list, otherwise }: FormatProfile,
): { chosen: Given | null; rule: number | null } {
  const first = list.findIndex((one) => offered.some((given) => satisfies(given, one)));
  const wanted = list[first];
  if (wanted)
    return { chosen: offered.find((given) => satisfies(given, wanted)) ?? null, rule: first };
  if (otherwise === 'leave-out') return { chosen: null, rule: null };
  const order = STAND_INS[list.find(({ purpose }) => purpose !== null)?.purpose ?? ''];
  const [closest = null] = order
    ? offered.toSorted((a, b) => order.indexOf(a.purpose) - order.indexOf(b.purpose))
    : offered;
  return { chosen: closest, rule: null };
}

test('the choice is always the first package of the first rule that any satisfies', () => {
  assert(
    property(
      packages,
      array(rules, { minLength: 1, maxLength: 5 }),
      constantFrom(...OTHERWISE),
      (offered, list, otherwise) => {
        const own = profile(list, otherwise);
        const { unstated, ...choice } = choosePackage(offered, own);
        const expected = expectedOf(offered, own);
        expect(choice).toEqual(expected);
        expect(choice.chosen).toBe(expected.chosen);
        expect(choice.rule !== 0 || unstated.length === 0).toBe(true);
        for (const field of unstated) expect(list.some((one) => one[field] !== null)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});
