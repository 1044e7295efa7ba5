import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import type { Contract } from '../../shared/contract/define.ts';
import type { Invoke } from '../app/contract/serve.ts';

/** Registers the commands of the contract; `isTrustedFrame` decides whether a sender is trusted. */
export function serveElectron(
  contract: Contract,
  invoke: Invoke,
  isTrustedFrame: (event: IpcMainInvokeEvent) => boolean,
): void {
  for (const [name, { kind }] of Object.entries(contract)) {
    if (kind === 'command')
      ipcMain.handle(name, (event, raw: unknown) =>
        invoke(name, { isTrusted: isTrustedFrame(event) }, raw),
      );
  }
}
