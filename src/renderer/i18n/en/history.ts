const packages = (n: string): string => (n === '1' ? '1 package' : `${n} packages`);

/** Packages that were ever complete here, also those removed from the list. */
export const history = {
  packages: 'Packages',
  paletteTitle: 'History of packages',
  withCount: (label: string, n: string) => `${label} ${n}`,
  list: 'Packages',
  foot: 'Removing a download from the list doesn’t remove it here.',
  // The look at the disk
  notLooked: 'Folders not checked yet.',
  looked: (time: string) => `Folders checked at ${time}.`,
  movedText: 'Packages that were moved are recognised by their content.',
  looking: 'Checking the folders…',
  away: (n: string) =>
    n === '1'
      ? 'The disk of 1 package can’t be reached.'
      : `The disks of ${n} packages can’t be reached.`,
  awayText: 'What is shown of them is from an earlier check.',
  lookNow: 'Check now',
  // Search and filters
  search: 'Title, ID, folder, date',
  show: 'Which packages',
  shown: {
    all: 'All packages',
    here: 'On disk',
    gone: 'No longer there',
    marked: 'Recalled or changed',
  },
  period: 'Complete',
  found: packages,
  clearFilters: 'Show all packages',
  // List
  columns: { package: 'Package', place: 'Where', size: 'Size', complete: 'Complete' },
  version: (n: number) => `version ${n}`,
  places: {
    here: 'On disk',
    moved: 'Moved, found again',
    away: 'Disk can’t be reached',
    gone: 'No longer there',
    cleared: 'Cleared from disk',
  },
  movedFrom: (folder: string, before: string) => `${folder}\nMoved from ${before}`,
  // Nothing to show
  nothingYet: 'No packages yet',
  nothingYetText:
    'Every package that was complete on this computer stays here: which version, when, and where its files are.',
  noneFound: 'No package matches',
  noneFoundText: 'Search looks at titles, IDs, renditions, folders and dates.',
  failed: 'The history can’t be read now',
  failedText: 'Nothing was lost. Try again.',
  tryAgain: 'Try again',
};
