import type { UpdateFault, UpdateNote } from '../../../shared/contract/updates.ts';

const notes: Record<UpdateNote, (version: string) => string> = {
  older: (version) =>
    `The server offers ${version}, which is older than the version you have. It isn’t installed.`,
  'other-channel': (version) =>
    `Version ${version} is a beta. To take it, choose “Beta versions too”.`,
  staged: (version) =>
    `Version ${version} is being rolled out step by step. This computer gets it in the coming days.`,
  unsupported: (version) => `Version ${version} needs a newer operating system.`,
};

const faults: Record<UpdateFault, string> = {
  unreachable: 'The update server can’t be reached.',
  proxy: 'The proxy doesn’t let the app through to the update server.',
  certificate: 'The update server’s certificate isn’t trusted on this computer.',
  'not-found': 'The update server has no such version.',
  unreadable: 'The server’s answer isn’t an update. A sign-in page may be in the way.',
  unsigned: 'The update isn’t signed. It isn’t installed.',
  'wrong-signature': 'The update isn’t signed by the publisher of this app. It isn’t installed.',
  incomplete: 'The download of the update was cut off.',
  'wrong-hash': 'The downloaded update isn’t the one that was published. It isn’t installed.',
  'disk-full': 'The disk is too full for the update.',
  'not-permitted':
    'You aren’t allowed to replace the app here. Ask your administrator for the update.',
  other: 'The update failed. desk.log has the reason.',
};

export const updates = {
  title: 'Updates',
  text: 'Downloaded while no downloads run, and installed when you quit.',
  versions: 'Versions',
  choices: { stable: 'Stable versions', beta: 'Beta versions too', off: 'Off' },
  states: {
    package: 'Updated by the package this app was installed with, or by your administrator.',
    off: 'Off. No server is asked.',
    idle: 'Not checked yet',
    checking: 'Checking…',
    current: 'Up to date',
  },
  checkedAt: (state: string, time: string) => `${state}, checked ${time}`,
  found: (version: string) => `Version ${version} is available`,
  foundText: 'It’s downloaded once your downloads are done.',
  downloading: (version: string, percent: string) => `Downloading version ${version}: ${percent}`,
  ready: (version: string) => `Version ${version} is ready`,
  readyText: 'It’s installed when you quit.',
  busyText: 'It’s installed when you quit. Restarting waits until your downloads are done.',
  failed: 'The last check failed',
  later: (fault: string) => `${fault} The app retries later.`,
  check: 'Check now',
  download: 'Download now',
  restart: 'Restart and update',
  notes,
  faults,
};
