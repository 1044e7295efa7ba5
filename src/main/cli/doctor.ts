import type { Command } from 'commander';
import { createHash } from 'node:crypto';
import Conf from 'conf';
import { accessSync, constants } from 'node:fs';
import { toWire, type ErrorCode } from '../../shared/errors.ts';
import { ensureHome } from '../adapters/sqlite/home-lock.ts';
import { createKeychainVault } from '../adapters/keychain.ts';
import { createLog } from '../adapters/log.ts';
import type { ServiceClient } from '../adapters/service/client.ts';
import { createSettingsFile } from '../adapters/fs/settings-file.ts';
import { Settings } from '../settings/settings.ts';
import { faultText } from '../ledger/journal.ts';
import { checkHomeLedger } from './ledger.ts';
import { homeOf, type CommandContext, type Common } from './context.ts';
import type { Output } from './output.ts';
import { serviceOrigin } from '../app/service-address.ts';

type Check = { name: string; ok: boolean; found: string; advice?: string; code?: ErrorCode };

/** Probes with an entry of its own; reads no secret. */
async function checkKeychain(home: string): Promise<Check> {
  const vault = createKeychainVault(
    `doctor:${createHash('sha256').update(home).digest('hex').slice(0, 16)}`,
  );
  const state = await vault.write('flow', 'probe');
  await vault.remove('flow');
  const advice = {
    ok: undefined,
    absent:
      'Start one. On Linux that’s a Secret Service such as gnome-keyring in a D-Bus session. Without it, you’re signed out when the app closes.',
    locked: 'Unlock the keychain, then run this again.',
    unanswered: 'Run this again in a moment. If the keychain still isn’t responding, restart it.',
    unreadable: 'The keychain’s answer couldn’t be read. Details are in the log.',
  }[state];
  return {
    name: 'keychain',
    ok: state === 'ok',
    found: state,
    ...(advice ? { advice } : {}),
    ...(state === 'ok' ? {} : { code: `keychain-${state}` as const }),
  };
}

/** The service a command would use: an option, the environment, or the settings of the home. */
function serviceOf(
  common: Common,
  home: string,
  canRead: boolean,
): { demo: boolean; typed: string | null } {
  const named = common.service ?? process.env['MULTIMEDIA_DESK_SERVICE'];
  if (common.demo || named !== undefined || !canRead)
    return { demo: common.demo === true, typed: named ?? null };
  const { demo, serviceUrl } = new Settings(
    createSettingsFile(Conf, home),
    { destination: home, language: 'en' },
    () => undefined,
  ).view;
  return { demo, typed: serviceUrl };
}

async function checkService(
  { demo, typed }: { demo: boolean; typed: string | null },
  version: string,
): Promise<Check> {
  if (demo) return { name: 'service', ok: true, found: 'the built-in demo' };
  if (typed === null)
    return { name: 'service', ok: true, found: 'none set (check one with --service URL)' };
  let origin = typed;
  let client: ServiceClient | null = null;
  try {
    origin = serviceOrigin(typed);
    const { createServiceClient } = await import('../adapters/service/client.ts');
    client = createServiceClient({ origin, version, language: () => 'en' });
    const { apiVersion } = await client.api.getMeta({});
    return { name: 'service', ok: true, found: `${origin} is reachable, API ${apiVersion}` };
  } catch (thrown) {
    const { code, message } = toWire(thrown);
    return {
      name: 'service',
      ok: false,
      found: `${origin}: ${message} (${code})`,
      advice: 'Check the address, the connection and the proxy.',
      code,
    };
  } finally {
    client?.close();
  }
}

function checkProxy(): Check {
  const proxy =
    process.env['HTTPS_PROXY'] ??
    process.env['https_proxy'] ??
    process.env['HTTP_PROXY'] ??
    process.env['http_proxy'];
  // Leaves out the user and password of the proxy's URL.
  const shown = proxy && URL.canParse(proxy) ? new URL(proxy).host : proxy;
  return { name: 'proxy', ok: true, found: shown ?? 'none' };
}

async function checkHome(home: string): Promise<Check> {
  try {
    await ensureHome(home);
    accessSync(home, constants.R_OK | constants.W_OK);
    return { name: 'disk', ok: true, found: home };
  } catch {
    return {
      name: 'disk',
      ok: false,
      found: `${home} can’t be written to`,
      advice: 'Change its permissions, or use another folder with --home.',
      code: 'not-permitted',
    };
  }
}

async function checkLedger(home: string): Promise<Check> {
  const name = 'ledger';
  try {
    const checked = await checkHomeLedger(home);
    if (checked === null) return { name, ok: true, found: 'nothing recorded yet' };
    const { fault, entries } = checked;
    if (fault === null)
      return {
        name,
        ok: true,
        found: `unbroken, ${entries === 1 ? '1 entry' : `${entries} entries`}`,
      };
    return {
      name,
      ok: false,
      found: faultText(fault),
      advice:
        'Keep the file and don’t edit it: new entries are still added. If this home was restored from a backup, keep the newer ledger too. See docs/security.md.',
      code: 'ledger-broken',
    };
  } catch (thrown) {
    const { code, message } = toWire(thrown);
    return { name, ok: false, found: `can’t be read: ${message}`, code };
  }
}

export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('check keychain, service, proxy, disk, ledger, log and versions')
    .action(async (_options: unknown, command: Command) => {
      const output: Output = context.output(command);
      const common = context.common(command);
      const home = homeOf(common);
      const disk = await checkHome(home);
      const checks: Check[] = [
        await checkKeychain(home),
        await checkService(serviceOf(common, home, disk.ok), context.version),
        checkProxy(),
        disk,
        await checkLedger(home),
        {
          name: 'log',
          ok: disk.ok,
          found: disk.ok ? createLog(home).file : 'none',
          ...(disk.ok ? {} : { code: 'not-permitted' as const }),
        },
        {
          name: 'versions',
          ok: true,
          found: `desk ${context.version}, Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? '?'}, ${process.platform} ${process.arch}`,
        },
      ];
      for (const { name, ok, found, advice } of checks)
        output.line({ type: 'item', name, ok, found, advice: advice ?? null }, [
          `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${found}`,
          ...(advice ? [`      ${advice}`] : []),
        ]);
      const failed = checks.filter(({ ok }) => !ok);
      context.exit(
        failed.length === 0
          ? output.done({ count: checks.length })
          : output.failedWith({
              code: failed[0]?.code ?? 'bug',
              message: `${failed.length} of ${checks.length} checks failed`,
            }),
      );
    });
}
