import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { PolicyText } from '../../settings/ports.ts';
import { errnoOf, hasErrno } from './errors.ts';

export type PolicyPlace = {
  file: string;
  /**
   * Id of the user who alone may write it; null where the system's own rules for the folder say that,
   * as those of ProgramData do.
   */
  owner: number | null;
};

const ROOT = 0;
const MAX_BYTES = 1024 * 1024;
/** Anybody may set the variable that names the folder: what is at the usual place comes first. */
const PROGRAM_DATA = 'C:\\ProgramData';

const windowsFile = (base: string): string =>
  path.win32.join(base, 'Multimedia Desk', 'policy.json');

/** Where the system's administrator puts the policy. */
export function systemPolicy(): PolicyPlace {
  if (process.platform === 'win32') {
    const usual = windowsFile(PROGRAM_DATA);
    const named = process.env['ProgramData'];
    return {
      file: named === undefined || existsSync(usual) ? usual : windowsFile(named),
      owner: null,
    };
  }
  return {
    file:
      process.platform === 'darwin'
        ? '/Library/Application Support/Multimedia Desk/policy.json'
        : '/etc/multimedia-desk/policy.json',
    owner: ROOT,
  };
}

const unreadable = (file: string, detail: string): PolicyText => ({
  file,
  text: null,
  fault: { kind: 'unreadable', detail },
});

/** Whether others than its owner may write it. */
const isOpenToOthers = ({ uid, mode }: { uid: number; mode: number }, owner: number): boolean =>
  uid !== owner || (mode & (constants.S_IWGRP | constants.S_IWOTH)) !== 0;

/** Reads the policy. What is wrong with the file is in the answer: the program starts in any case. */
export function readPolicyFile({ file, owner }: PolicyPlace): PolicyText {
  let descriptor: number;
  try {
    // Whatever else may be there, such as a pipe, keeps nobody waiting.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT', 'ENOTDIR')) return { file, text: null, fault: null };
    return unreadable(file, `it can’t be read (${errnoOf(thrown) ?? String(thrown)})`);
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) return unreadable(file, 'it isn’t a file');
    if (found.size > MAX_BYTES) return unreadable(file, 'it is larger than 1 MB');
    if (
      owner !== null &&
      (isOpenToOthers(found, owner) || isOpenToOthers(statSync(path.dirname(file)), owner))
    )
      return {
        file,
        text: null,
        fault: {
          kind: 'writable',
          detail:
            'others than the administrator can write to it. File and folder must belong to root, without write permission for group and others (chmod go-w)',
        },
      };
    return { file, text: readFileSync(descriptor, 'utf8'), fault: null };
  } catch (thrown) {
    return unreadable(file, `it can’t be read (${errnoOf(thrown) ?? String(thrown)})`);
  } finally {
    closeSync(descriptor);
  }
}
