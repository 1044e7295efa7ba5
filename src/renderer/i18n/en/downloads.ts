/** Words of queuing, wherever it is done from. */
export const downloads = {
  queued: (n: number) => (n === 1 ? 'The package is in the queue' : `${n} packages are in the queue`),
  show: 'Show in Downloads',
  confirmTitle: (n: number) => (n === 1 ? 'Confirm the terms of this package' : `Confirm the terms of ${n} packages`),
  confirmText: 'Who uses this footage keeps to these terms. That you confirmed them is written down with the download.',
  confirm: 'Confirm terms and queue',
  more: (n: number) => (n === 1 ? 'and the terms of 1 more package' : `and the terms of ${n} more packages`),
};
