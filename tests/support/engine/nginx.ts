import { onTestFinished } from 'vitest';
import { runNginx, type Nginx } from './nginx-server.ts';

export { nginxMissing, type Nginx } from './nginx-server.ts';

/** A real nginx on a free port with its own folder, until the test ends. */
export async function startNginx(folder: string): Promise<Nginx> {
  const nginx = await runNginx(folder);
  onTestFinished(() => nginx.stop());
  return nginx;
}
