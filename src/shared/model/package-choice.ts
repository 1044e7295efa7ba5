/** What a package is made for, in the order in which another one stands in for it. */
const STAND_INS = {
  broadcast: ['broadcast', 'web', 'preview'],
  web: ['web', 'broadcast', 'preview'],
  preview: ['preview', 'web', 'broadcast'],
} as const;
type Purpose = keyof typeof STAND_INS;

/**
 * The package for a purpose, or the closest alternative.
 *
 * @returns `rank` is 0 for the purpose itself, 1 and 2 for what stands in for it; null if there is no
 * package for any purpose
 */
export function choosePackage<T extends { purpose: string }>(
  packages: readonly T[],
  purpose: Purpose,
): { chosen: T; rank: number } | null {
  for (const [rank, wanted] of STAND_INS[purpose].entries()) {
    const chosen = packages.find((candidate) => candidate.purpose === wanted);
    if (chosen) return { chosen, rank };
  }
  return null;
}
