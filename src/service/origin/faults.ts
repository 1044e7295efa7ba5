import * as z from 'zod';

/**
 * Faults that an origin can be told to produce. `at` is in bytes: of the body for drop and stall,
 * of the file for corrupt, per second for slow.
 */
const faultKind = z.enum([
  'drop',
  'stall',
  'slow',
  'corrupt',
  'changed',
  'ignore-range',
  'wrong-range',
  'weak-tag',
  'redirect',
  '403',
  '410',
  '429',
  '503',
]);

export const faultRule = z.strictObject({
  fileId: z.string().min(1).max(128),
  kind: faultKind,
  at: z.int().nonnegative().default(0),
  /** Number of answers it applies to; 0 removes it. */
  times: z.int().nonnegative().default(1),
  /** Absent: any origin. */
  originId: z.string().max(128).optional(),
});
export type Fault = Required<Omit<z.infer<typeof faultRule>, 'originId'>> & {
  originId?: string | undefined;
};

export type Faults = {
  set(fault: Fault): void;
  /**
   * The fault for this answer, which it counts.
   * @param covers whether the answer includes a position of the file
   */
  take(fileId: string, originId: string, covers: (at: number) => boolean): Fault | null;
};

export function faultInjection(): Faults {
  let active: Fault[] = [];
  return {
    set(fault) {
      active = active.filter(
        (other) =>
          other.fileId !== fault.fileId ||
          other.kind !== fault.kind ||
          other.originId !== fault.originId,
      );
      if (fault.times > 0) active.push({ ...fault });
    },
    take(fileId, originId, covers) {
      const fault = active.find(
        (other) =>
          other.fileId === fileId &&
          (other.originId ?? originId) === originId &&
          (other.kind !== 'corrupt' || covers(other.at)),
      );
      if (!fault) return null;
      fault.times -= 1;
      if (fault.times === 0) active = active.filter((other) => other !== fault);
      return { ...fault };
    },
  };
}
