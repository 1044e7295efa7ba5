import { spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { selfSigned } from '../support/engine/certificate.ts';
import { freePort } from '../support/free-port.ts';

const MIB = 1024 * 1024;
const PIECE_BYTES = 4 * MIB;

const configOf = (folder: string, http: number, https: number) => `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log warn;
events { worker_connections 1024; }
http {
  sendfile on; tcp_nopush on; keepalive_requests 100000; default_type application/octet-stream; access_log off; open_file_cache max=10000;
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3; uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  server {
    listen 127.0.0.1:${http}; listen 127.0.0.1:${https} ssl; root ${folder}/www;
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; ssl_protocols TLSv1.3;
    location /limited/ { alias ${folder}/www/; limit_rate 200m; }
    location /steady/ { alias ${folder}/www/; limit_rate 40m; }
    location /slow/ { alias ${folder}/www/; limit_rate 3m; }
  }
}`;

export type BenchOrigin = {
  http: string;
  https: string;
  pid: number;
  cert: string;
  stop(): Promise<void>;
};
export type BenchFile = { name: string; bytes: number; sha256: string; pieces: string[] };

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** nginx on loopback, http and https, one process, sendfile. */
export async function startOrigin(folder: string): Promise<BenchOrigin> {
  const [http, https] = [await freePort(), await freePort()];
  const { key, cert } = selfSigned();
  const config = path.join(folder, 'nginx.conf');
  await mkdir(path.join(folder, 'www'), { recursive: true });
  await writeFile(path.join(folder, 'key.pem'), key, { mode: 0o600 });
  await writeFile(path.join(folder, 'cert.pem'), cert);
  await writeFile(config, configOf(folder, http, https));
  const child = spawn('nginx', ['-p', folder, '-c', config, '-e', path.join(folder, 'error.log')], {
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.once('error', (error) => console.error(error.message));
  while (!(await connects(http)))
    if (child.exitCode !== null || child.pid === undefined) throw new Error('nginx did not start');
  return {
    http: `http://127.0.0.1:${http}`,
    https: `https://127.0.0.1:${https}`,
    pid: child.pid ?? 0,
    cert: path.join(folder, 'cert.pem'),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A file of random bytes under the origin's root, with the hashes a Metalink tells. */
export async function makeFile(folder: string, name: string, bytes: number): Promise<BenchFile> {
  const target = path.join(folder, 'www', name);
  await mkdir(path.dirname(target), { recursive: true });
  const out = createWriteStream(target);
  const whole = createHash('sha256');
  const pieces: string[] = [];
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const piece = randomFillSync(Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytes - at)));
    whole.update(piece);
    pieces.push(createHash('sha256').update(piece).digest('hex'));
    if (!out.write(piece)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  await new Promise<void>((resolve) => out.end(() => resolve()));
  return { name, bytes, sha256: whole.digest('hex'), pieces };
}

/**
 * What vouches for a file: its pieces, as a package's manifest has them for large files, or the
 * whole.
 */
function hashesOf({ bytes, pieces, sha256 }: BenchFile): string {
  if (bytes <= PIECE_BYTES) return `<hash type="sha-256">${sha256}</hash>`;
  return `<pieces length="${PIECE_BYTES}" type="sha-256">${pieces.map((hash) => `<hash>${hash}</hash>`).join('')}</pieces>`;
}

export function metalinkOf(files: readonly BenchFile[], base: string): string {
  const entries = files.map(
    (file) =>
      `<file name="${file.name}"><size>${file.bytes}</size>${hashesOf(file)}<url>${base}/${file.name}</url></file>`,
  );
  return `<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">${entries.join('')}</metalink>`;
}
