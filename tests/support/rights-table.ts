import type {
  NewsroomProfile,
  Platform,
  RestrictionRule,
  RightsFacts,
  RightsQuestion,
  RightsUse,
} from '../../src/shared/api/rights.ts';

/*
 * What may be done with an asset, as a table: the facts, who asks, and for every use what comes out.
 * A reason is `!kind` where it forbids, `?kind` where it asks and the kind alone where it is a note,
 * in the order in which they are told. It is 26 November 2026, 12:00 UTC.
 */
export const NOW = Date.parse('2026-11-26T12:00:00Z');

/**
 * Columns: state and times of the asset, `shots 1-6` where its shots are known · its restrictions, `+` between them, `#4` for those of shot
 * 4 · the newsroom: territory and platforms (`b`roadcast, `w`eb, `s`ocial), `early` for an account
 * that may take embargoes early, `unheld` where `.done` doesn't wait for them, `#4` for one shot
 * alone · reasons for queue, export and drag-out · hand-off · reveal · play · read. `=` is the same as
 * queue.
 */
const TABLE = `
usable                          |                                   | FR bws        |                          | =                     |                        | | =
canceled                        |                                   | FR bws        | !withdrawn               | =                     | ?withdrawn             | = | =
withheld                        |                                   | FR bws        | !on-hold                 | =                     | ?on-hold               | = | =
usable expires 27 Nov           |                                   | FR bws        | expires                  | =                     | =                      | = | =
usable expires 26 Nov           |                                   | FR bws        | expires                  | =                     | =                      | = | =
usable expires 25 Nov           |                                   | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable expires now              |                                   | FR bws        | !expired                 | =                     | ?expired               | expired | =
canceled expires 25 Nov         |                                   | FR bws        | !withdrawn !expired      | =                     | ?withdrawn ?expired    | !withdrawn expired | =
withheld expires 25 Nov         |                                   | FR bws        | !on-hold !expired        | =                     | ?on-hold ?expired      | !on-hold expired | =
canceled expires 27 Nov         |                                   | FR bws        | !withdrawn expires       | =                     | ?withdrawn expires     | = | =
usable embargo 27 Nov           |                                   | FR bws early  | ?embargo                 | !embargo              | embargo                | embargo | !embargo
usable embargo 27 Nov           |                                   | FR bws early unheld | ?embargo           | =                     | embargo                | embargo | !embargo
usable embargo 27 Nov           |                                   | FR bws        | !embargo                 | =                     | embargo                | embargo | =
usable embargo 27 Nov           |                                   | FR bws unheld | !embargo                 | =                     | embargo                | embargo | =
usable embargo 25 Nov           |                                   | FR bws        |                          | =                     | =                      | = | =
usable embargo 25 Nov           |                                   | FR bws early  |                          | =                     | =                      | = | =
usable embargo now              |                                   | FR bws        |                          | =                     | =                      | = | =
canceled embargo 27 Nov         |                                   | FR bws early  | !withdrawn ?embargo      | !withdrawn !embargo   | ?withdrawn embargo     | !withdrawn embargo | !withdrawn !embargo
withheld embargo 27 Nov         |                                   | FR bws        | !on-hold !embargo        | =                     | ?on-hold embargo       | !on-hold embargo | =
usable embargo 27 Nov expires 25 Nov |                              | FR bws early  | !expired ?embargo        | !expired !embargo     | ?expired embargo       | expired embargo | !expired !embargo
usable embargo 27 Nov expires 28 Nov |                              | FR bws early  | ?embargo expires         | !embargo expires      | embargo expires        | embargo expires | !embargo expires
usable                          | territory deny CA                 | CA bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory deny CA                 | FR bws        | territory                | =                     | =                      | = | =
usable                          | territory deny CA                 | -- bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny CA,FR              | FR bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory deny ca                 | CA bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory allow FR,CH             | FR bws        | territory                | =                     | =                      | = | =
usable                          | territory allow FR,CH             | CA bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory allow FR,CH             | -- bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory allow                   | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny                    | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny EU                 | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory allow EU                | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny GB                 | UK bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory deny FR                 | ZZ bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny FR                 | RE bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory allow FR                | RE bws        | !territory               | =                     | ?territory             | territory | =
usable                          | time deny 2026-11-25,worldwide    | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable                          | territory deny EN                 | GB bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny SU                 | RU bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory allow FX                | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny XK                 | FR bws        | territory                | =                     | =                      | = | =
usable                          | territory deny UK                 | GB bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory allow UK                | GB bws        | territory                | =                     | =                      | = | =
usable                          | territory deny Lakeland           | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny Lakeland,FR        | FR bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory allow Lakeland,FR       | FR bws        | territory                | =                     | =                      | = | =
usable                          | territory deny XK                 | XK bws        | !territory               | =                     | ?territory             | territory | =
usable                          | territory deny XX                 | FR bws        | ?territory               | =                     | territory              | territory | =
usable                          | platform deny social              | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform deny social              | FR bw         | platform                 | =                     | =                      | = | =
usable                          | platform deny social              | FR s          | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny social              | FR none       | ?platform                | =                     | platform               | platform | =
usable                          | platform deny web                 | FR ws         | ?platform                | =                     | platform               | platform | =
usable                          | platform deny web                 | FR w          | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny online              | FR w          | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny online              | FR ws         | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny online              | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform deny online              | FR b          | platform                 | =                     | =                      | = | =
usable                          | platform deny mobile              | FR w          | ?platform                | =                     | platform               | platform | =
usable                          | platform deny mobile              | FR b          | platform                 | =                     | =                      | = | =
usable                          | platform deny tv                  | FR b          | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny radio               | FR b          | ?platform                | =                     | platform               | platform | =
usable                          | platform deny radio               | FR ws         | platform                 | =                     | =                      | = | =
usable                          | platform deny broadcast,web,social | FR bws       | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny broadcast,online    | FR bws        | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny print               | FR bws        | platform                 | =                     | =                      | = | =
usable                          | platform deny advertising         | FR bws        | platform                 | =                     | =                      | = | =
usable                          | platform deny social,advertising  | FR bw         | platform                 | =                     | =                      | = | =
usable                          | platform deny satellite           | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform deny satellite,social    | FR s          | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny                     | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform allow broadcast          | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform allow broadcast          | FR b          | platform                 | =                     | =                      | = | =
usable                          | platform allow broadcast          | FR ws         | !platform                | =                     | ?platform              | platform | =
usable                          | platform allow Broadcast, online  | FR bw         | platform                 | =                     | =                      | = | =
usable                          | platform allow broadcast,online   | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform allow online             | FR s          | !platform                | =                     | ?platform              | platform | =
usable                          | platform allow radio              | FR b          | ?platform                | =                     | platform               | platform | =
usable                          | platform allow print              | FR bws        | !platform                | =                     | ?platform              | platform | =
usable                          | platform allow satellite          | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | platform allow                    | FR bws        | ?platform                | =                     | platform               | platform | =
usable                          | time deny 2026-11-30              | FR bws        | ?time                    | =                     | time                   | time | =
usable                          | time deny 2026-11-25              | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable                          | time deny now                     | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable                          | time allow 2026-11-25             | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable                          | time deny                         | FR bws        | ?time                    | =                     | time                   | time | =
usable                          | time deny soon                    | FR bws        | ?time                    | =                     | time                   | time | =
usable                          | time deny 2026-11-30,2026-11-25   | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable                          | editorial allow news              | FR bws        | ?editorial               | =                     | editorial              | editorial | =
usable                          | editorial deny                    | FR bws        | ?editorial               | =                     | editorial              | editorial | =
usable                          | archive deny                      | FR bws        | ?archive                 | =                     | archive                | archive | =
usable                          | archive allow                     | -- none       | ?archive                 | =                     | archive                | archive | =
usable                          | territory deny CA #6              | CA bws        | ?territory               | =                     | territory              | territory | =
usable                          | territory deny CA #6              | FR bws        | territory                | =                     | =                      | = | =
usable                          | territory deny CA #6              | CA bws #6     | !territory               | =                     | ?territory             | territory | =
usable                          | territory deny CA #6              | CA bws #5     | territory                | =                     | =                      | = | =
usable                          | platform deny social #2,3         | FR s          | ?platform                | =                     | platform               | platform | =
usable                          | platform deny social #2,3         | FR s #3       | !platform                | =                     | ?platform              | platform | =
usable                          | platform deny social #2,3         | FR bs #3      | ?platform                | =                     | platform               | platform | =
usable                          | platform deny social #2,3         | FR s #1,4     | platform                 | =                     | =                      | = | =
usable                          | time deny 2026-11-25 #4           | FR bws        | ?expired                 | =                     | expired                | expired | =
usable                          | time deny 2026-11-25 #4           | FR bws #4     | !expired                 | =                     | ?expired               | expired | =
usable                          | time deny 2026-11-30 #4           | FR bws        | ?time                    | =                     | time                   | time | =
usable                          | archive deny #4                   | FR bws        | ?archive                 | =                     | archive                | archive | =
usable                          | archive deny #4                   | FR bws #4     | ?archive                 | =                     | archive                | archive | =
usable                          | archive deny #4                   | FR bws #5     | archive                  | =                     | =                      | = | =
usable shots 1-6                | territory deny CA #6              | CA bws        | ?territory               | =                     | territory              | territory | =
usable shots 1-3                | territory deny CA #1,2,3          | CA bws        | !territory               | =                     | ?territory             | territory | =
usable shots 1-3                | territory deny CA #1,2,3          | FR bws        | territory                | =                     | =                      | = | =
usable shots 1-1                | territory deny CA #1              | CA bws        | !territory               | =                     | ?territory             | territory | =
usable shots 1-3                | archive deny #1,2,3               | FR bws        | ?archive                 | =                     | archive                | archive | =
usable shots 1-3                | time deny 2026-11-25 #1,2,3       | FR bws        | !expired                 | =                     | ?expired               | expired | =
usable shots 1-3                | territory deny CA #6              | CA bws        | !territory               | =                     | ?territory             | territory | =
usable shots 1-3                | territory deny CA #2,6            | CA bws        | !territory               | =                     | ?territory             | territory | =
usable shots 1-3                | territory deny CA #6              | CA bws #2     | !territory               | =                     | ?territory             | territory | =
usable shots none               | territory deny CA #1              | CA bws        | !territory               | =                     | ?territory             | territory | =
usable shots 1-3                | territory deny CA #1,2 + time deny 2026-11-25 #3 | CA bws | !expired !territory | =                   | ?expired ?territory    | expired territory | =
usable shots 1-3                | territory deny CA #1,2 + time deny 2026-11-25 #3 | FR bws | ?expired territory  | =                   | expired territory      | expired territory | =
usable shots 1-2                | platform deny web + platform deny social #1,2 | FR ws | !platform !platform | =                      | ?platform ?platform    | platform platform | =
usable shots 1-2                | platform deny web + platform deny social #1 | FR ws | ?platform ?platform | =                        | platform platform      | platform platform | =
usable                          | time deny 12/11/2026              | FR bws        | ?time                    | =                     | time                   | time | =
canceled                        | territory deny CA                 | CA bws        | !withdrawn !territory    | =                     | ?withdrawn ?territory  | !withdrawn territory | =
canceled                        | archive deny                      | FR bws        | !withdrawn ?archive      | =                     | ?withdrawn archive     | !withdrawn archive | =
withheld                        | platform deny social              | FR bws        | !on-hold ?platform       | =                     | ?on-hold platform      | !on-hold platform | =
usable                          | archive deny + territory deny CA  | CA bws        | !territory ?archive      | =                     | ?territory archive     | territory archive | =
usable                          | archive deny + territory deny CA  | FR bws        | ?archive territory       | =                     | territory archive      | territory archive | =
usable                          | editorial allow news + time deny 2026-11-30 + platform deny social | FR bws | ?platform ?time ?editorial | = | platform time editorial | platform time editorial | =
usable                          | platform deny social + platform allow broadcast | FR b | platform platform  | =                     | =                      | = | =
usable                          | platform deny broadcast + platform deny web + platform deny social | FR bws | !platform !platform !platform | = | ?platform ?platform ?platform | platform platform platform | =
usable                          | platform deny web + platform deny social | FR bws | ?platform ?platform | =                        | platform platform      | platform platform | =
usable                          | platform deny web + platform deny social | FR ws | !platform !platform | =                         | ?platform ?platform    | platform platform | =
usable                          | platform deny web + platform allow online | FR bw | !platform !platform | =                        | ?platform ?platform    | platform platform | =
usable                          | platform deny web + platform allow online,kiosk | FR bw | ?platform ?platform | =                  | platform platform      | platform platform | =
usable                          | platform deny web + platform deny social #2 | FR ws | ?platform ?platform | =                     | platform platform      | platform platform | =
usable                          | platform deny web + platform deny social #2 | FR ws #2 | !platform !platform | =                   | ?platform ?platform    | platform platform | =
usable                          | platform deny broadcast + platform allow broadcast | FR b | !platform platform | =                  | ?platform platform     | platform platform | =
usable embargo 27 Nov           | archive deny                      | FR bws early  | ?embargo ?archive        | !embargo ?archive     | embargo archive        | embargo archive | !embargo ?archive
usable embargo 27 Nov           | territory deny CA                 | CA bws early  | !territory ?embargo      | !embargo !territory   | ?territory embargo     | embargo territory | !embargo !territory
usable embargo 27 Nov           | territory deny CA                 | FR bws        | !embargo territory       | =                     | embargo territory      | embargo territory | =
usable expires 25 Nov           | time deny 2026-11-24              | FR bws        | !expired !expired        | =                     | ?expired ?expired      | expired expired | =
usable expires 28 Nov           | time deny 2026-11-27              | FR bws        | ?time expires            | =                     | time expires           | time expires | =
`;

const UTC_DAY: Record<string, string> = {
  '24 Nov': '2026-11-24T23:00:00Z',
  '25 Nov': '2026-11-25T18:00:00Z',
  '26 Nov': '2026-11-26T18:00:00Z',
  '27 Nov': '2026-11-27T18:00:00Z',
  '28 Nov': '2026-11-28T18:00:00Z',
};
const momentOf = (words: string | undefined): number | null =>
  words === undefined ? null : words === 'now' ? NOW : Date.parse(UTC_DAY[words] ?? '');

function factsOf(state: string, restrictions: string): RightsFacts {
  const at = (word: string) => new RegExp(`${word} (now|\\d+ \\w+)`, 'u').exec(state)?.[1];
  return {
    pubStatus: (state.split(' ')[0] ?? '') as RightsFacts['pubStatus'],
    embargoUntil: momentOf(at('embargo')),
    expiresAt: momentOf(at('expires')),
    restrictions: restrictions === '' ? [] : restrictions.split(' + ').map(ruleOf),
    ...shotsOf(state),
  };
}

function shotsOf(state: string): Pick<RightsFacts, 'shots'> {
  const [, from, to] = /shots (?:(\d+)-(\d+)|none)/u.exec(state) ?? [];
  if (!state.includes('shots')) return {};
  if (from === undefined || to === undefined) return { shots: [] };
  return { shots: Array.from({ length: Number(to) }, (_, at) => at + Number(from)) };
}

function ruleOf(text: string, index: number): RestrictionRule {
  const [rule = '', shots] = text.split(' #');
  const [kind = '', mode = '', ...rest] = rule.split(' ');
  const values = rest
    .join(' ')
    .split(',')
    .filter((value) => value !== '');
  return {
    id: `rst_${index + 1}`,
    kind: kind as RestrictionRule['kind'],
    mode: mode as RestrictionRule['mode'],
    values:
      kind === 'time'
        ? values.map((value) =>
            value === 'now'
              ? new Date(NOW).toISOString()
              : /^\d{4}-/u.test(value)
                ? `${value}T18:00:00Z`
                : value,
          )
        : values,
    ...(shots === undefined ? {} : { shots: shots.split(',').map(Number) }),
  };
}

const PLATFORM_OF: Record<string, Platform> = { b: 'broadcast', w: 'web', s: 'social' };
function askerOf(text: string): Omit<RightsQuestion, 'use'> {
  const [who = '', shots] = text.split(' #');
  const [territory = '', platforms = '', ...words] = who.trim().split(' ');
  const profile: NewsroomProfile = {
    territory: territory === '--' ? null : territory,
    platforms:
      platforms === 'none' ? [] : platforms.split('').flatMap((one) => PLATFORM_OF[one] ?? []),
    holdsUnderEmbargo: !words.includes('unheld'),
  };
  return {
    nowMs: NOW,
    profile,
    mayTakeEarly: words.includes('early'),
    shots: shots === undefined ? null : shots.split(',').map(Number),
  };
}

export type RightsRow = {
  name: string;
  facts: RightsFacts;
  asker: Omit<RightsQuestion, 'use'>;
  /** Reasons by use, as the table writes them. */
  expected: Record<RightsUse, string>;
};

export const RIGHTS_TABLE: readonly RightsRow[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [
      state = '',
      restrictions = '',
      asker = '',
      queue = '',
      handOff = '',
      reveal = '',
      play = '',
      read = '',
    ] = line.split('|').map((cell) => cell.trim());
    const cell = (text: string) => (text === '=' ? queue : text);
    return {
      name: [state, restrictions, asker].filter((part) => part !== '').join(' · '),
      facts: factsOf(state, restrictions),
      asker: askerOf(asker),
      expected: {
        queue,
        export: queue,
        'drag-out': queue,
        'hand-off': cell(handOff),
        reveal: cell(reveal),
        play: cell(play),
        read: cell(read),
      },
    };
  });
