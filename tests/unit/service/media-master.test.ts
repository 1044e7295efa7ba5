import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMaster,
  type Master,
  type MasterOptions,
} from '../../../src/service/media/v210-master.ts';

const hd: MasterOptions = {
  width: 1920,
  height: 1080,
  frameRate: '25/1',
  scan: 'progressive',
  frames: 6,
  timecodeStart: '10:00:00:00',
  reelName: 'AUR-26-0001',
};
const variants: [string, MasterOptions][] = [
  ['1080p25', hd],
  ['1080i50', { ...hd, scan: 'interlaced-tff' }],
  ['720p50', { ...hd, width: 1280, height: 720, frameRate: '50/1' }],
  [
    '1080p25 with a line in the middle',
    { ...hd, lines: [{ from: 2, to: 4, text: 'FIRST ROOF 1996' }] },
  ],
  [
    '1080p29.97 drop-frame',
    { ...hd, frameRate: '30000/1001', timecodeStart: '00:00:59;28', dropFrame: true },
  ],
];
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** [type, size] of the atoms between two offsets; the last may run past the bytes read. */
function atoms(bytes: Buffer, from = 0, to = bytes.length): [string, number][] {
  const found: [string, number][] = [];
  for (let at = from; at + 8 <= to;) {
    const short = bytes.readUInt32BE(at);
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    found.push([bytes.toString('latin1', at + 4, at + 8), size]);
    at += size;
  }
  return found;
}
const frame = (master: Master, n: number): Buffer =>
  master.read(master.frameZeroAt + n * master.frameBytes, master.frameBytes);

describe('a master', () => {
  it.each(variants)('%s: any range equals the same bytes read in sequence', (_, options) => {
    const whole = createMaster(options);
    const sequential = whole.read(0, whole.bytes);
    expect(sequential.length).toBe(whole.bytes);
    const other = createMaster(options);
    fc.assert(
      fc.property(fc.nat(whole.bytes), fc.nat(3_000_000), (offset, length) =>
        other.read(offset, length).equals(sequential.subarray(offset, offset + length)),
      ),
      { seed: 2611, numRuns: 150 },
    );
  });

  it('keeps its bytes when another master of the same size is read in between', () => {
    const one = createMaster(hd);
    const two = createMaster({ ...hd, timecodeStart: '14:30:00:00' });
    const alone = sha256(frame(one, 3));
    const middle = one.frameZeroAt + 3 * one.frameBytes + Math.floor(one.frameBytes / 3);
    const first = one.read(
      one.frameZeroAt + 3 * one.frameBytes,
      middle - one.frameZeroAt - 3 * one.frameBytes,
    );
    two.read(0, two.bytes);
    const second = one.read(middle, one.frameZeroAt + 4 * one.frameBytes - middle);
    expect(sha256(Buffer.concat([first, second]))).toBe(alone);
  });

  it('has a line in its frames only, and no other byte changes', () => {
    const [plain, before, after] = [[], ['ROOF 1996'], ['ROOF 2006']].map((texts) =>
      createMaster({ ...hd, lines: texts.map((text) => ({ from: 2, to: 4, text })) }),
    );
    if (!plain || !before || !after) throw new Error('three masters');
    const differing = (one: Master, other: Master) =>
      Array.from({ length: hd.frames }, (_, n) => n).filter(
        (n) => sha256(frame(one, n)) !== sha256(frame(other, n)),
      );
    expect(differing(plain, before)).toEqual([2, 3]);
    expect(differing(before, after)).toEqual([2, 3]);
    expect(after.read(0, after.frameZeroAt).equals(plain.read(0, plain.frameZeroAt))).toBe(true);
    const drawn = frame(after, 3);
    const changed = frame(before, 3).filter((byte, at) => byte !== drawn[at]);
    expect(changed.length).toBeLessThan(drawn.length / 50);
  });

  it.each(['', 'no small letters', 'A LINE OF TWENTY-FIVE SIGNS', 'É'])(
    'refuses the line %j',
    (text) => {
      expect(() => createMaster({ ...hd, lines: [{ from: 0, to: 1, text }] })).toThrow(RangeError);
    },
  );

  it('has atoms that add up to the file, and frames on page boundaries', () => {
    for (const [, options] of variants) {
      const master = createMaster(options);
      const bytes = master.read(0, master.frameZeroAt);
      const top = atoms(bytes);
      expect(top.map(([type]) => type)).toEqual(['ftyp', 'moov', 'free', 'wide', 'mdat']);
      expect(top.reduce((sum, [, size]) => sum + size, 0)).toBe(master.bytes);
      expect(master.frameZeroAt % 4096).toBe(0);
      const moovAt = 20;
      expect(atoms(bytes, moovAt + 8, moovAt + (top[1]?.[1] ?? 0)).map(([type]) => type)).toEqual([
        'mvhd',
        'trak',
        'trak',
      ]);
    }
  });

  it('has the sizes it is known for: 2 GB with 32-bit, 20 GB with 64-bit offsets', () => {
    const two = createMaster({ ...hd, frames: 362 });
    expect(two.bytes).toBe(2_001_719_296);
    expect(two.bytes).toBe(4096 + 362 * 5_529_600);
    const twenty = createMaster({ ...hd, frames: 3617 });
    expect(twenty.bytes).toBe(20_000_595_968);
    const head = twenty.read(0, twenty.frameZeroAt);
    expect(atoms(head).map(([type]) => type)).toEqual(['ftyp', 'moov', 'free', 'mdat']);
    expect(head.includes('co64')).toBe(true);
    expect(atoms(head).reduce((sum, [, size]) => sum + size, 0)).toBe(twenty.bytes);
    const last = twenty.read(twenty.bytes - 1000, 5000);
    expect(last.length).toBe(1000);
    expect(last.equals(frame(two, 0).subarray(-1000))).toBe(true);
  });

  it('differs from every other in each frame: by the start, and in the head by the reel', () => {
    const one = createMaster(hd);
    const hashes = new Set<string>();
    for (const timecodeStart of ['10:00:00:00', '11:00:00:00', '23:59:59:20']) {
      const master = createMaster({ ...hd, timecodeStart });
      for (let n = 0; n < hd.frames; n++) hashes.add(sha256(frame(master, n)));
    }
    expect(hashes.size).toBe(18);
    const renamed = createMaster({ ...hd, reelName: 'AUR-26-0002' });
    expect(renamed.read(0, renamed.frameZeroAt).equals(one.read(0, one.frameZeroAt))).toBe(false);
  });

  it('packs RP 219 grey into the first words of the picture', () => {
    const words = frame(createMaster(hd), 0);
    expect(words.readUInt32LE(0)).toBe(512 | (414 << 10) | (512 << 20));
    expect(words.readUInt32LE(4)).toBe(414 | (512 << 10) | (414 << 20));
  });

  it('reads into a given buffer and answers nothing past the end', () => {
    const master = createMaster(hd);
    const into = Buffer.alloc(64);
    expect(master.read(100, 32, into).buffer).toBe(into.buffer);
    expect(into.subarray(0, 32).equals(master.read(100, 32))).toBe(true);
    expect(master.read(master.bytes, 10).length).toBe(0);
    expect(master.read(master.bytes + 5, 10).length).toBe(0);
  });

  it.each([
    { width: 1921 },
    { frameRate: 'x' },
    { frames: 0 },
    { timecodeStart: '10:00:00:25' },
    { timecodeStart: '10:60:00:00' },
  ])('refuses %o', (bad) => {
    expect(() => createMaster({ ...hd, ...bad })).toThrow(RangeError);
  });
});
