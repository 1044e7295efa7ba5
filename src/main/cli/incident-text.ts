import type { Incident } from '../../shared/contract/app.ts';

const WHAT: Record<Incident['kind'], string> = {
  'settings-rebuilt': 'The settings were damaged',
  'settings-changed':
    'The settings file was changed outside the program and is in use as it is; check it',
  'library-rebuilt': 'The library was damaged and has been repaired',
  'library-damaged': 'Part of the library can’t be read; the next start repairs it',
  'queue-rebuilt': 'The queue was damaged and has been repaired; files on disk are untouched',
  'queue-damaged': 'Part of the queue can’t be read; the next start repairs it',
  'demo-rebuilt': 'The demo’s data was damaged; the demo starts afresh',
  'items-skipped': 'The service sent entries that couldn’t be read; they were skipped',
  'moved-aside': 'Something else was in the place of one of the program’s files',
};

/** One line for a terminal. */
export function incidentText({ kind, file, kept, fromBackup, lost }: Incident): string {
  const facts = [
    ...(kept === null ? [] : [`${kept} recovered`]),
    ...(fromBackup > 0
      ? [
          kind === 'settings-rebuilt'
            ? 'restored from their last backup'
            : `${fromBackup} of them from a backup`,
        ]
      : []),
    ...(lost.length > 0 ? [`not recovered: ${lost.join(', ')}`] : []),
    ...(file === null ? [] : [`set aside as ${file}`]),
  ];
  return [WHAT[kind], ...facts].join('; ');
}
