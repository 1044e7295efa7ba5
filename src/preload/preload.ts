import { contextBridge, ipcRenderer } from 'electron';
import type { Kinds } from '../shared/contract/define.ts';
import { makeBridge } from './bridge.ts';

/**
 * By kind the names of the contract, put in at build time so that no schema is loaded here:
 * `app info disk;settings get set`, each area with what is after its dot.
 */
declare const __CONTRACT_NAMES__: Record<Kinds[string], string>;

const kinds: Kinds = {};
for (const kind of ['command', 'push'] as const)
  for (const area of __CONTRACT_NAMES__[kind].split(';')) {
    const [first, ...names] = area.split(' ');
    for (const name of names) kinds[`${first}.${name}`] = kind;
  }
contextBridge.exposeInMainWorld('desk', makeBridge(kinds, ipcRenderer));
