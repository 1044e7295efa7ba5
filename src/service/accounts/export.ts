import type { AccountExport } from '../../shared/api/account.ts';
import { iso } from '../clock.ts';
import type {
  AccountRecord,
  DownloadRecord,
  FlowRecord,
  SessionRecord,
  StoreTx,
  ThrottleRecord,
} from '../store/ports.ts';
import { profileOf } from './profile.ts';

const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

const sessionOf = ({ id, device, ip, createdAt, lastSeenAt, endedAt }: SessionRecord) => ({
  id,
  device: device.name,
  platform: device.platform,
  appVersion: device.appVersion,
  ip,
  createdAt: iso(createdAt),
  lastSeenAt: iso(lastSeenAt),
  endedAt: isoOrNull(endedAt),
});
const downloadOf = ({
  id,
  packageId,
  rev,
  bytes,
  state,
  createdAt,
  acknowledged,
  receipt,
}: DownloadRecord) => ({
  id,
  packageId,
  rev,
  bytes: bytes ?? null,
  state,
  createdAt: iso(createdAt),
  acknowledged,
  receipt:
    receipt === null
      ? null
      : (JSON.parse(receipt) as AccountExport['downloads'][number]['receipt']),
});
const flowOf = ({ purpose, email, createdAt }: FlowRecord) => ({
  purpose: purpose === 'reset' ? purpose : ('email-change' as const),
  email,
  createdAt: iso(createdAt),
});
const networkOf = ({ key, knownAt, failures }: ThrottleRecord) => ({
  network: key.slice(key.indexOf(' ') + 1),
  signedInAt: isoOrNull(knownAt),
  wrongPasswords: failures,
});

/** Everything stored about a person except secrets: password hash, codes and tokens. */
export async function exportOf(
  tx: StoreTx,
  account: AccountRecord,
  now: number,
): Promise<AccountExport> {
  const flows = await tx.flows.ofAccount(account.id);
  const tries = await tx.throttles.ofAddress(account.emailKey);
  return {
    exportedAt: iso(now),
    account: profileOf(account),
    newsletterConsents: account.consents.map(({ at, ...consent }) => ({ ...consent, at: iso(at) })),
    sessions: (await tx.sessions.ofAccount(account.id)).map(sessionOf),
    downloads: (await tx.downloads.ofAccount(account.id)).map(downloadOf),
    flows: flows.map(flowOf),
    networks: tries.filter(({ key }) => key.includes(' ')).map(networkOf),
  };
}
