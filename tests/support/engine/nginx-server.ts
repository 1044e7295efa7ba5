import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { freePort } from '../free-port.ts';

const BINARY = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find(
  (file) => existsSync(file),
);
/** Why tests with nginx can't run here; null if they can. */
export const nginxMissing = BINARY ? null : 'nginx is not installed';

const configOf = (folder: string, port: number) => `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log warn;
events { worker_connections 256; }
http {
  sendfile on; default_type application/octet-stream; types { text/html html; video/quicktime mov; video/mp4 mp4; image/jpeg jpg; text/vtt vtt; application/rss+xml xml; }
  log_format ranges '$uri|$status|$http_range|$body_bytes_sent'; access_log ${folder}/access.log ranges;
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3; uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  server {
    listen 127.0.0.1:${port}; root ${folder}/www;
    location /slow/ { alias ${folder}/www/; limit_rate 8m; }
    location /no-ranges/ { alias ${folder}/www/; max_ranges 0; }
    location = /moved.mov { return 301 /a.mov; }
    location = /forbidden.mov { return 403; }
    location = /portal.mov { types {} default_type text/html; return 200 '<html>Sign in</html>'; }
  }
}`;

export type Nginx = { url: string; root: string; log(): Promise<string[]> };

/** A real nginx on a free port with its own folder. */
export async function runNginx(folder: string): Promise<Nginx & { stop(): Promise<void> }> {
  if (!BINARY) throw new Error('nginx is not installed');
  const port = await freePort();
  const root = path.join(folder, 'www');
  await mkdir(root, { recursive: true });
  const config = path.join(folder, 'nginx.conf');
  await writeFile(config, configOf(folder, port));
  const child = spawn(BINARY, ['-p', folder, '-c', config, '-e', path.join(folder, 'error.log')], {
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const connects = () =>
    new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  while (!(await connects())) if (child.exitCode !== null) throw new Error('nginx did not start');
  return {
    url: `http://127.0.0.1:${port}`,
    root,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    log: async () => (await readFile(path.join(folder, 'access.log'), 'utf8')).trim().split('\n'),
  };
}
