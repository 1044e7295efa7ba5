import type { EventKind } from '../../../shared/contract/events.ts';
import type { ErrorCode } from '../../../shared/errors.ts';

const events: Record<EventKind, string> = {
  'package.ready': 'Package ready',
  'download.ready': 'URL or Metalink ready',
  'download.failed': 'Download failed',
  'package.recalled': 'Package recalled',
  'package.released': 'Recall lifted',
  'package.corrected': 'Newer version',
};

const webhookFaults: Partial<Record<ErrorCode, string>> = {
  'origin-error': 'The receiver answers with an error, or breaks the connection off.',
  'origin-refused': 'The receiver refuses access.',
  'rate-limited': 'The receiver asks for a pause.',
  'redirect-refused': 'The receiver redirects, which isn’t followed. Use the address it leads to.',
  'source-gone': 'The receiver wants no more events.',
  'https-required': 'http is for addresses of your own network only. Use https.',
  timeout: 'The receiver doesn’t answer in time.',
  offline: 'The receiver can’t be found or reached.',
  tls: 'The receiver’s certificate isn’t trusted on this computer.',
  'keychain-absent':
    'Its address and signing key are no longer in the keychain. Remove it and add it again.',
  'keychain-locked': 'The keychain is locked: the address is in it.',
  usage: 'The file with the signing key has none.',
  'destination-missing': 'The file with the signing key isn’t there.',
  'not-permitted': 'The file with the signing key can’t be read.',
};

const commandFaults: Partial<Record<ErrorCode, string>> = {
  'not-found': 'The command can’t be run.',
  'origin-error': 'The command ended with an error. desk.log has what it said.',
  timeout: 'The command took too long.',
};

const listFaults: Partial<Record<ErrorCode, string>> = {
  usage: 'It isn’t a list that can be read.',
  'metalink-invalid': 'It isn’t a Metalink that can be read.',
  'unsafe-name': 'Some of its names aren’t safe. They weren’t queued.',
  'destination-missing': 'The folder isn’t there.',
  'not-permitted': 'The folder can’t be read or written to.',
  exists: 'Something else is called “done” or “failed” there. Move it away.',
};

/** Why a folder can’t be watched. */
const folderRefusals: Record<string, string> = {
  relative: 'Enter full paths.',
  'not-a-folder': 'This isn’t a folder.',
  'own-folder': 'The app’s own folder can’t be watched. Choose another one.',
  downloads: 'Downloads go there and would be taken for lists. Choose another folder.',
  package: 'This is inside of a downloaded package. Choose another folder.',
};

export const automation = {
  text: 'Webhooks tell other systems what happens here, and a watch folder takes lists from them. Both work while the app runs.',
  add: 'Add webhook',
  none: 'No other system is told of anything.',
  webhooks: 'Webhooks',
  kinds: { webhook: 'Webhook', command: 'Command' },
  events,
  all: 'All events',
  unsigned: 'Not signed',
  webhookFaults,
  commandFaults,
  fresh: 'Nothing sent yet',
  sent: (time: string) => `Last sent ${time}`,
  failing: (time: string, reason: string) => `Failing since ${time}. ${reason}`,
  off: (reason: string) => `Switched off. ${reason}`,
  offFailing: (reason: string) => `Switched off after five days of failures. ${reason}`,
  nextTry: (time: string) => `Next try ${time}`,
  waiting: (count: string) => (count === '1' ? '1 event waits' : `${count} events wait`),
  missed: (count: string) =>
    count === '1' ? '1 event was not delivered' : `${count} events were not delivered`,
  test: 'Test',
  tested: (name: string, status: string, ms: string) =>
    `${name} answered with status ${status} after ${ms} ms`,
  testedCommand: (name: string) => `${name} ended without an error`,
  resume: 'Switch on',
  retry: 'Try now',
  remove: 'Remove',
  of: (action: string, name: string) => `${action}: ${name}`,
  more: (name: string) => `More for ${name}`,
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: (waiting: string) =>
    waiting === '0'
      ? 'It gets no more events. Its signing key is deleted.'
      : `It gets no more events, not even those that wait (${waiting}). Its signing key is deleted.`,
  removed: (name: string) => `${name} removed`,
  addTitle: 'Add webhook',
  addText: 'It gets what happens from now on, as JSON that is signed (Standard Webhooks).',
  address: 'Address',
  addressHelp: 'https, or http in your own network. Without a user and password.',
  addressMissing: 'Enter the address.',
  addressWrong: 'Enter an https address without a user and password.',
  name: 'Name',
  nameHelp: 'Optional. Without one it is called by its host.',
  which: 'Events',
  noEvents: 'Choose at least one event.',
  addButton: 'Add',
  keyTitle: 'Signing key',
  keyText:
    'The receiver needs this key to check that events come from here. It is shown only now: copy it there before you close this.',
  key: 'Signing key',
  copy: 'Copy',
  copied: 'Signing key copied',
  done: 'Done',
  watch: 'Watch folder',
  watchText:
    'Metalinks and exported queues in this folder are queued, then moved to “done” or “failed” below it.',
  folder: 'Folder',
  folderText: 'Full path of a folder that nothing is downloaded to.',
  saveTo: 'Save to',
  saveToText: 'Where its downloads go. Empty for the download folder.',
  choose: 'Choose…',
  save: 'Save',
  stop: 'Stop watching',
  stopped: 'The folder is no longer watched',
  saved: (folder: string) => `${folder} is watched`,
  state: 'State',
  states: {
    off: 'No folder is watched',
    idle: 'Not watched now',
    watching: 'Watched',
    away: (reason: string) =>
      `Can’t be reached. ${reason} It is watched again as soon as it is back.`,
    unfit: 'It can’t be watched any more. Choose another folder.',
    waits: (reason: string) => `A list waits. ${reason}`,
  },
  lists: 'Last lists',
  listFaults,
  folderRefusals,
  queued: (count: string) => (count === '1' ? '1 download queued' : `${count} downloads queued`),
  listed: (name: string, time: string, result: string) => `${name}, ${time}: ${result}`,
  bannerWebhooks: (names: string) => `Webhooks are switched off: ${names}`,
  bannerWebhooksText: 'They failed for five days, or want no more. Their events wait.',
  bannerFolder: 'The watch folder can’t be reached',
  bannerFolderText: 'No lists are taken from it until it is back.',
  open: 'Show',
};
