import type { X509Certificate } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import * as z from 'zod';
import { asContextOptions } from '../adapters/http/tls-trust.ts';
import { writeFileAtomic } from '../adapters/fs/atomic-write.ts';
import { reportOf } from '../../shared/model/connection-words.ts';
import { isLoopbackHost, redactUrl } from '../../shared/model/url.ts';
import { systemClock } from '../../shared/clock.ts';
import { AppError, messageOf } from '../../shared/errors.ts';
import type {
  CertificateFile,
  ConnectionTest,
  SecretState,
} from '../../shared/contract/network.ts';
import { certificatesIn, identityOf, readBytes, readCertificates } from './certificates.ts';
import { testConnection } from './connection-test.ts';
import type { Services } from './services.ts';

const nameOf = ({ subject }: X509Certificate): string =>
  /^CN=(.+)$/mu.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');

/** What a file says; a PKCS #12 file is only opened by who uses it. */
async function factsOf(file: string): Promise<CertificateFile> {
  if (/\.(?:p12|pfx)$/iu.test(file)) {
    const fault = await readBytes(file).then(() => null, messageOf);
    return { file, names: [path.basename(file)], validUntil: null, fault };
  }
  try {
    const certificates = await readCertificates(file);
    const validUntil = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
    return { file, names: certificates.map(nameOf), validUntil, fault: null };
  } catch (thrown) {
    return { file, names: [], validUntil: null, fault: messageOf(thrown) };
  }
}

/** Certificates that are used beside the system's, as their files say now. */
export async function listCertificates({ settings }: Pick<Services, 'settings'>) {
  const { caFiles, clientCertificates } = settings.view;
  return {
    authorities: await Promise.all(caFiles.map(factsOf)),
    clients: await Promise.all(
      clientCertificates.map(async ({ host, file }) => ({ host, ...(await factsOf(file)) })),
    ),
  };
}

const ownFolder = (home: string): string => path.join(home, 'certificates');

/**
 * Trusts the authorities of a document, of which a copy is kept.
 *
 * @throws `usage` if it has none, `managed` where the policy says which are trusted
 */
export async function addAuthority(
  { settings, policy, options: { home } }: Pick<Services, 'settings' | 'policy' | 'options'>,
  text: string,
): Promise<void> {
  // Before a copy is left behind.
  if (policy.isManaged('caFiles')) throw policy.refusal();
  const certificates = certificatesIn(text, 'The file');
  const [first] = certificates;
  const name = `${first?.fingerprint256.replaceAll(':', '').slice(0, 32).toLowerCase() ?? ''}.pem`;
  const copy = path.join(ownFolder(home), name);
  await mkdir(ownFolder(home), { recursive: true, mode: 0o700 });
  await writeFileAtomic(copy, certificates.map(String).join(''), { durable: true });
  const { caFiles } = settings.view;
  if (!caFiles.includes(copy)) settings.set({ caFiles: [...caFiles, copy] });
}

/** No longer trusts the authorities of a file; the program's own copy goes. */
export async function removeAuthority(
  { settings, options: { home } }: Pick<Services, 'settings' | 'options'>,
  file: string,
): Promise<void> {
  settings.set({ caFiles: settings.view.caFiles.filter((other) => other !== file) });
  if (path.dirname(file) === ownFolder(home)) await rm(file, { force: true });
}

/**
 * Shows a host the certificate of a file, which stays where it is: it holds a key.
 *
 * @param file null for none any more
 * @throws `usage` if it can't be used, `not-found`
 */
export async function setClientCertificate(
  { settings, network, policy }: Pick<Services, 'settings' | 'network' | 'policy'>,
  { host, file, passphrase }: { host: string; file: string | null; passphrase: string | null },
): Promise<SecretState> {
  const name = host.toLowerCase();
  const inUse = settings.view.clientCertificates;
  const others = inUse.filter((one) => one.host !== name);
  // Of one that is fixed, the passphrase is the user's.
  const isFixed = inUse.some((one) => one.host === name && one.file === file);
  if (policy.isManaged('clientCertificates') && !isFixed) throw policy.refusal();
  if (file === null) {
    settings.set({ clientCertificates: others });
    return network.setPassphrase(name, null);
  }
  const bytes = await readBytes(file);
  try {
    tls.createSecureContext(asContextOptions(identityOf(bytes, passphrase)));
  } catch (thrown) {
    throw new AppError(
      'usage',
      `${path.basename(file)} can’t be used: ${messageOf(thrown)}. It needs a certificate with its key, as PEM or PKCS #12, and the right password`,
      { cause: thrown },
    );
  }
  const state = await network.setPassphrase(name, passphrase);
  if (!isFixed) settings.set({ clientCertificates: [...others, { host: name, file }] });
  return state;
}

/** So many of the newest downloads say which servers files come from. */
const MAX_TRANSFERS = 5;

/** What is read of a report, whose times are texts. */
const usedHosts = z.object({
  files: z.array(
    z.object({
      evidence: z.object({ origins: z.array(z.object({ host: z.string() })) }).nullable(),
    }),
  ),
});

async function serversOf({ transfers }: Pick<Services, 'transfers'>): Promise<URL[]> {
  const { rows } = await transfers.list('all', { offset: 0, count: MAX_TRANSFERS });
  const reports = await Promise.all(
    rows.map(({ id }) => transfers.evidence(id, 'json', 'en').catch(() => null)),
  );
  const hosts = reports.flatMap((report) =>
    report === null
      ? []
      : usedHosts
          .parse(JSON.parse(report.text))
          .files.flatMap(({ evidence }) => evidence?.origins.map(({ host }) => host) ?? []),
  );
  return [...new Set(hosts)].map(
    (host) =>
      new URL(`${isLoopbackHost(host.replace(/:\d+$/u, '')) ? 'http' : 'https'}://${host}/`),
  );
}

/** Tests the way to the service, and to what else was reached before. */
export async function testWay(services: Services): Promise<ConnectionTest> {
  const { network, settings, sources, options, current, demo } = services;
  return testConnection({
    network,
    by: network.by,
    version: options.version,
    // The demo is in this program.
    service: demo() ? null : (current()?.origin ?? settings.view.serviceUrl),
    servers: await serversOf(services),
    sources: sources.views.flatMap(({ address }) => {
      const url = URL.parse(address);
      return url && /^https?:$/u.test(url.protocol) ? [url] : [];
    }),
    nowMs: systemClock.nowMs,
  });
}

/** The first lines of a report: what was tested, and from where. Nothing secret. */
const programLines = ({ options, settings }: Pick<Services, 'options' | 'settings'>): string[] => [
  `Multimedia Desk ${options.version}, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
  `Proxy: ${settings.view.proxyMode}${settings.view.proxyMode === 'manual' ? ` ${settings.view.proxyAddress}` : ''}${settings.view.proxyMode === 'pac' ? ` ${redactUrl(settings.view.pacAddress ?? '')}` : ''}`,
];

/** A test as text for IT, with a name for its file. */
export const reportText = (
  services: Pick<Services, 'options' | 'settings'>,
  test: ConnectionTest,
): { text: string; name: string } => ({
  text: reportOf(test, programLines(services), services.settings.view.language),
  name: `multimedia-desk-connection-${new Date(test.at).toISOString().slice(0, 16).replaceAll(/[:T]/gu, '-')}.txt`,
});
