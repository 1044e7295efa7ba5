/**
 * One frame of colour bars (SMPTE RP 219), packed as v210, with a box whose digits can be redrawn.
 */

/** 10-bit narrow range: Y′ 64 to 940, Cb and Cr 64 to 960. */
type Colour = readonly [y: number, cb: number, cr: number];

/** Converts R′G′B′, 0 to 1, to BT.709 Y′CbCr. */
function colour(r: number, g: number, b: number): Colour {
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [
    Math.round(64 + 876 * y),
    Math.round(512 + (896 * (b - y)) / 1.8556),
    Math.round(512 + (896 * (r - y)) / 1.5748),
  ];
}
const grey = (level: number): Colour => colour(level, level, level);

const HUES = {
  yellow: [1, 1, 0],
  cyan: [0, 1, 1],
  green: [0, 1, 0],
  magenta: [1, 0, 1],
  red: [1, 0, 0],
  blue: [0, 0, 1],
  white: [1, 1, 1],
} as const;
function hue(name: keyof typeof HUES, level: number): Colour {
  const [r, g, b] = HUES[name];
  return colour(r * level, g * level, b * level);
}

/** Widths in 1/1920 of the line, heights in 1/12 of the picture. */
type Segment = readonly [width: number, colour: Colour];
const RAMP: readonly Segment[] = Array.from({ length: 617 }, (_, i) => [2, grey(i / 616)]);
const BANDS: readonly { height: number; segments: readonly Segment[] }[] = [
  {
    height: 7,
    segments: [
      [240, grey(0.4)],
      [206, hue('white', 0.75)],
      [206, hue('yellow', 0.75)],
      [206, hue('cyan', 0.75)],
      [204, hue('green', 0.75)],
      [206, hue('magenta', 0.75)],
      [206, hue('red', 0.75)],
      [206, hue('blue', 0.75)],
      [240, grey(0.4)],
    ],
  },
  {
    height: 1,
    segments: [
      [240, hue('cyan', 1)],
      [206, hue('white', 1)],
      [1234, hue('white', 0.75)],
      [240, hue('blue', 1)],
    ],
  },
  { height: 1, segments: [[240, hue('yellow', 1)], [206, grey(0)], ...RAMP, [240, hue('red', 1)]] },
  {
    height: 3,
    segments: [
      [240, grey(0.15)],
      [308, grey(0)],
      [412, grey(1)],
      [170, grey(0)],
      [68, grey(-0.02)],
      [70, grey(0)],
      [68, grey(0.02)],
      [70, grey(0)],
      [68, grey(0.04)],
      [206, grey(0)],
      [240, grey(0.15)],
    ],
  },
];

const strideOf = (width: number): number => 128 * Math.ceil(width / 48);

/**
 * Packs a line: 6 pixels are 12 samples, three per little-endian 32-bit word, low sample first
 * (`Cb0 Y0 Cr0 | Y1 Cb2 Y2 | Cr2 Y3 Cb4 | Y4 Cr4 Y5`). Chroma is that of the even pixels. The rest
 * of the line stays 0.
 */
function packLine(pixels: readonly Colour[], lineBytes: number): Buffer {
  const line = Buffer.alloc(lineBytes);
  let at = 0;
  for (let x = 0; x < pixels.length; x += 6) {
    const y = (i: number): number => pixels[x + i]?.[0] ?? 0;
    const cb = (i: number): number => pixels[x + i]?.[1] ?? 0;
    const cr = (i: number): number => pixels[x + i]?.[2] ?? 0;
    const words: readonly (readonly [number, number, number])[] = [
      [cb(0), y(0), cr(0)],
      [y(1), cb(2), y(2)],
      [cr(2), y(3), cb(4)],
      [y(4), cr(4), y(5)],
    ];
    for (const [low, middle, high] of words)
      at = line.writeUInt32LE(low | (middle << 10) | (high << 20), at);
  }
  return line;
}

function drawBars(frame: Buffer, width: number, height: number): void {
  const stride = strideOf(width);
  let twelfths = 0;
  let row = 0;
  for (const band of BANDS) {
    const pixels: Colour[] = [];
    let edge = 0;
    for (const [share, value] of band.segments) {
      edge += share;
      while (pixels.length < 2 * Math.round((edge * width) / 3840)) pixels.push(value); // an even edge: chroma is shared by pairs
    }
    const line = packLine(pixels, stride);
    twelfths += band.height;
    for (; row < Math.round((twelfths * height) / 12); row++) line.copy(frame, row * stride);
  }
}

/** 5 × 7 dots, one base-32 digit per row. `#` is the marker below the timecode. */
const FONT: Readonly<Record<string, string>> = {
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
  ':': '0cc0cc0',
  ';': '0cc0c48',
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  '-': '000v000',
  '.': '00000cc',
  '#': 'vvvvvvv',
  ' ': '0000000',
};
const GLYPH_ROWS = 7;
/** Blank, 11 characters of timecode, blank. */
const CELLS = 13;
/** Blank, 7 rows of text, blank, marker, blank. */
const DOT_ROWS = 11;
const MARKER_ROW = 9;
/** Of the line below the timecode: blank, 7 rows of text, blank. */
const LINE_DOT_ROWS = 9;
/** A line that fits the picture, in the letters there are. */
export const BURNT_IN_LINE = /^[A-Z\d .:-]{1,24}$/;

export type Picture = {
  frameBytes: number;
  /** The shared frame, valid until the next `show`. */
  frame: Buffer;
  /**
   * Draws frame `tick` of a master: its timecode, the marker that moves one cell per field, and a
   * line below them; without a line the bars.
   */
  show(timecode: string, tick: number, interlaced: boolean, line: string): void;
  /**
   * Whether bytes [from, to) of a frame touch what `show` draws, so that it must be called first.
   */
  touchesText(from: number, to: number): boolean;
};

const marker = (tick: number): string => '#'.padStart((tick % CELLS) + 1).padEnd(CELLS);

/**
 * Every glyph row, packed. A cell is 6 dots wide, so whole 16-byte groups: text is copied without
 * packing it again.
 */
function packGlyphs(dotPixels: number): Map<string, Buffer[]> {
  const packRow = (row: string): Buffer => {
    const dots = Number.parseInt(row, 32).toString(2).padStart(6, '0').split('');
    return packLine(
      dots.flatMap((dot) => Array<Colour>(dotPixels).fill(grey(Number(dot)))),
      16 * dotPixels,
    );
  };
  return new Map(
    Object.entries(FONT).map(([character, rows]) => [character, rows.split('').map(packRow)]),
  );
}

function createPicture(width: number, height: number): Picture {
  const stride = strideOf(width);
  const frame = Buffer.alloc(stride * height);
  drawBars(frame, width, height);

  const dot = Math.max(1, Math.round(width / 160));
  const cellBytes = 16 * dot;
  const glyphs = packGlyphs(dot);
  const top = Math.round(height * 0.3);
  const bottom = top + DOT_ROWS * dot;
  const left = 16 * Math.round((width / 6 - CELLS * dot) / 2);
  const lineBottom = bottom + LINE_DOT_ROWS * dot;
  const barsBelow = Buffer.from(frame.subarray(bottom * stride, lineBottom * stride));
  let shown = '';
  let shownLine = '';

  function drawRow(row: number, text: string, markers: readonly [string, string]): void {
    const at = row * stride + left;
    const dotRow = Math.floor((row - top) / dot);
    if ((row - top) % dot >= 2) {
      // Same as the row above of this field.
      frame.copyWithin(at, at - 2 * stride, at - 2 * stride + CELLS * cellBytes);
      return;
    }
    const isText = dotRow >= 1 && dotRow <= GLYPH_ROWS;
    const cells = isText
      ? text
      : dotRow === MARKER_ROW
        ? markers[row % 2 === 0 ? 0 : 1]
        : ' '.repeat(CELLS);
    cells
      .split('')
      .forEach((character, i) =>
        glyphs.get(character)?.[isText ? dotRow - 1 : 0]?.copy(frame, at + i * cellBytes),
      );
  }

  function drawLine(line: string): void {
    barsBelow.copy(frame, bottom * stride);
    if (line === '') return;
    const cells = ` ${line} `.split('');
    const lineLeft = 16 * Math.round((width / 6 - cells.length * dot) / 2);
    for (let row = bottom; row < lineBottom; row++) {
      const dotRow = Math.floor((row - bottom) / dot) - 1;
      cells.forEach((character, i) =>
        glyphs
          .get(dotRow >= 0 && dotRow < GLYPH_ROWS ? character : ' ')
          ?.[Math.max(0, dotRow) % GLYPH_ROWS]?.copy(
            frame,
            row * stride + lineLeft + i * cellBytes,
          ),
      );
    }
  }

  return {
    frameBytes: frame.length,
    frame,
    show(timecode, tick, interlaced, line) {
      if (line !== shownLine) {
        drawLine(line);
        shownLine = line;
      }
      const key = `${timecode} ${tick} ${interlaced}`;
      if (key === shown) return;
      const markers: [string, string] = interlaced
        ? [marker(2 * tick), marker(2 * tick + 1)]
        : [marker(tick), marker(tick)];
      for (let row = top; row < bottom; row++) drawRow(row, ` ${timecode} `, markers);
      shown = key;
    },
    touchesText: (from, to) => from < lineBottom * stride && to > top * stride,
  };
}

const pictures = new Map<string, Picture>();

/**
 * Masters of one size share one frame (5.5 MB at 1920 × 1080): reads are synchronous and draw
 * before they copy.
 */
export function pictureOf(width: number, height: number): Picture {
  const key = `${width}x${height}`;
  const known = pictures.get(key);
  if (known) return known;
  const picture = createPicture(width, height);
  pictures.set(key, picture);
  return picture;
}
