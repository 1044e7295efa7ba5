export const QUERY_HELP = `
Words match the beginnings of words; all of them must be there.
  "tide gauge"            words as they stand
  -night                  not this word
  rain OR snow            one of them
  country:NL,IT           one of these countries, by code or name; pays:Italie is the same
  type:b-roll             video, audio, image, edited, b-roll, soundbites
  lang:fr                 spoken language
  topic:"Rivers and lakes"
  format:1080i50          also uhd, hd, sd;  fps:25
  rights:none             also territory, platform, time, editorial, archive, embargo
  has:soundbite           also shotlist, script, captions, stills, preview
  source:NAME  speaker:NAME  place:NAME  title:WORD  id:SLUG
  date:2026-11-20..24     also 2026-11, today, yesterday, 7d;  after:2026-11-20 before:2026-12-01
  duration:<60            seconds, or 1:30..3:00

Put -- before a query that begins with a minus: desk catalogue search -- -night`;

export const ARTICLE_QUERY_HELP = `
Words match the beginnings of words in the whole text; all of them must be there.
  "night ferry"           words as they stand;  -frost  not this word;  rain OR snow  one of them
  is:unread               also read, starred, saved, corrected
  topic:Energy            a topic or section;  tag:WORD  a tag of yours
  source:NAME  author:NAME  place:NAME  title:WORD  lang:fr  country:NL
  date:2026-11-20..24     also 2026-11, today, yesterday, 7d;  after:2026-11-20 before:2026-12-01`;
