/*
 * Shotlists in the layouts and with the quirks of agencies, all invented, each with what must come
 * out; and texts that are none.
 */

type ExpectedShot = {
  kind?: 'shot' | 'soundbite' | 'graphic' | 'voiceover';
  number?: number | null;
  startMs?: number | null;
  endMs?: number | null;
  end?: 'stated' | 'derived' | null;
  fault?: 'beyond' | 'backwards' | null;
  text?: string;
  view?: string | null;
  language?: string | null;
  speaker?: string | null;
  role?: string | null;
  quote?: string | null;
  flags?: string[];
  section?: number | null;
  restrictions?: number[];
};
export type ListedText = {
  name: string;
  text: string;
  /** All of them; a text alone stands for a shot with it. Without this it is no shotlist. */
  shots?: (string | ExpectedShot)[];
  head?: object;
  sections?: object[];
  /** All of them, with the shots that each is on; null is on all. */
  restrictions?: [text: string, shots: number[] | null][];
  stories?: [kind: string, text: string][];
  remainder?: string;
};

const said = (
  speaker: string | null,
  role: string | null,
  quote: string | null,
  more: ExpectedShot = {},
): ExpectedShot => ({ kind: 'soundbite', speaker, role, quote, language: 'en', ...more });
const at = (seconds: number, text: string, more: ExpectedShot = {}): ExpectedShot => ({
  startMs: seconds * 1000,
  text,
  ...more,
});
const FERRY = 'Wide shot, ferry';
const CRANE = 'Med shot, crane';

const UNIFEED: ListedText[] = [
  {
    name: 'UNifeed, whole',
    text: `STORY: TROMSØ / HARBOUR REOPENS
TRT: 02:51
SOURCE: QUAY FEED / NORD TV
RESTRICTIONS: NONE
LANGUAGE: ENGLISH / NATS
ASPECT RATIO: 16:9
DATELINE: 25 NOVEMBER 2026, TROMSØ, NORWAY

SHOTLIST:

25 NOVEMBER 2026, TROMSØ, NORWAY

1. Wide shot, ferry
2. Med shot, crane
3. SOUNDBITE (English) Ingrid Aune, Harbour Master, Port Authority of the North (PAN): “We waited an hour.”
4. Cutaway, journalists

FILE – OSLO, NORWAY – 2019

5. Various shots, ships

STORYLINE:

The harbour reopened. It took 2. hours.

1. A numbered paragraph of the story.`,
    head: {
      trtMs: 171_000,
      story: 'TROMSØ / HARBOUR REOPENS',
      source: 'QUAY FEED / NORD TV',
      dateline: '25 NOVEMBER 2026, TROMSØ, NORWAY',
      aspectRatio: '16:9',
      languages: ['en'],
    },
    sections: [
      { isFile: false, location: 'TROMSØ, NORWAY', date: '25 NOVEMBER 2026' },
      { isFile: true, location: 'OSLO, NORWAY', date: '2019', text: 'FILE – OSLO, NORWAY – 2019' },
    ],
    shots: [
      { number: 1, text: FERRY, view: 'wide', section: 0, startMs: null, endMs: null },
      { number: 2, text: CRANE, view: 'medium' },
      said(
        'Ingrid Aune',
        'Harbour Master, Port Authority of the North (PAN)',
        'We waited an hour.',
        { number: 3 },
      ),
      { number: 4, view: 'cutaway', section: 0 },
      { number: 5, view: 'various', section: 1 },
    ],
    stories: [
      [
        'storyline',
        'The harbour reopened. It took 2. hours.\n\n1. A numbered paragraph of the story.',
      ],
    ],
    remainder: '',
  },
  {
    name: 'UNifeed, LANGUAGE and RESTRICTIONS swapped, a length with a full stop',
    text: `STORY: BERGEN / MARKET
TRT: 2.39
SOURCE: QUAY FEED
LANGUAGE: NORWEGIAN / NATS
RESTRICTIONS: NONE
DATELINE: 3 MAY 2026 BERGEN, NORWAY
SHOTLIST:
1. Wide shot, ferry
2. Med shot, crane`,
    head: { trtMs: 159_000, languages: ['no'] },
    shots: [FERRY, CRANE],
    restrictions: [],
  },
  {
    name: 'UNifeed, a length with a double prime, and a restriction',
    text: `TRT: 2:41”
RESTRICTIONS: MUST CREDIT NORD TV
SHOTLIST
1) Wide shot, ferry
2) Med shot, crane`,
    head: { trtMs: 161_000 },
    shots: [
      { number: 1, text: FERRY },
      { number: 2, text: CRANE },
    ],
    restrictions: [['MUST CREDIT NORD TV', null]],
  },
  {
    name: 'UNifeed without the heading of the shots',
    text: `STORY: BERGEN / MARKET
TRT: 01:10
RESTRICTIONS: NONE
01. Wide shot, ferry
02. Med shot, crane
STORYLINE: The market opened.`,
    shots: [
      { number: 1, text: FERRY },
      { number: 2, text: CRANE },
    ],
    stories: [['storyline', 'The market opened.']],
  },
  {
    name: 'all on one line',
    text: `STORY: BERGEN / MARKET TRT: 01:10 SOURCE: QUAY FEED RESTRICTIONS: NONE LANGUAGE: ENGLISH / NATS DATELINE: 3 MAY 2026, BERGEN SHOTLIST: 3 MAY 2026, BERGEN, NORWAY 1. Wide shot, ferry 2. Med shot, crane at 2.5 metres 3. SOUNDBITE (English) Ole Vik, Skipper: “It holds 2. It is fine.” 4. Close up, rope STORYLINE: The market opened. 1. A point`,
    head: { trtMs: 70_000, source: 'QUAY FEED', dateline: '3 MAY 2026, BERGEN' },
    sections: [{ location: 'BERGEN, NORWAY', date: '3 MAY 2026' }],
    shots: [
      FERRY,
      'Med shot, crane at 2.5 metres',
      said('Ole Vik', 'Skipper', 'It holds 2. It is fine.'),
      { number: 4, text: 'Close up, rope', view: 'close' },
    ],
    restrictions: [],
    stories: [['storyline', 'The market opened. 1. A point']],
    remainder: '',
  },
  {
    name: 'all on one line, with labels that only begin with a capital',
    text: `Story: Bergen TRT: 1:10 Source: Quay Feed Restrictions: No access India Language: English SHOTLIST: 1. Wide shot, ferry 2. Med shot, crane`,
    head: { trtMs: 70_000, languages: ['en'] },
    shots: [FERRY, CRANE],
    restrictions: [['No access India', null]],
  },
  {
    name: 'the head after the shots',
    text: `SHOTLIST:
1. Wide shot, ferry
2. Med shot, crane
TRT: 1:10
RESTRICTIONS: NOT FOR ADVERTISING`,
    head: { trtMs: 70_000 },
    shots: [FERRY, CRANE],
    restrictions: [['NOT FOR ADVERTISING', null]],
  },
  {
    name: 'no-break spaces, full-width signs, carriage returns and a byte order mark',
    text: '\uFEFFTRT\u00a0：\u00a002：51\r\nRESTRICTIONS\u202f: NONE\r\rSHOTLIST：\r\n１．\u3000Wide shot, ferry\r\n２．\u00a0Med shot, crane\r\n',
    head: { trtMs: 171_000 },
    shots: [
      { number: 1, text: FERRY },
      { number: 2, text: CRANE },
    ],
    restrictions: [],
  },
  {
    name: 'ornaments around the headings',
    text: `***SHOTLIST***
1. Wide shot, ferry
2. Med shot, crane
--- STORYLINE ---
The market opened.`,
    shots: [FERRY, CRANE],
    stories: [['storyline', 'The market opened.']],
  },
  {
    name: 'bullets instead of numbers',
    text: `SHOTLIST:
• Wide shot, ferry
• Med shot, crane
- Boats leaving
* Close-up, rope`,
    shots: [
      { number: null, text: FERRY },
      CRANE,
      'Boats leaving',
      { text: 'Close-up, rope', view: 'close' },
    ],
  },
  {
    name: 'numbers with a dash, in brackets, and with a word',
    text: `SHOTLIST:
1 - Wide shot, ferry
2 – Med shot, crane
(3) Boats leaving
Shot 4: Rope
#5 Gulls`,
    shots: [
      { number: 1, text: FERRY },
      { number: 2, text: CRANE },
      { number: 3, text: 'Boats leaving' },
      { number: 4, text: 'Rope' },
      { number: 5, text: 'Gulls' },
    ],
  },
  {
    name: 'neither numbers nor times',
    text: `SHOTLIST
Wide shot, ferry
Med shot, crane
Close-up, rope
and the hands that hold it`,
    shots: [FERRY, CRANE, { text: 'Close-up, rope\nand the hands that hold it' }],
  },
  {
    name: 'shots over several lines, with blank ones between',
    text: `SHOTLIST:
1. Wide shot, ferry
in the evening light

2. Med shot, crane

Text that belongs to none.

3. Close up, rope`,
    shots: ['Wide shot, ferry\nin the evening light', CRANE, { number: 3, text: 'Close up, rope' }],
    remainder: 'Text that belongs to none.',
  },
  {
    name: 'a number on a line of its own',
    text: `SHOTLIST:
1.
Wide shot, ferry
2.

Med shot, crane`,
    shots: [
      { number: 1, text: FERRY },
      { number: 2, text: CRANE },
    ],
  },
  {
    name: 'outside and inside, before the view',
    text: `1. Exterior wide shot, ferry
2. Interior, close-up, rope
3. EXT. MEDIUM SHOT OF CRANE`,
    shots: [{ view: 'wide' }, { view: 'close' }, { view: 'medium' }],
  },
  {
    name: 'numbers that repeat',
    text: `SHOTLIST:
1. Wide shot, ferry
1. Med shot, crane
3. Close up, rope`,
    shots: [{ number: 1 }, { number: 1 }, { number: 3 }],
  },
  {
    name: 'a synopsis and then shots without a heading',
    text: `SYNOPSIS: A ferry comes in. It is 2. in line.
1. WIDE SHOT of the ferry
2. CLOSE UP of a rope`,
    stories: [['synopsis', 'A ferry comes in. It is 2. in line.']],
    shots: ['WIDE SHOT of the ferry', { text: 'CLOSE UP of a rope', view: 'close' }],
  },
  {
    name: 'shots alone, known by their words',
    text: `1. Wide shot of the ferry
2. Aerial view of the fjord
3. Rope`,
    shots: [{ view: 'wide' }, { view: 'aerial' }, 'Rope'],
  },
  {
    name: 'another list above the heading',
    text: `In this film:
1. How to moor
2. How to leave
00:30 is where it begins.
SHOTLIST:
1. Wide shot, ferry
2. Med shot, crane`,
    shots: [{ number: 1, text: FERRY }, CRANE],
    remainder: 'In this film:\n1. How to moor\n2. How to leave\n00:30 is where it begins.',
  },
  {
    name: 'a note among the shots ends nothing',
    text: `SHOTLIST:
1. Wide shot, ferry
NOTE: filmed by night
2. Boats leaving`,
    shots: [FERRY, 'Boats leaving'],
    stories: [['storyline', 'filmed by night']],
  },
];

const SOUNDBITES: ListedText[] = [
  {
    name: 'a dash after the language',
    text: `SHOTLIST:
1. SOUNDBITE (English) – Ole Vik, Skipper: “It holds.”`,
    shots: [said('Ole Vik', 'Skipper', 'It holds.')],
  },
  {
    name: 'a colon after the language, and one after SOUNDBITE',
    text: `SHOTLIST:
1. SOUNDBITE (English): Ole Vik, Skipper: “It holds.”
2. SOUNDBITE: (Norwegian) Ana Berg, Cook - "It is hot."`,
    shots: [
      said('Ole Vik', 'Skipper', 'It holds.'),
      said('Ana Berg', 'Cook', 'It is hot.', { language: 'no' }),
    ],
  },
  {
    name: 'no language, and one that nobody knows',
    text: `SHOTLIST:
1. SOUNDBITE Ole Vik, Skipper: “It holds.”
2. SOUNDBITE (Norn) Ana Berg, Cook: “It is hot.”`,
    shots: [
      said('Ole Vik', 'Skipper', 'It holds.', { language: null }),
      said('Ana Berg', 'Cook', 'It is hot.', { language: null }),
    ],
  },
  {
    name: 'several languages, and more in the brackets',
    text: `SHOTLIST:
1. SOUNDBITE (English/Nats) Ole Vik, Skipper: “It holds.”
2. SOUNDBITE (French, partly covered by shot 1) Ana Berg: “It is hot.”`,
    shots: [
      said('Ole Vik', 'Skipper', 'It holds.'),
      said('Ana Berg', null, 'It is hot.', { language: 'fr' }),
    ],
  },
  {
    name: 'double dashes around SOUNDBITE',
    text: `SHOTLIST:
--SOUNDBITE--(ENGLISH) Ole Vik, Skipper
“It holds.”
--SOUNDBITE-- (ENGLISH) Ana Berg, Cook: "It is hot."`,
    shots: [said('Ole Vik', 'Skipper', 'It holds.'), said('Ana Berg', 'Cook', 'It is hot.')],
  },
  {
    name: 'a quote of several lines, with numbers and times in it',
    text: `SHOTLIST:
1. Wide shot, ferry
2. SOUNDBITE (English) Ole Vik, Skipper: “We left at
10:30 in the morning.

7. That was the number.
NOT ONE OF US SLEPT.
And it held.”
3. Med shot, crane`,
    shots: [
      FERRY,
      said(
        'Ole Vik',
        'Skipper',
        'We left at\n10:30 in the morning.\n\n7. That was the number.\nNOT ONE OF US SLEPT.\nAnd it held.',
      ),
      { number: 3, text: CRANE },
    ],
  },
  {
    name: 'a quote without its closing mark',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole Vik, Skipper: “It holds.
And it did.
2. Med shot, crane`,
    shots: [said('Ole Vik', 'Skipper', 'It holds.\nAnd it did.'), CRANE],
  },
  {
    name: 'the next number in a quote that is never closed',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole Vik, Skipper: “It holds:
2. what I said.
2. Medium shot: crane`,
    shots: [said('Ole Vik', 'Skipper', 'It holds:'), 'what I said.', 'Medium shot: crane'],
  },
  {
    name: 'a paragraph below a closed quote',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole Vik, Skipper:
“It holds.”
“And it did.”
The ferry is back after a long week, and “nobody” on the quay knows who is going to pay for it.`,
    shots: [said('Ole Vik', 'Skipper', 'It holds.”\n“And it did.')],
    remainder:
      'The ferry is back after a long week, and “nobody” on the quay knows who is going to pay for it.',
  },
  {
    name: 'a quote without marks',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole Vik, Skipper: It holds, and it is "fine" by me.
2. SOUNDBITE (English) Ana Berg, Cook:

It is hot.
3. Med shot, crane`,
    shots: [
      said('Ole Vik', 'Skipper', 'It holds, and it is "fine" by me.'),
      said('Ana Berg', 'Cook', 'It is hot.'),
      CRANE,
    ],
  },
  {
    name: 'no quote at all',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole Vik, Skipper
2. Med shot, crane`,
    shots: [said('Ole Vik', 'Skipper', null), CRANE],
  },
  {
    name: 'a nickname in quotation marks',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole "Rope" Vik, Skipper: “It holds.”`,
    shots: [said('Ole "Rope" Vik', 'Skipper', 'It holds.')],
  },
  {
    name: 'a name over two lines',
    text: `SHOTLIST:
1. SOUNDBITE (English) Ole Vik, Skipper of the oldest ferry in all of the
northern fjords: “It holds.”`,
    shots: [
      said('Ole Vik', 'Skipper of the oldest ferry in all of the northern fjords', 'It holds.'),
    ],
  },
  {
    name: 'the function before the language, without a name',
    text: `SHOTLIST
00:24 VARIOUS of the ferry
00:42 Soundbite, soldier (ENGLISH) “We train.”`,
    shots: [
      at(24, 'VARIOUS of the ferry'),
      said(null, 'soldier', 'We train.', { startMs: 42_000 }),
    ],
  },
  {
    name: 'the function before the name, and SAYING after it',
    text: `SHOTLIST:
OSLO, NORWAY (NOVEMBER 24, 2026) (QUAY TV - ACCESS ALL)
1. VARIOUS OF FERRY
2. (SOUNDBITE) (Norwegian) HARBOUR MASTER, INGRID AUNE, SAYING:
"We waited an hour."`,
    sections: [{ date: 'NOVEMBER 24, 2026' }],
    shots: [
      { view: 'various' },
      said('INGRID AUNE', 'HARBOUR MASTER', 'We waited an hour.', { language: 'no' }),
    ],
    restrictions: [],
  },
  {
    name: 'natural sound, text and graphics between',
    text: `SHOTLIST:
1. UPSOUND (English) Ole Vik, Skipper: “Cast off!”
2. UPSOUND: the engine
3. TEXT ON SCREEN: Two hours later
GRAPHIC: Map of the fjord
VOICEOVER—The ferry leaves.
VOICE OVER (English): It is late.`,
    shots: [
      { kind: 'shot', flags: ['upsound'], speaker: 'Ole Vik', quote: 'Cast off!', language: 'en' },
      { kind: 'shot', flags: ['upsound'], speaker: null },
      { kind: 'graphic', text: 'TEXT ON SCREEN: Two hours later' },
      { kind: 'graphic', number: null },
      { kind: 'voiceover', text: 'VOICEOVER—The ferry leaves.' },
      { kind: 'voiceover' },
    ],
  },
];

const TIMES: ListedText[] = [
  {
    name: 'numbers and times in brackets',
    text: `Ships of the north.

SHOTLIST:
1. (00:00) WIDE SHOT of the ferry
2. (00:18) MEDIUM SHOT of a crane
3. [01:02] CLOSE UP of a rope`,
    shots: [
      at(0, 'WIDE SHOT of the ferry', { number: 1, endMs: 18_000, end: 'derived' }),
      at(18, 'MEDIUM SHOT of a crane', { endMs: 62_000, end: 'derived' }),
      at(62, 'CLOSE UP of a rope', { endMs: null, end: null }),
    ],
    remainder: 'Ships of the north.',
  },
  {
    name: 'numbers and times on one line',
    text: 'SHOTLIST: 1. (00:00) WIDE SHOT of the ferry 2. (00:18) MEDIUM SHOT of a crane (left) 3. (00:20) CLOSE UP',
    shots: [
      at(0, 'WIDE SHOT of the ferry'),
      at(18, 'MEDIUM SHOT of a crane (left)'),
      at(20, 'CLOSE UP'),
    ],
  },
  {
    name: 'times alone, in brackets, on one line',
    text: 'SHOTLIST: (00:00) The ferry (00:18) A crane, at (noon) (00:20) Rope',
    shots: [at(0, 'The ferry'), at(18, 'A crane, at (noon)'), at(20, 'Rope')],
  },
  {
    name: 'bare times on one line, and one in a sentence',
    text: 'SHOTLIST 00:00 VARIOUS of the ferry, which left at 10:30 that day 00:18 CLOSE UP of rope',
    shots: [
      at(0, 'VARIOUS of the ferry, which left at 10:30 that day'),
      at(18, 'CLOSE UP of rope'),
    ],
  },
  {
    name: 'ranges in every spelling',
    text: `SHOTLIST
00:00-00:07 The ferry
00:07 – 00:12 A crane
[00:12 - 00:20] Rope
(00:20—00:24) Gulls
00:24 to 00:31: Waves
00:00:31 - 00:01:02 The fjord
DE 01:02 À 01:10 Le port`,
    shots: [
      at(0, 'The ferry', { endMs: 7000, end: 'stated' }),
      at(7, 'A crane', { endMs: 12_000, end: 'stated' }),
      at(12, 'Rope', { endMs: 20_000 }),
      at(20, 'Gulls', { endMs: 24_000 }),
      at(24, 'Waves', { endMs: 31_000 }),
      at(31, 'The fjord', { endMs: 62_000 }),
      at(62, 'Le port', { endMs: 70_000, end: 'stated' }),
    ],
  },
  {
    name: 'hours, and frames that are left out',
    text: `SHOTLIST
00:00:24 The ferry
00:00:31:12 A crane
01:00:00 Rope`,
    shots: [at(24, 'The ferry'), at(31, 'A crane'), at(3600, 'Rope')],
  },
  {
    name: 'times on lines of their own',
    text: `SHOTLIST
[00:24]
The ferry
[00:31]
A crane`,
    shots: [at(24, 'The ferry', { endMs: 31_000 }), at(31, 'A crane')],
  },
  {
    name: 'one that goes back is at fault, not those around it',
    text: `SHOTLIST
00:10 The ferry
05:20 A crane
00:30 Rope
00:40 Gulls`,
    shots: [
      at(10, 'The ferry', { fault: null, endMs: 30_000, end: 'derived' }),
      at(320, 'A crane', { fault: 'backwards', endMs: null, end: null }),
      at(30, 'Rope', { fault: null }),
      at(40, 'Gulls'),
    ],
  },
  {
    name: 'past the length that is stated',
    text: `TRT: 01:00
SHOTLIST
00:10 The ferry
01:00 A crane
10:00:20 Rope`,
    shots: [
      at(10, 'The ferry', { fault: null }),
      at(60, 'A crane', { fault: null }),
      at(36_020, 'Rope', { fault: 'beyond' }),
    ],
  },
  {
    name: 'what is no time, and a range that goes back',
    text: `SHOTLIST
1. 00:75 on the clock
2. 99:99:99 at the wall
3. (00:20-00:10) Rope`,
    shots: [
      { startMs: null, text: '00:75 on the clock' },
      { startMs: null, text: '99:99:99 at the wall' },
      at(20, 'Rope', { endMs: null, end: null }),
    ],
  },
  {
    name: 'a length that is none',
    text: `TRT: unknown
SHOTLIST
1. Wide shot, ferry`,
    head: { trtMs: null },
    shots: [FERRY],
  },
];

const AP: ListedText[] = [
  {
    name: 'AP, whole: restrictions belong to ranges of shots',
    text: `Nord Harbour
LENGTH: 2:41
FIRST RUN: 0930 NORTH NEWS
RESTRICTIONS: PART NO ACCESS NORWAY
TYPE: Norwegian/Nat/Part Mute
SOURCE: NORD TV/QUAY TELEVISION
STORY NUMBER: 400123
DATELINE: Tromsø, 24 Nov 2026
SHOTLIST:
NORD TV - NO ACCESS NORWAY
Tromsø – 24 November 2026
1. Wide of harbour ++MUTE++
2. Mid of crane
QUAY TELEVISION - CLIENTS ONLY
Bergen, Norway - 23 November 2026
++QUALITY AS INCOMING++
3. Close of rope
4. SOUNDBITE (Norwegian) Ana Berg, skipper:
"It was cold."
QUAY POOL
Oslo
5. Pan of street
STORYLINE:
The harbour is closed.`,
    head: { trtMs: 161_000, languages: ['no'] },
    sections: [
      { location: 'Tromsø', date: '24 November 2026' },
      { location: 'Bergen, Norway', flags: ['quality as incoming'] },
      { text: 'QUAY POOL\nOslo', location: 'Oslo' },
    ],
    shots: [
      { number: 1, flags: ['mute'], section: 0, restrictions: [0] },
      { number: 2, section: 0, restrictions: [0] },
      { number: 3, section: 1, flags: ['quality as incoming'], restrictions: [1] },
      said('Ana Berg', 'skipper', 'It was cold.', { language: 'no', restrictions: [1] }),
      { number: 5, section: 2, restrictions: [] },
    ],
    restrictions: [
      ['NORD TV - NO ACCESS NORWAY', [0, 1]],
      ['QUAY TELEVISION - CLIENTS ONLY', [2, 3]],
      ['PART NO ACCESS NORWAY', null],
    ],
    stories: [['storyline', 'The harbour is closed.']],
    remainder: 'Nord Harbour',
  },
  {
    name: 'AP, a restriction goes on where only the place changes, and ends with another source',
    text: `SHOTLIST
NORD TV – NO ACCESS India/US
TROMSØ, NORWAY - 24 NOV 2026
1. Wide of harbour
BERGEN, NORWAY - 25 NOV 2026
2. Mid of crane
QUAY TELEVISION
3. Close of rope`,
    shots: [{ restrictions: [0] }, { restrictions: [0] }, { restrictions: [] }],
    restrictions: [['NORD TV – NO ACCESS India/US', [0, 1]]],
  },
  {
    name: 'AP, a restriction without a source adds to what is there',
    text: `SHOTLIST
NORD TV – NO ACCESS INDIA
1. Wide of harbour
NO ARCHIVE
2. Mid of crane`,
    shots: [{ restrictions: [0] }, { restrictions: [0, 1] }],
    restrictions: [
      ['NORD TV – NO ACCESS INDIA', [0, 1]],
      ['NO ARCHIVE', [1]],
    ],
  },
  {
    name: 'AP, labels between the shots, and NONE that clears',
    text: `SHOTLIST
SOURCE: NORD TV
RESTRICTIONS: STRICTLY NO ACCESS ONLINE OR MOBILE
LOCATION: Tromsø
1. Wide of harbour
SOURCE: QUAY TELEVISION
RESTRICTIONS: NONE
2. Mid of crane`,
    sections: [{ location: 'Tromsø' }, {}],
    shots: [{ restrictions: [0] }, { restrictions: [] }],
    restrictions: [['STRICTLY NO ACCESS ONLINE OR MOBILE', [0]]],
  },
  {
    name: 'AP, a restriction below the last shot is on all of them',
    text: `SHOTLIST
1. Wide of harbour
2. Mid of crane

NO RESALE`,
    shots: [{ restrictions: [] }, { restrictions: [] }],
    restrictions: [['NO RESALE', null]],
  },
  {
    name: 'AP, restrictions on single shots',
    text: `SHOTLIST
1. Wide of harbour (NOT FOR ONLINE USE)
2. Mid of crane ++NO ARCHIVE++
3. Close of rope - NO ACCESS INDIA
4. Wide of gate (closed to the public)
5. Close of sign reading "NO ACCESS"
6. SOUNDBITE (English) Ole Vik: “There is (no access) - NO ACCESS AT ALL.”`,
    shots: [
      { restrictions: [0] },
      { restrictions: [1], flags: [] },
      { restrictions: [2] },
      { restrictions: [] },
      { restrictions: [] },
      { restrictions: [] },
    ],
    restrictions: [
      ['(NOT FOR ONLINE USE)', [0]],
      ['++NO ARCHIVE++', [1]],
      ['NO ACCESS INDIA', [2]],
    ],
  },
  {
    name: 'AP, notes between plus signs',
    text: `SHOTLIST
++CLIENT NOTE: PART OF THE SOUND IS MISSING++
1. Wide of harbour
++MUTE++
2. Mid of crane
++CLIENT NOTE: NO ARCHIVE++
3. Close of rope (mute)`,
    shots: [
      { flags: ['mute', 'client note: part of the sound is missing'] },
      { flags: ['client note: part of the sound is missing'], restrictions: [0] },
      { flags: ['mute'], restrictions: [0] },
    ],
    restrictions: [['++CLIENT NOTE: NO ARCHIVE++', [1, 2]]],
  },
  {
    name: 'AP, ALL CAPS shots that wrap are no sections',
    text: `SHOTLIST:
1. WIDE SHOT OF THE HARBOUR WITH
CRANES AND SHIPS
2. CLOSE UP OF ROPE`,
    sections: [],
    shots: ['WIDE SHOT OF THE HARBOUR WITH\nCRANES AND SHIPS', 'CLOSE UP OF ROPE'],
  },
  {
    name: 'AP, mixed-case places and a source',
    text: `SHOTLIST:
Tromsø, Norway
1. Wide of harbour
Bergen, Norway
2. Mid of crane
Nord TV - No access Norway
3. Close of rope`,
    sections: [
      { location: 'Tromsø, Norway' },
      { location: 'Bergen, Norway' },
      { text: 'Nord TV - No access Norway' },
    ],
    shots: [{ restrictions: [] }, { restrictions: [] }, { restrictions: [0] }],
    restrictions: [['Nord TV - No access Norway', [2]]],
  },
  {
    name: 'library footage',
    text: `SHOTLIST:
FILE: Oslo, 2019
1. Wide of harbour
ARCHIVE - BERGEN, NORWAY - UNDATED
2. Mid of crane
FILE FOOTAGE
3. Stock footage of a ferry`,
    sections: [
      { isFile: true, location: 'Oslo', date: '2019' },
      { isFile: true, location: 'BERGEN, NORWAY', date: 'UNDATED' },
      { isFile: true, location: null },
    ],
    shots: [{ section: 0 }, { section: 1 }, { section: 2 }],
  },
];

const RESTRICTIONS: ListedText[] = [
  ...(
    [
      ['NONE.', []],
      ['None', []],
      ['NO RESTRICTIONS', []],
      ['Aucune restriction', []],
      ['NONE / NO ARCHIVE', [['NONE / NO ARCHIVE', null]]],
      ['None, except Norway', [['None, except Norway', null]]],
      ['NONE - MUST CREDIT NORD TV', [['NONE - MUST CREDIT NORD TV', null]]],
      ['see below', [['see below', null]]],
      ['N/A', [['N/A', null]]],
      ['?', [['?', null]]],
      ['', [['RESTRICTIONS:', null]]],
    ] as [string, [string, null][]][]
  ).map(([value, restrictions]): ListedText => ({
    name: `restrictions: ${JSON.stringify(value)}`,
    text: `RESTRICTIONS: ${value}\nTRT: 1:00\nSHOTLIST:\n1. Wide shot, ferry`,
    shots: [FERRY],
    restrictions,
  })),
  {
    name: 'restrictions on the lines below their label',
    text: `RESTRICTIONS:
NO ACCESS INDIA
NOT FOR SOCIAL MEDIA
LANGUAGE: ENGLISH
SHOTLIST:
1. Wide shot, ferry`,
    head: { languages: ['en'] },
    shots: [FERRY],
    restrictions: [['NO ACCESS INDIA\nNOT FOR SOCIAL MEDIA', null]],
  },
  {
    name: 'NONE, and more on the next line',
    text: `RESTRICTIONS: NONE
EXCEPT FOR NORWAY
SHOTLIST:
1. Wide shot, ferry`,
    shots: [FERRY],
    restrictions: [['NONE\nEXCEPT FOR NORWAY', null]],
  },
  {
    name: 'NONE, and a paragraph below it',
    text: `RESTRICTIONS: NONE
The ferry is back after a long week, and nobody on the quay knows who is going to pay for it.
SHOTLIST:
1. Wide shot, ferry
The ferry is back after a long week, and nobody on the quay knows who is going to pay for it.`,
    shots: [FERRY],
    restrictions: [],
  },
  {
    name: 'a restriction that wraps, and a paragraph below it',
    text: `RESTRICTIONS: NOT FOR THE CLIENTS OF
Quayland and of the countries around it
The ferry is back after a long week, and nobody on the quay knows who is going to pay for it.
SHOTLIST:
1. Wide shot, ferry`,
    shots: [FERRY],
    restrictions: [['NOT FOR THE CLIENTS OF\nQuayland and of the countries around it', null]],
  },
  {
    name: 'restrictions among the shots over several lines',
    text: `SHOTLIST:
SOURCE: NORD TV
RESTRICTIONS:
clients in the north alone
may use it
1. Wide shot, ferry
RESTRICTIONS: NONE
BUT WITH CREDIT
2. Med shot, crane`,
    shots: [{ restrictions: [0] }, { restrictions: [1] }],
    restrictions: [
      ['clients in the north alone\nmay use it', [0]],
      ['NONE\nBUT WITH CREDIT', [1]],
    ],
  },
  {
    name: 'NONE, and a dateline below it',
    text: `RESTRICTIONS: NONE
TROMSØ, 24 NOVEMBER 2026
SHOTLIST:
1. Wide shot, ferry`,
    shots: [FERRY],
    restrictions: [],
    remainder: 'TROMSØ, 24 NOVEMBER 2026',
  },
  {
    name: 'a restriction without a colon, and one without a label',
    text: `RESTRICTIONS NO ACCESS INDIA
STRICTLY NO MOBILE
SHOTLIST:
1. Wide shot, ferry`,
    shots: [FERRY],
    restrictions: [['NO ACCESS INDIA\nSTRICTLY NO MOBILE', null]],
  },
  {
    name: 'embargo, credit and rights by their own labels',
    text: `EMBARGO: 24 November 2026, 18:00 GMT
MANDATORY CREDIT: NORD TV
ACCESS: clients in the north
RIGHTS: worldwide
SHOTLIST:
1. Wide shot, ferry`,
    shots: [FERRY],
    restrictions: [
      ['EMBARGO: 24 November 2026, 18:00 GMT', null],
      ['MANDATORY CREDIT: NORD TV', null],
      ['ACCESS: clients in the north', null],
    ],
  },
  {
    name: 'a restriction in the storyline',
    text: `SHOTLIST:
1. Wide shot, ferry
STORYLINE:
There was no access for visitors.
NOT FOR USE AFTER 1 DECEMBER`,
    shots: [FERRY],
    restrictions: [['NOT FOR USE AFTER 1 DECEMBER', null]],
  },
];

const FRENCH: ListedText[] = [
  {
    name: 'French, whole',
    text: `HISTOIRE : TROMSØ / LE PORT ROUVRE
TRT : 2:39
SOURCE : QUAY
RESTRICTIONS : AUCUNE
LANGUE : FRANÇAIS / SON AMBIANT
FORMAT D’IMAGE : 16:9
DATE : 25 NOVEMBRE 2026, TROMSØ, NORVÈGE

LISTE DES PLANS :

25 NOVEMBRE 2026, TROMSØ, NORVÈGE

1. Plan large, le port
2. Gros plan, une grue
3. EXTRAIT SONORE (français) Ingrid Aune, capitaine du port : « Nous avons attendu une heure. »
4. Plan moyen, des journalistes

ARCHIVES – OSLO, NORVÈGE – 2019

5. Vue aérienne du fjord

RÉCIT : Le port a rouvert.`,
    head: {
      trtMs: 159_000,
      aspectRatio: '16:9',
      languages: ['fr'],
      story: 'TROMSØ / LE PORT ROUVRE',
    },
    sections: [
      { location: 'TROMSØ, NORVÈGE', date: '25 NOVEMBRE 2026' },
      { isFile: true, location: 'OSLO, NORVÈGE' },
    ],
    shots: [
      { text: 'Plan large, le port', view: 'wide' },
      { view: 'close' },
      said('Ingrid Aune', 'capitaine du port', 'Nous avons attendu une heure.', { language: 'fr' }),
      { view: 'medium' },
      { view: 'aerial', section: 1 },
    ],
    restrictions: [],
    stories: [['storyline', 'Le port a rouvert.']],
  },
  {
    name: 'French, the quote below, and other languages',
    text: `LISTE DES PLANS
1. EXTRAIT SONORE (anglais) : Ole Vik, capitaine :
« Ça tient. »
2. EXTRAIT SONORE (norvégien) – Ana Berg, cuisinière : "Il fait chaud."
3. EXTRAIT SONORE EN FRANÇAIS : Luc Aune, pêcheur : « C’est tard.`,
    shots: [
      said('Ole Vik', 'capitaine', 'Ça tient.'),
      said('Ana Berg', 'cuisinière', 'Il fait chaud.', { language: 'no' }),
      said('Luc Aune', 'pêcheur', 'C’est tard.', { language: 'fr' }),
    ],
  },
  {
    name: 'French, times, text and voice',
    text: `Liste des plans :
[00:00 – 00:07] Plan d’ensemble du port
[00:07] TEXTE À L’ÉCRAN : Deux heures plus tard
[00:12] VOIX OFF : Le ferry part.
Plan 4 : Panoramique sur la baie (muet)`,
    shots: [
      at(0, 'Plan d’ensemble du port', { endMs: 7000, end: 'stated' }),
      at(7, 'TEXTE À L’ÉCRAN : Deux heures plus tard', { kind: 'graphic' }),
      at(12, 'VOIX OFF : Le ferry part.', { kind: 'voiceover' }),
      { number: 4, flags: ['muet'], view: 'pan' },
    ],
  },
  {
    name: 'French, restricted',
    text: `DURÉE : 1 min 10
RESTRICTIONS D’UTILISATION : pas d’accès en Norvège, usage éditorial uniquement
LISTE DES PLANS
NORD TV – PAS D’ACCÈS NORVÈGE
1. Plan large, le port
2. Gros plan, une grue (interdit en ligne)`,
    head: { trtMs: 70_000 },
    shots: [{ restrictions: [0] }, { restrictions: [0, 2] }],
    restrictions: [
      ['NORD TV – PAS D’ACCÈS NORVÈGE', [0, 1]],
      ['pas d’accès en Norvège, usage éditorial uniquement', null],
      ['(interdit en ligne)', [1]],
    ],
  },
  {
    name: 'French, on one line',
    text: 'HISTOIRE : BERGEN TRT : 1.10 RESTRICTIONS : AUCUNE LANGUE : ANGLAIS LISTE DES PLANS : 1. Plan large, le port 2. Gros plan, une grue RÉSUMÉ : Le marché ouvre.',
    head: { trtMs: 70_000, languages: ['en'] },
    shots: ['Plan large, le port', 'Gros plan, une grue'],
    restrictions: [],
    stories: [['synopsis', 'Le marché ouvre.']],
  },
  {
    name: 'French, shots alone',
    text: `1) Plan large du port
2) Très gros plan d’une corde
3) Vues du fjord`,
    shots: [{ view: 'wide' }, { view: 'close' }, 'Vues du fjord'],
  },
];

const TRANSCRIPTS: ListedText[] = [
  {
    name: 'a transcript, whole',
    text: `Synopsis

Soldiers train in the north.

Transcript

— TEXT ON SCREEN —
COLD WEEK

—SOUNDBITE IN ENGLISH—
Sergeant Ana Berg – Platoon Leader, First Company
“It is cold.

But we go on.”

VOICEOVER—
The exercise lasts a week.

It ends on Friday.
GRAPHIC: MAP OF THE NORTH
--SOUNDBITE--(ENGLISH) Ole Vik, Medic
It is fine.`,
    stories: [['synopsis', 'Soldiers train in the north.']],
    shots: [
      { kind: 'graphic', text: 'TEXT ON SCREEN —\nCOLD WEEK' },
      said('Sergeant Ana Berg', 'Platoon Leader, First Company', 'It is cold.\n\nBut we go on.'),
      {
        kind: 'voiceover',
        text: 'VOICEOVER—\nThe exercise lasts a week.\n\nIt ends on Friday.',
      },
      { kind: 'graphic', text: 'GRAPHIC: MAP OF THE NORTH' },
      said('Ole Vik', 'Medic', 'It is fine.'),
    ],
    remainder: '',
  },
  {
    name: 'a transcript of quotes without marks, one with a quotation inside',
    text: `TRANSCRIPT
—SOUNDBITE IN NORWEGIAN—
Ana Berg – Skipper
They call it the “grey week”.
2. is the number of it.
—SOUNDBITE IN ENGLISH (OLE VIK, COOK)—
It is hot.`,
    shots: [
      said('Ana Berg', 'Skipper', 'They call it the “grey week”.\n2. is the number of it.', {
        language: 'no',
      }),
      said('OLE VIK', 'COOK', 'It is hot.'),
    ],
  },
  {
    name: 'a synopsis and then soundbites, without the word transcript',
    text: `SYNOPSIS
Soldiers train.
—SOUNDBITE IN ENGLISH—
Ana Berg – Skipper
“It is cold.”
—SOUNDBITE IN FRENCH—
Luc Aune – Cook
« Il fait chaud. »`,
    stories: [['synopsis', 'Soldiers train.']],
    shots: [
      said('Ana Berg', 'Skipper', 'It is cold.'),
      said('Luc Aune', 'Cook', 'Il fait chaud.', { language: 'fr' }),
    ],
  },
  {
    name: 'what follows a closed quote belongs to nobody',
    text: `Transcript
—SOUNDBITE IN ENGLISH—
Ana Berg – Skipper
“It is cold.”

Media contacts are below.`,
    shots: [said('Ana Berg', 'Skipper', 'It is cold.')],
    remainder: 'Media contacts are below.',
  },
];

/** Shotlists in every layout. */
export const SHOTLISTS: ListedText[] = [
  ...UNIFEED,
  ...SOUNDBITES,
  ...TIMES,
  ...AP,
  ...RESTRICTIONS,
  ...FRENCH,
  ...TRANSCRIPTS,
];

/** Texts without a shot in them. */
export const NO_SHOTLISTS: ListedText[] = [
  { name: 'nothing', text: '' },
  { name: 'blank lines', text: ' \n\n\t\r\n' },
  {
    name: 'prose',
    text: 'The ferry left at 10:30 and came back at 12:45. It was the 1. of May.\n\nNobody was on board.',
  },
  { name: 'prose that begins with a time', text: '00:24 was when the ferry left.' },
  { name: 'prose with one time in brackets', text: 'It happens fast (00:24).\n(00:24) is when.' },
  { name: 'prose that begins with a number', text: '1. May is a holiday. 2. May is not.' },
  {
    name: 'a list of steps',
    text: 'How to moor:\n1. Close the gate.\n2. Track the rope.\n3. Map the berth. 4. Pan out.',
  },
  {
    name: 'chapters of a podcast',
    text: '00:00 Intro\n02:15 The ferry\n10:40 Interview with a cook\n31:00 Goodbye',
  },
  {
    name: 'chapters in brackets',
    text: 'In this episode: (00:00) Intro (02:15) The ferry (10:40) A cook',
  },
  {
    name: 'steps below the words of a head',
    text: 'Duration: 0:30\nSource: Ana’s kitchen\n1. Take a fish.\n2. Boil it.',
  },
  { name: 'a shotlist that is elsewhere', text: 'Shotlist: on request.\nSource: Quay TV' },
  {
    name: 'a plan with numbers',
    text: 'Plan de relance :\n1. Plan de financement\n2. Plan de travaux',
  },
  { name: 'plans', text: 'Plans:\n1. Build a pier\n2. Sell fish' },
  { name: 'a story about sound', text: 'Soundbites are short. A soundbite, he says, is a lie.' },
  { name: 'credits', text: 'Voiceover: Ana Berg\nGraphics: Ole Vik\nMusic: Nobody' },
  {
    name: 'sections of a statute',
    text: '(1) The port is open. (2) The port is closed.\n(a) 12:00 noon\n§ 3. Nothing else.',
  },
  { name: 'results', text: '1) Tromsø 2:51\n2) Bergen 3:02\n3) Oslo 3:40' },
  { name: 'prose in French', text: 'Le port ouvre à 10 h 30. 1. C’est tôt. 2. C’est bien.' },
  {
    name: 'a transcript of speakers with times',
    text: 'Transcript\n00:00 Good morning.\n00:05 Good morning, Ana.',
  },
  {
    name: 'prose with a restriction',
    text: 'The ferry is back.\nRestrictions: not for use in Norway',
    restrictions: [['not for use in Norway', null]],
  },
  {
    name: 'prose with a restriction inside, in capitals',
    text: 'The ferry is back. RESTRICTIONS: NO ACCESS INDIA',
    restrictions: [['NO ACCESS INDIA', null]],
  },
  { name: 'prose without one', text: 'The ferry is back.\nRestrictions: none' },
  {
    name: 'prose about restrictions',
    text: 'There is no access to the pier. Access: by boat only. Use: a rope.',
  },
  {
    name: 'a line of capitals that restricts',
    text: 'The ferry is back.\n\nSTRICTLY NO ACCESS ONLINE',
    restrictions: [['STRICTLY NO ACCESS ONLINE', null]],
  },
];
