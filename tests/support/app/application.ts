import Conf from 'conf';
import path from 'node:path';
import { createLog } from '../../../src/main/adapters/log.ts';
import { createSettingsFile } from '../../../src/main/adapters/fs/settings-file.ts';
import { createApplication } from '../../../src/main/app/application.ts';
import type { Application, AppOptions, Shell } from '../../../src/main/app/services.ts';
import type { CommandName, Received, Returned } from '../../../src/shared/contract/define.ts';
import type { AppContract } from '../../../src/shared/contract/index.ts';

/** As the station's, which has no dialogs. */
export const pageShell: Shell = {
  kind: 'station',
  mediaSuffix: () => '',
  chooseFolder: async () => null,
  chooseFile: async () => null,
  reveal: () => undefined,
  openExternal: async () => undefined,
};

/** The whole program on a home, without a window: the caller closes it. */
export const openApplication = (
  home: string,
  options: Partial<AppOptions> = {},
): Promise<Application> =>
  createApplication({
    home,
    version: '0.1.0',
    background: false,
    log: createLog(home),
    settingsStore: createSettingsFile(Conf, home),
    // A policy of this computer is none of the tests'.
    policy: { file: path.join(home, 'policy.json'), owner: null },
    send: () => undefined,
    shell: pageShell,
    ...options,
  });

/**
 * A command as the page sends it.
 * @throws the error as it crosses to the page
 */
export async function invoke<N extends CommandName<AppContract>>(
  application: Application,
  name: N,
  ...input: undefined extends Received<AppContract, N> ? [] : [Received<AppContract, N>]
): Promise<Returned<AppContract, N>> {
  const answer = await application.invoke(name, { isTrusted: true }, input[0]);
  if (!answer.ok) throw Object.assign(new Error(`${name}: ${answer.error.message}`), answer.error);
  return answer.value as Returned<AppContract, N>;
}
