import { contextBridge, ipcRenderer } from 'electron';
import type { Kinds } from '../shared/contract/define.ts';
import { makeBridge } from './bridge.ts';

/** Put in at build time from the contract, so that no schema is loaded here. */
declare const __CONTRACT_KINDS__: Kinds;

contextBridge.exposeInMainWorld('desk', makeBridge(__CONTRACT_KINDS__, ipcRenderer));
