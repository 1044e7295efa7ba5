import { PLACES } from '../places.ts';
import { says, shot, type AssetSource } from '../source.ts';
import { SUBJECTS } from './subjects.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

export const HERITAGE: AssetSource[] = [
  {
    number: 1146, shortName: 'stone-by-stone', place: PLACES.velatro,
    headline: { en: 'Stone by stone: a night survey maps the drains of an arena' },
    description: { en: 'For eleven nights a team pulled a radar sledge through the arena of Velatro. Under the sand they found the drains, most of them still running. Updated: the number of channels is thirty-one, not twenty-nine.' },
    topics: ['Heritage', 'Rivers and lakes', 'Science'], subjects: [SUBJECTS.culture, SUBJECTS.science], publishedMin: -7 * HOUR,
    history: [{ atMin: -3 * HOUR, note: { en: 'Correction: thirty-one channels, not twenty-nine. Script, captions and shot 5 changed.', fr: 'Correction : trente et un canaux, et non vingt-neuf. Script, sous-titres et plan 5 modifiés.' } }, { atMin: -110, note: { en: 'Soundbite of the archaeologist added, with translation.', fr: 'Sonore de l’archéologue ajouté, avec traduction.' } }],
    formats: ['1080i50', '720p25'], frames: 175, timecodeStart: '22:08:00:00', grade: 'day', stills: ['arena.wide', 'arena.arches', 'arena.curve'],
    shots: [
      shot('wide', 'arena.wide', 3, 'Arches lit from inside, evening sky'),
      shot('medium', 'arena.arches', 3, 'Three arches, lamps of the survey team'),
      shot('detail', 'arena.stone', 2, 'Travertine, worn by water'),
      says('arena.sky', 4, { speaker: 'Fiamma Desanti', role: 'archaeologist', language: 'it', verbatim: 'Il teatro è per gli spettatori. Le fogne sono per l’eternità.', en: 'The theatre is for the spectators. The drains are for eternity.' }),
      shot('close', 'arena.arch', 2, 'Mouth of one of thirty-one channels'),
      shot('medium', 'arena.rim', 2, 'Upper ring against the last light'),
      shot('wide', 'arena.curve', 2, 'The curve from the street side'),
    ],
    script: { en: ['Two thousand years of rain have gone through here, and the stone kept count.', 'Thirty-one channels are on the new map. Twenty-six of them carried water last night.'] },
    relatedNumbers: [1110, 1129],
  },
  {
    number: 1110, shortName: 'laser-scan-lower-arcade', place: PLACES.velatro,
    headline: { en: 'Laser scan of the lower arcade, no sound' },
    description: { en: 'Footage of the scan itself: arches in black and white at 50 frames per second, for graphics and backgrounds.' },
    topics: ['Heritage', 'Science'], subjects: [SUBJECTS.culture], publishedMin: -8 * DAY,
    formats: ['720p50'], frames: 300, timecodeStart: '03:00:00:00', grade: 'mono', mirrored: true, stills: ['arena.arches', 'arena.top', 'arena.stone'],
    shots: [
      shot('tracking', 'arena.arches', 3, 'Lower arcade, left to right'),
      shot('detail', 'arena.gate', 2, 'Gate jamb'),
      shot('close', 'arena.arch', 2, 'Second arch'),
      shot('detail', 'arena.stone', 2, 'Stone courses'),
      shot('tracking', 'arena.rim', 2, 'Upper ring'),
      shot('wide', 'arena.curve', 3, 'Turn around the outside'),
      shot('wide', 'arena.top', 2, 'Top, sky through the windows'),
    ],
    script: {}, relatedNumbers: [1146],
  },
  {
    number: 1098, shortName: 'woodblock-wave', place: PLACES.minasaki,
    headline: { en: 'Eight blocks for one wave: a print is made again', fr: 'Huit planches pour une vague : une estampe renaît' },
    description: {
      en: 'The printers of Minasaki cut the eight blocks of a lost wave print anew, working from the only sheet left. Footage of the sheet, slowly, from the foam down.',
      fr: 'À Minasaki, des imprimeurs ont regravé les huit planches d’une estampe perdue, d’après l’unique feuille conservée. Images de la feuille, lentement, en partant de l’écume.',
    },
    topics: ['Heritage', 'Coasts'], subjects: [SUBJECTS.culture], publishedMin: -9 * DAY - 8 * HOUR,
    formats: ['1080p25'], frames: 188, timecodeStart: '15:40:00:00', grade: 'day', stills: ['print.wide', 'print.crest', 'print.trough'],
    shots: [
      shot('wide', 'print.wide', 3, 'The sheet, whole', 'La feuille entière'),
      shot('close', 'print.foam', 2, 'Foam, the paper left white', 'L’écume, le papier laissé blanc'),
      shot('detail', 'print.crest', 2, 'Crest, three blues', 'La crête, trois bleus'),
      says('print.horizon', 4, { speaker: 'Haruki Minase', role: 'master printer', roleFr: 'maître imprimeur', language: 'en', verbatim: 'You do not print the foam. You print everything that is not the foam.', fr: 'On n’imprime pas l’écume. On imprime tout ce qui n’est pas l’écume.' }),
      shot('tracking', 'print.trough', 2, 'Down into the trough, grain of the wood', 'Dans le creux, le fil du bois'),
      shot('detail', 'print.swell', 2, 'Second swell', 'Seconde houle'),
      shot('detail', 'print.edge', 2, 'Edge of the sheet, old pinholes', 'Bord de la feuille, anciens trous d’épingle'),
    ],
    script: {
      en: ['One sheet had survived, in a drawer, behind a calendar.', 'Eight blocks, eleven colours, and a white that nobody prints.'],
      fr: ['Une seule feuille avait survécu, dans un tiroir, derrière un calendrier.', 'Huit planches, onze couleurs, et un blanc que personne n’imprime.'],
    },
    restrictions: [{ key: 'museum', kind: 'archive', mode: 'deny', note: { en: 'No archive use: 30 days, then ask again', fr: 'Sans archivage : 30 jours, puis nouvelle demande' } }, { key: 'no-print', kind: 'platform', mode: 'allow', values: ['broadcast', 'online'], note: { en: 'Broadcast and online only, no print', fr: 'Antenne et en ligne uniquement, pas de presse écrite' } }],
    relatedNumbers: [1094],
  },
  {
    number: 1124, shortName: 'ring-plane-pass', place: PLACES.alvina,
    headline: { en: 'Sensor check: ring-plane pass tunes flood satellites' },
    description: { en: 'Withdrawn. A test of infrared sensors on the night side of a ringed planet; archive footage was described as live.' },
    topics: ['Space', 'Science'], subjects: [SUBJECTS.science], publishedMin: -5 * DAY - 6 * HOUR,
    history: [{ atMin: -20 * HOUR, note: { en: 'Withdrawn: archive footage was described as live.', fr: 'Retiré : des images d’archives étaient présentées comme du direct.' } }],
    status: { pubStatus: 'canceled', reason: { en: 'Withdrawn: archive footage was described as live. Do not use it. Delete copies.', fr: 'Retiré : des images d’archives étaient présentées comme du direct. Ne les utilisez plus et supprimez les copies.' } },
    formats: ['1080p25'], frames: 125, timecodeStart: '04:00:00:00', grade: 'mono', stills: ['rings.wide', 'rings.planet', 'rings.limb'],
    shots: [
      shot('wide', 'rings.wide', 3, 'Planet and rings, night side'),
      shot('close', 'rings.limb', 2, 'Thin bright limb'),
      shot('detail', 'rings.west', 2, 'West part of the rings'),
      shot('detail', 'rings.gap', 2, 'Gap between the rings'),
      shot('detail', 'rings.east', 2, 'East part of the rings'),
      shot('medium', 'rings.planet', 3, 'Planet, rings in shadow'),
    ],
    script: { en: ['Withdrawn by the desk.'] }, relatedNumbers: [1090],
  },
  {
    number: 1090, shortName: 'rings-edge-on', place: PLACES.alvina,
    headline: { en: 'Night sky: the rings turn edge-on, once in fifteen years', fr: 'Ciel nocturne : les anneaux par la tranche, une fois tous les quinze ans' },
    description: {
      en: 'From Cerro Alvina the rings of Saturn grow thinner every week. Astronomers use the thin months to look for what the glare hides. Processed images and a soundbite at the dome.',
      fr: 'Depuis le Cerro Alvina, les anneaux de Saturne s’amincissent chaque semaine. Les astronomes profitent de ces mois pour chercher ce que l’éclat cache. Images traitées et sonore sous la coupole.',
    },
    topics: ['Space', 'Science'], subjects: [SUBJECTS.science], publishedMin: -10 * DAY - 3 * HOUR,
    formats: ['1080p25'], frames: 165, timecodeStart: '23:47:00:00', grade: 'warm', stills: ['rings.planet', 'rings.west', 'rings.wide'],
    shots: [
      shot('wide', 'rings.wide', 3, 'The planet, rings half open', 'La planète, anneaux entrouverts'),
      shot('detail', 'rings.west', 2, 'Rings, west side', 'Anneaux, côté ouest'),
      says('rings.limb', 4, { speaker: 'Paloma Quiral', role: 'night astronomer', roleFr: 'astronome de nuit', language: 'es', verbatim: 'Cuando los anillos se apagan, se encienden las lunas pequeñas.', en: 'When the rings go out, the small moons light up.', fr: 'Quand les anneaux s’éteignent, les petites lunes s’allument.' }),
      shot('detail', 'rings.gap', 2, 'The dark gap', 'La division sombre'),
      shot('close', 'rings.shadow', 2, 'Shadow of the planet on the rings', 'Ombre de la planète sur les anneaux'),
      shot('detail', 'rings.east', 2, 'Rings, east side', 'Anneaux, côté est'),
      shot('medium', 'rings.planet', 3, 'Slow pull back', 'Lent travelling arrière'),
    ],
    script: {
      en: ['The rings are as wide as twenty Earths in a row, and as thin as a house is high.', 'Seen from the side they are hardly there, and that is when one sees best.'],
      fr: ['Les anneaux sont larges comme vingt Terres alignées, et minces comme la hauteur d’une maison.', 'De profil, ils existent à peine, et c’est alors qu’on voit le mieux.'],
    },
    relatedNumbers: [1124],
  },
];
