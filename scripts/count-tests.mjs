// Prints «passed failed» of a JSON report that Vitest or Playwright wrote; «0 1» where there is
// none: a runner that wrote nothing has failed.
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  report = { numPassedTests: 0, numFailedTests: 1 };
}
const good = report.stats ? report.stats.expected + report.stats.flaky : report.numPassedTests;
const bad = report.stats
  ? report.stats.unexpected
  : report.numFailedTests + (report.numFailedTestSuites > 0 && report.numFailedTests === 0 ? 1 : 0);
console.log(`${good} ${bad}`);
