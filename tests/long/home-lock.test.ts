import { expect, test } from 'vitest';
import { killAndStartAgain } from '../support/app/home-kills.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIMES = 100;

// `npm test` has the same three times.
test(
  `a station that is killed can be started again at once, ${TIMES} times of ${TIMES}`,
  { tags: ['long'] },
  async () => {
    expect(await killAndStartAgain(temporaryFolder(), TIMES)).toEqual({
      started: TIMES,
      zombies: TIMES,
      refused: [],
    });
  },
);
