import { fasterClock } from '../fakes/clock.ts';
import { openApplication } from './application.ts';

// The whole program in a process of its own, without a window, with a clock that is faster:
// `node background.ts <home> <times>`. Prints a line once it is open.

const [home = '', times = '1'] = process.argv.slice(2);
await openApplication(home, { background: true, clock: fasterClock(Number(times)) });
process.stdout.write('{"type":"open"}\n');
