import type { AppContext } from './app.ts';
import { reportError } from './errors.ts';

/** Tests the way to the service; one at a time. Never rejects. */
export async function runConnectionTest(app: AppContext): Promise<void> {
  const { connectionTests } = app;
  if (connectionTests.getState().isRunning) return;
  connectionTests.setState({ isRunning: true });
  try {
    connectionTests.setState({ last: await app.client.call('network.test') });
  } catch (thrown) {
    reportError(app, thrown);
  } finally {
    connectionTests.setState({ isRunning: false });
  }
}
