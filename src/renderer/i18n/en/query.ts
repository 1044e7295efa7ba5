import type { QueryField } from '../../../shared/api/query/fields.ts';
import type { Fault } from '../../../shared/api/query/parse.ts';

/** Texts of the search field. */
export const query = {
  suggestions: 'Suggestions',
  fields: 'Fields',
  recent: 'Recent',
  choose: 'Choose',
  complete: 'Complete',
  search: 'Search',
  allFields: 'All fields',
  fewer: 'Fewer',
  /** With the name of the field or its value in front, set in bold. */
  faults: {
    'unknown-field': 'isn’t a field.',
    'unknown-value': 'isn’t a value of this field.',
    'no-value': 'needs a value.',
    'no-date': 'isn’t a date. Use 2026-11-20, today or 7d.',
    'too-many': 'and what follows is too much: 100 words and values at most.',
    'no-length': 'isn’t a length. Use <60 or 1:30..3:00.',
  } satisfies Record<Fault['reason'], string>,
  use: (suggestion: string) => `Use ${suggestion}`,
  leftOut: (names: string) => `${names} left out`,
  results: (n: string, isOne: boolean) => `${n} ${isOne ? 'package' : 'packages'}`,
  /** What each field is for. */
  help: {
    country: 'Country, by code or name',
    type: 'Edited, B-roll, soundbites; video, audio, picture',
    language: 'Spoken language',
    topic: 'Topic',
    format: 'Lines, scan and rate, such as 1080i50',
    rate: 'Frames per second',
    rights: 'none, or a kind of restriction',
    source: 'Source, by its name',
    has: 'Soundbites, shotlist, script, captions, stills',
    speaker: 'Who is heard',
    place: 'Place',
    title: 'Words of the title',
    id: 'ID, such as AUR-26-1131',
    date: '2026-11-20..24, today, 7d',
    after: 'From this day on',
    before: 'Until the day before',
    duration: '<60 seconds, >5:00, 1:30..3:00',
    is: 'unread, read, starred, saved, corrected',
    tag: 'A tag of yours',
  } satisfies Record<QueryField, string>,
  words: {
    phrase: 'Words as they stand',
    without: 'Without this word',
    either: 'Either of them',
  },
};
