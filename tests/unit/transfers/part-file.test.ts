import { expect, test } from 'vitest';
import { FileRecords } from '../../../src/main/transfers/run/file-records.ts';
import { isOwnPart, PartFile } from '../../../src/main/transfers/run/part-file.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { PowerDisk } from '../../support/power/disk.ts';
import { PowerStore } from '../../support/power/store.ts';

const ID = 'trf_1';
const PART = '/to/a.mov.part';

test.each([
  ['of unknown length', null, null],
  ['of known length', 12, null],
  ['with a hash, that is too small to be journalled', 12, 'f'.repeat(64)],
])(
  'a part file %s is known as ours after a loss of power at any moment',
  async (_, bytes, sha256) => {
    const disk = new PowerDisk();
    const store = new PowerStore();
    const clock = new FakeClock();
    const records = new FileRecords(store, clock, ID, []);
    const planned = {
      index: 0,
      fileId: null,
      unsigned: null,
      path: 'a.mov',
      given: null,
      bytes,
      sha256,
      required: true,
      pieces: null,
      expected: 'a.mov',
      urls: [],
    };
    await disk.makeFolder('/to');
    records.begin('/to', [planned]);
    records.lacksPart(0);
    records.claimParts();
    const lengths: number[] = [];
    // All that is on the disk survives, and of the store only what is durable.
    disk.onChange = () => {
      const bytesOnDisk = disk.contents().get(PART)?.length;
      const [record] = store.afterPowerLoss(() => 0).files(ID);
      if (bytesOnDisk === undefined || !record) return;
      lengths.push(bytesOnDisk);
      expect(isOwnPart(record, { bytes: bytesOnDisk })).toBe(true);
    };
    const part = await PartFile.open(
      {
        disk,
        clock,
        records,
        hasher: { start: () => expect.unreachable() },
        signal: new AbortController().signal,
        transfer: { hashAnyway: false },
      },
      planned,
      PART,
    );
    await part.write([Buffer.from('hello')], 0);
    await part.close();
    expect(new Set(lengths)).toEqual(new Set(bytes === null ? [0, 5] : [0, 12]));
  },
);
