/**
 * Framings of the demo’s photographs: [centre x, centre y, width] in per cent of the photograph.
 * The height follows from 16:9; a framing that would stick out is moved inside. Only used by
 * `scripts/make-demo-media.ts`.
 */
type Framing = readonly [centreX: number, centreY: number, width: number];

const framings = <K extends string>(
  source: string,
  views: Record<K, Framing>,
): { source: string; views: Record<K, Framing> } => ({ source, views });

const PHOTOGRAPHS = {
  lake: framings('lake-sherburne.jpg', {
    wide: [50, 50, 100],
    peaks: [38, 38, 62],
    summit: [33, 32, 36],
    shore: [60, 72, 50],
    forest: [16, 62, 34],
    mirror: [80, 82, 34],
    ridge: [85, 55, 30],
    sky: [75, 25, 48],
  }),
  roofs: framings('beacon-street-sunset.jpg', {
    wide: [50, 50, 100],
    roofs: [22, 55, 44],
    street: [82, 72, 36],
    sun: [84, 48, 32],
    skyline: [62, 42, 40],
    hut: [16, 58, 30],
    parapet: [40, 70, 40],
    steam: [46, 30, 36],
  }),
  flowers: framings('blue-periwinkle.jpg', {
    wide: [50, 50, 100],
    head: [52, 50, 40],
    left: [16, 58, 30],
    top: [34, 28, 44],
    cluster: [80, 66, 38],
    stem: [42, 76, 36],
    blur: [84, 20, 30],
  }),
  wren: framings('canyon-wren.jpg', {
    wide: [50, 50, 100],
    bird: [40, 34, 40],
    head: [41, 30, 20],
    rock: [35, 62, 56],
    stone: [84, 62, 32],
    sky: [76, 24, 46],
  }),
  courtyard: framings('casa-mila.jpg', {
    wide: [50, 50, 100],
    light: [50, 40, 56],
    well: [36, 36, 40],
    windows: [46, 72, 44],
    left: [18, 40, 34],
    dark: [80, 30, 36],
    balconies: [66, 58, 32],
    rail: [14, 78, 26],
  }),
  dunes: framings('extreme-desert-hike.jpg', {
    wide: [50, 56, 100],
    crest: [42, 52, 44],
    walkers: [34, 81, 24],
    team: [34, 80, 36],
    slope: [75, 75, 46],
    ridge: [18, 68, 34],
    sky: [60, 26, 60],
    plume: [48, 50, 28],
  }),
  bridge: framings('high-trestle-trail.jpg', {
    wide: [50, 58, 100],
    frames: [48, 70, 56],
    tunnel: [50, 74, 26],
    beam: [74, 16, 50],
    deck: [50, 86, 30],
    rail: [16, 84, 30],
    sky: [36, 34, 50],
  }),
  otters: framings('oakland-zoo-otters.jpg', {
    wide: [50, 50, 100],
    otter: [54, 47, 58],
    head: [40, 33, 24],
    back: [72, 60, 36],
    swimmer: [14, 56, 27],
    water: [80, 20, 38],
    rock: [30, 78, 40],
    grass: [84, 80, 30],
  }),
  print: framings('ocean-waves.jpg', {
    wide: [50, 50, 100],
    crest: [80, 30, 40],
    foam: [86, 24, 24],
    trough: [40, 60, 48],
    horizon: [24, 24, 46],
    swell: [72, 76, 44],
    edge: [24, 80, 40],
  }),
  osprey: framings('perched-osprey.jpg', {
    wide: [50, 50, 100],
    bird: [38, 45, 56],
    head: [40, 28, 20],
    talon: [38, 70, 24],
    branch: [72, 62, 50],
    twigs: [76, 42, 32],
    pines: [12, 60, 24],
    blur: [55, 20, 40],
  }),
  plaza: framings('piazza-gae-aulenti.jpg', {
    wide: [50, 50, 100],
    tower: [40, 58, 40],
    spire: [39, 36, 24],
    rim: [76, 62, 36],
    rail: [62, 72, 32],
    opening: [50, 45, 72],
    facade: [34, 66, 26],
  }),
  arena: framings('roman-colosseum.jpg', {
    wide: [50, 50, 100],
    arches: [30, 62, 52],
    arch: [22, 62, 34],
    rim: [52, 30, 40],
    sky: [82, 50, 36],
    top: [36, 22, 40],
    stone: [48, 86, 26],
    gate: [10, 66, 20],
    curve: [60, 60, 38],
  }),
  rings: framings('saturnian-profile.jpg', {
    wide: [50, 50, 74],
    planet: [50, 48, 40],
    west: [26, 52, 30],
    east: [74, 52, 30],
    limb: [50, 36, 24],
    gap: [36, 56, 18],
    shadow: [54, 62, 26],
  }),
  harbour: framings('singaporean-cityscape.jpg', {
    wide: [50, 50, 100],
    towers: [67, 42, 40],
    left: [20, 42, 38],
    water: [50, 82, 36],
    glow: [60, 84, 30],
    clouds: [40, 22, 40],
    bridge: [88, 62, 24],
    centre: [45, 46, 40],
    lights: [70, 52, 24],
  }),
  tea: framings('tea-gardens.jpg', {
    wide: [50, 58, 100],
    hill: [25, 50, 46],
    terraces: [60, 72, 54],
    rows: [40, 84, 36],
    mist: [50, 28, 60],
    tree: [86, 45, 26],
    hut: [88, 58, 24],
    path: [74, 86, 28],
    ridge: [46, 40, 40],
  }),
  facade: framings('abstract-spiral.jpg', {
    wide: [50, 50, 100],
    weave: [55, 24, 44],
    curve: [40, 40, 50],
    dark: [20, 74, 44],
    edge: [80, 56, 38],
    lines: [66, 60, 30],
  }),
  contours: framings('valley-midnight.jpg', {
    wide: [50, 50, 100],
    lake: [20, 60, 40],
    channel: [56, 26, 40],
    shelf: [76, 70, 46],
    contour: [40, 36, 50],
  }),
  tides: framings('waves-midnight.jpg', {
    wide: [50, 50, 100],
    bay: [30, 30, 50],
    front: [60, 60, 56],
    crest: [50, 50, 36],
    deep: [82, 82, 36],
    shelf: [20, 80, 40],
  }),
} as const;

type Photograph = keyof typeof PHOTOGRAPHS;
/** Such as `lake.peaks`. */
export type View = {
  [P in Photograph]: `${P}.${keyof (typeof PHOTOGRAPHS)[P]['views'] & string}`;
}[Photograph];

/**
 * File name of the photograph, and the framing.
 * @throws for an unknown view
 */
export function framingOf(view: View): { source: string; framing: Framing } {
  const [name, key] = view.split('.');
  for (const [photograph, { source, views }] of Object.entries(PHOTOGRAPHS)) {
    const framing =
      photograph === name
        ? Object.entries<Framing>(views).find(([known]) => known === key)?.[1]
        : undefined;
    if (framing) return { source, framing };
  }
  throw new Error(`no such view: ${view}`);
}

/** Colour grades, as ffmpeg filters. */
export const GRADES = {
  day: 'eq=contrast=1.03:saturation=1.05',
  dusk: 'colorbalance=rs=.10:bs=.04:rm=.12:bm=-.06:rh=.08:bh=-.12,eq=brightness=-.05:contrast=1.08',
  night:
    'colorbalance=rs=-.08:bs=.14:rm=-.10:bm=.14:bh=.05,eq=brightness=-.10:contrast=1.08:saturation=.75',
  mono: 'hue=s=0,eq=contrast=1.12',
  cool: 'colorbalance=rs=-.06:rm=-.08:bm=.08:bh=.06,eq=saturation=.85',
  warm: 'colorbalance=rm=.08:bm=-.08:rh=.05,eq=saturation=1.12',
  fog: 'eq=contrast=.80:brightness=.09:saturation=.55',
  blueHour:
    'colorchannelmixer=.42:.30:.08:0:.25:.48:.20:0:.38:.42:.50:0,eq=brightness=-.05:saturation=1.25:contrast=1.08',
  teal: 'hue=h=-28:s=1.1',
  rose: 'hue=h=70:s=.9',
} as const;
export type Grade = keyof typeof GRADES;
