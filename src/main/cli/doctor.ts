import type { Command } from 'commander';
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { toWire, type ErrorCode } from '../../shared/errors.ts';
import { ensureHome } from '../adapters/sqlite/home-lock.ts';
import { createKeychainVault } from '../adapters/keychain.ts';
import { checkCredentials } from '../adapters/vault.ts';
import { createLog } from '../adapters/log.ts';
import { policyFacts } from './policy.ts';
import { faultText } from '../ledger/journal.ts';
import { checkHomeLedger } from './ledger.ts';
import { systemClock } from '../../shared/clock.ts';
import { hopWords } from '../../shared/model/connection-words.ts';
import { testConnection } from '../app/connection-test.ts';
import {
  credentialChoiceOf,
  networkFor,
  policyOfComputer,
  settingsOfHome,
  withoutOpening,
  type CommandContext,
  type Common,
} from './context.ts';
import { serviceOrigin } from '../app/service-address.ts';

type Check = { name: string; ok: boolean; found: string; advice?: string; code?: ErrorCode };

/** Of the credential file only whether it can be opened: another program may be using it. */
async function checkSecrets({ terminal }: CommandContext, common: Common): Promise<Check> {
  const { home } = common;
  const name = 'keychain';
  try {
    const { store, text } = await checkCredentials(home, credentialChoiceOf(common, terminal));
    return store === 'keychain' ? await checkKeychain(home) : { name, ok: true, found: text };
  } catch (thrown) {
    const { code, message } = toWire(thrown);
    return {
      name,
      ok: false,
      found: message,
      code,
      ...(code === 'keychain-unreadable'
        ? { advice: 'The next start sets it aside. Sign in again then.' }
        : {}),
    };
  }
}

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
      'Start one. On Linux that’s a Secret Service such as gnome-keyring in a D-Bus session. Without it, you’re signed out when the app closes. On a server, use a credential file instead: see docs/server.md.',
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
  context: CommandContext,
  common: Common,
  canRead: boolean,
): { demo: boolean; typed: string | null } {
  const named = common.service ?? context.terminal.service;
  if (common.demo || named !== undefined || !canRead)
    return { demo: common.demo === true, typed: named ?? null };
  if (context.hosted) {
    const scope = context.hosted.services.current()?.scope ?? null;
    return { demo: scope === 'demo', typed: scope };
  }
  const { demo, serviceUrl } = settingsOfHome(common.home).view;
  return { demo, typed: serviceUrl };
}

/** The way to the service, part by part, with the words of the app. */
async function checkConnection(
  { demo, typed }: { demo: boolean; typed: string | null },
  context: CommandContext,
  common: Common,
): Promise<Check[]> {
  if (demo) return [{ name: 'service', ok: true, found: 'the built-in demo' }];
  let origin: string | null = null;
  try {
    origin = typed === null ? null : serviceOrigin(typed);
  } catch (thrown) {
    const { code, message } = toWire(thrown);
    return [{ name: 'service', ok: false, found: `${typed}: ${message}`, code }];
  }
  const { network, by } = networkFor(context, common);
  const { hops } = await testConnection({
    network,
    by,
    version: context.version,
    service: origin,
    servers: [],
    sources: [],
    nowMs: systemClock.nowMs,
  });
  const checks = hops.map((hop): Check => {
    const { title, found, toDo, facts } = hopWords(hop, 'en');
    const more = hop.state === 'failed' && hop.detail !== null ? ` [${hop.detail}]` : '';
    return {
      name: title.toLowerCase(),
      ok: hop.state !== 'failed',
      found: hop.state === 'not-reached' ? `not reached: ${found}` : `${found}${more}`,
      ...(toDo === null
        ? {}
        : {
            advice: [...facts.map(([name, value]) => `${name}: ${value}`), toDo].join('\n'),
          }),
      ...(hop.code === null ? {} : { code: hop.code }),
    };
  });
  return origin === null
    ? [...checks, { name: 'service', ok: true, found: 'none set (check one with --service URL)' }]
    : checks;
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

function checkPolicy(): Check {
  const name = 'policy';
  const { view } = policyOfComputer();
  if (!view.isThere) return { name, ok: true, found: `none (${view.file})` };
  const [found = '', ...faults] = policyFacts(view);
  if (faults.length === 0) return { name, ok: true, found };
  return {
    name,
    ok: false,
    found: `${found}. ${faults.join('. ')}`,
    advice: 'Have the file corrected, then start the app again. See docs/policy.md.',
    code: 'managed',
  };
}

export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description(
      'check keychain, the way to the service part by part, disk, policy, ledger, log and versions',
    )
    .action(
      withoutOpening(context, async (command, output) => {
        const common = context.common(command);
        const { home } = common;
        const disk = await checkHome(home);
        const checks: Check[] = [
          await checkSecrets(context, common),
          ...(await checkConnection(serviceOf(context, common, disk.ok), context, common)),
          disk,
          checkPolicy(),
          await checkLedger(home),
          {
            name: 'log',
            ok: disk.ok,
            found: disk.ok
              ? (context.hosted?.services.options.log ?? createLog(home)).file
              : 'none',
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
            ...(advice?.split('\n').map((line) => `      ${line}`) ?? []),
          ]);
        const failed = checks.filter(({ ok }) => !ok);
        return failed.length === 0
          ? output.done({ count: checks.length })
          : output.failedWith({
              code: failed[0]?.code ?? 'bug',
              message: `${failed.length} of ${checks.length} checks failed`,
            });
      }),
    );
}
