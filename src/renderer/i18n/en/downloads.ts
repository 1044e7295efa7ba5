/** Words of queuing, wherever it is done from. */
export const downloads = {
  queued: (n: number) => (n === 1 ? 'The package is in the queue' : `${n} packages are in the queue`),
  show: 'Show in Downloads',
  added: (n: number) => (n === 1 ? 'The download is in the queue' : `${n} downloads are in the queue`),
  tooLong: 'The list is too long for one document; desk queue export takes it in parts',
  tooLarge: (name: string) => `${name} is too large here; desk queue import takes it`,
  notUsable: 'Drop a Metalink (.meta4), an exported queue (.json) or a link here',
  exported: (n: number, out: number) => (n === 0 ? 'There is nothing in the queue that can be given away' : `Written. ${out === 1 ? '1 address is' : `${out} addresses are`} left out: they may be secret or of this computer`),
  confirmTitle: (n: number) => (n === 1 ? 'Confirm the terms of this package' : `Confirm the terms of ${n} packages`),
  confirmText: 'Who uses this footage keeps to these terms. That you confirmed them is written down with the download.',
  confirm: 'Confirm terms and queue',
  more: (n: number) => (n === 1 ? 'and the terms of 1 more package' : `and the terms of ${n} more packages`),
};
