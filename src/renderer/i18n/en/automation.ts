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
  'origin-error': 'The receiver answered with an error or closed the connection.',
  'origin-refused': 'The receiver refuses access. Check the address.',
  'rate-limited': 'The receiver asks for a pause.',
  'redirect-refused': 'The receiver redirects, which isn’t followed. Use the address it leads to.',
  'source-gone': 'The receiver wants no more events.',
  'https-required': 'http works only for addresses in your own network. Use https.',
  timeout: 'The receiver doesn’t answer in time.',
  offline: 'The receiver can’t be found or reached.',
  tls: 'The receiver’s certificate isn’t trusted on this computer. Add its CA file under Connection.',
  'keychain-absent':
    'Its address and signing key are no longer in the keychain. Remove it and add it again.',
  'keychain-locked':
    'Its address is in the keychain, which is locked. Unlock it to send the events.',
  usage: 'Its key file contains no signing key. Tell your administrator.',
  'destination-missing': 'Its key file isn’t there. Tell your administrator.',
  'not-permitted': 'Its key file can’t be read. Tell your administrator.',
};

const commandFaults: Partial<Record<ErrorCode, string>> = {
  'not-found': 'The command can’t be run. Tell your administrator.',
  'origin-error': 'The command ended with an error. desk.log has what it said.',
  timeout: 'The command took too long.',
};

const listFaults: Partial<Record<ErrorCode, string>> = {
  usage: 'This isn’t an exported queue or a Metalink.',
  'metalink-invalid': 'This Metalink can’t be read.',
  'unsafe-name': 'Some of its names aren’t safe. They weren’t queued.',
  'destination-missing': 'The folder isn’t there.',
  'not-permitted': 'The folder can’t be read or written to.',
  exists: 'Something else in the folder is called “done” or “failed”. Move it away.',
};

/** Why a folder can’t be watched. */
const folderRefusals: Record<string, string> = {
  relative: 'Enter full paths.',
  'not-a-folder': 'This isn’t a folder.',
  'own-folder': 'The app’s own folder can’t be watched. Choose another one.',
  downloads: 'Downloads go there and would be taken for lists. Choose another folder.',
  package: 'This folder is inside a downloaded package. Choose another one.',
};

export const automation = {
  text: 'Webhooks tell other systems what happens here, and a watch folder takes lists from them. Both work while the app runs.',
  add: 'Add webhook',
  none: 'No webhooks yet.',
  ownOff: (organisation: string) => `Your own webhooks are switched off by ${organisation}.`,
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
  addText: 'It’s told what happens from now on, in signed JSON (Standard Webhooks).',
  address: 'Address',
  addressHelp: 'https, or http in your own network. No user name or password in it.',
  addressMissing: 'Enter the address.',
  addressWrong: 'Enter an https address without a user name or password.',
  name: 'Name',
  nameHelp: 'Optional. Without one, it goes by its host name.',
  which: 'Events',
  noEvents: 'Choose at least one event.',
  addButton: 'Add',
  keyTitle: 'Signing key',
  keyText:
    'The receiver needs this key to check that events come from here. Copy it now: it’s shown only this once.',
  key: 'Signing key',
  copied: 'Signing key copied',
  watch: 'Watch folder',
  watchText:
    'Metalinks and exported queues put into the watched folder are queued, then moved to its “done” or “failed” subfolder.',
  folders: 'Folders',
  folder: 'Folder to watch',
  folderText: 'Full path. Downloads must not go into it.',
  saveTo: 'Save to',
  saveToText: 'Where its downloads go. Leave empty for the download folder.',
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
    away: (reason: string) => `Can’t be reached. ${reason} Watching resumes as soon as it’s back.`,
    unfit: 'It can no longer be watched. Choose another folder.',
    waits: (reason: string) => `A list waits. ${reason}`,
  },
  lists: 'Last lists',
  listFaults,
  folderRefusals,
  queued: (count: string) => (count === '1' ? '1 download queued' : `${count} downloads queued`),
  listed: (name: string, time: string, result: string) => `${name}, ${time}: ${result}`,
  bannerWebhooks: (names: string) => `Webhooks are switched off: ${names}`,
  bannerWebhooksText:
    'Delivery failed for five days, or the receiver wants no more events. Events wait here.',
  bannerFolder: 'The watch folder can’t be reached',
  bannerFolderText: 'No lists are taken from it until it’s back.',
  open: 'Show',
};
