import { PLACES } from '../places.ts';
import { says, shot, type AssetSource } from '../source.ts';
import { SUBJECTS } from './subjects.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

export const WILDLIFE: AssetSource[] = [
  {
    number: 1141, shortName: 'osprey-count', place: PLACES.vallmossen,
    headline: { en: 'Osprey count: volunteers read 212 rings along the water' },
    description: { en: 'From kitchen windows, jetties and one hide on stilts, volunteers read the coloured rings of ospreys before the birds leave. Two hundred and twelve readings, nine more than last year, and one ring nobody has on a list.' },
    topics: ['Wildlife', 'Rivers and lakes'], subjects: [SUBJECTS.environment], publishedMin: -DAY - 2 * HOUR,
    formats: ['1080p25'], frames: 150, timecodeStart: '07:41:00:00', grade: 'day', stills: ['osprey.wide', 'osprey.bird', 'osprey.branch'],
    shots: [
      shot('wide', 'osprey.wide', 3, 'Osprey on a dead pine branch, lake behind the trees'),
      shot('close', 'osprey.head', 3, 'The bird turns its head to the lens'),
      shot('detail', 'osprey.talon', 2, 'Talons on bare wood, the ring hidden'),
      says('osprey.branch', 4, { speaker: 'Sigrid Almvall', role: 'ring reader', language: 'sv', verbatim: 'Man väntar en timme på tre bokstäver. Sedan flyger hon, och man vet vem hon är.', en: 'You wait an hour for three letters. Then she flies, and you know who she is.' }),
      shot('detail', 'osprey.twigs', 2, 'Branches where she lands every morning'),
      shot('medium', 'osprey.bird', 3, 'She settles, wind in the feathers'),
    ],
    script: { en: ['A ring is eleven millimetres high. The nearest place to stand is eighty metres away.', 'This autumn’s list has two hundred and twelve names, and a question mark.'] },
    relatedNumbers: [1115, 1101],
  },
  {
    number: 1136, shortName: 'otters-are-back', place: PLACES.lende,
    headline: { en: 'Otters are back on the lower river after forty years', fr: 'Les loutres de retour sur la basse rivière après quarante ans' },
    description: {
      en: 'Nobody brought them. A planted bank, a moved pump and a ferry that cuts its engine were enough: the first pair of otters since the eighties lives below the Lenderveen lock. Updated with the first daylight footage of both animals.',
      fr: 'Personne ne les a amenées. Une berge replantée, une pompe déplacée et un bac qui coupe son moteur ont suffi : le premier couple de loutres depuis les années quatre-vingt vit en aval de l’écluse de Lenderveen. Mise à jour avec les premières images de jour des deux animaux.',
    },
    topics: ['Wildlife', 'Rivers and lakes'], subjects: [SUBJECTS.environment], publishedMin: -2 * DAY,
    history: [{ atMin: -5 * HOUR, note: { en: 'Shots 3 and 6 added: both animals by daylight. Script and captions updated.', fr: 'Plans 3 et 6 ajoutés : les deux animaux de jour. Script et sous-titres mis à jour.' } }],
    formats: ['1080i50', '1080p25'], frames: 205, timecodeStart: '08:26:00:00', grade: 'day', stills: ['otters.wide', 'otters.otter', 'otters.swimmer'],
    shots: [
      shot('wide', 'otters.wide', 3, 'Otter on the east bank, a second one in the water', 'Une loutre sur la rive est, une autre dans l’eau'),
      shot('close', 'otters.head', 3, 'Head up, whiskers, it smells the wind', 'Tête dressée, moustaches, elle hume le vent'),
      shot('medium', 'otters.swimmer', 2, 'The second animal comes in, only the head above water', 'Le second animal approche, seule la tête dépasse'),
      says('otters.water', 4, { speaker: 'Joke van der Lende', role: 'river warden', roleFr: 'garde-rivière', language: 'nl', verbatim: 'Wij hebben de oever voor de zwaluwen geplant. De otters hebben het als een uitnodiging gelezen.', en: 'We planted the bank for the swallows. The otters read it as an invitation.', fr: 'Nous avions planté la berge pour les hirondelles. Les loutres y ont lu une invitation.' }),
      shot('detail', 'otters.rock', 2, 'Crayfish shells on the stone', 'Carapaces d’écrevisses sur la pierre'),
      shot('medium', 'otters.otter', 3, 'Both in frame, the larger one shakes dry', 'Les deux dans le cadre, la plus grande s’ébroue'),
      shot('detail', 'otters.grass', 2, 'Grass closes behind them', 'L’herbe se referme derrière elles'),
    ],
    script: {
      en: ['The first sign was not an animal. It was a row of crayfish shells on a jetty step, stacked the way a waiter stacks plates.', 'What happens next is mostly a matter of leaving things alone.'],
      fr: ['Le premier signe ne fut pas un animal, mais une rangée de carapaces sur une marche du ponton, empilées comme des assiettes.', 'La suite consiste surtout à ne rien faire.'],
    },
    relatedNumbers: [1106, 1141],
  },
  {
    number: 1115, shortName: 'ringers-at-work', place: PLACES.vallmossen,
    headline: { en: 'Ringers at work: soundbites from the hide' },
    description: { en: 'Companion to the osprey count: two soundbites recorded in the hide at dusk, with cutaways of the bird on its evening branch.' },
    topics: ['Wildlife'], subjects: [SUBJECTS.environment, SUBJECTS.society], publishedMin: -7 * DAY,
    formats: ['1080i50'], frames: 110, timecodeStart: '17:52:00:00', grade: 'dusk', mirrored: true, stills: ['osprey.bird', 'osprey.twigs', 'osprey.pines'],
    shots: [
      shot('medium', 'osprey.bird', 2, 'Osprey on the evening branch, last sun'),
      says('osprey.pines', 3, { speaker: 'Olle Brantvik', role: 'ringer', language: 'sv', verbatim: 'Fågeln är lugn. Det är vi som håller andan.', en: 'The bird is calm. It is we who hold our breath.' }),
      shot('close', 'osprey.head', 2, 'Eye and beak, the bird looks past the hide'),
      says('osprey.blur', 3, { speaker: 'Ida Norrhem', role: 'student of biology', language: 'en', verbatim: 'I came for the statistics. Then one of them looked at me.' }),
      shot('detail', 'osprey.twigs', 2, 'Bare branches against dark pines'),
      shot('wide', 'osprey.branch', 2, 'The branch is empty'),
    ],
    script: { en: ['The hide holds three people, if none of them wears a rucksack.'] },
    relatedNumbers: [1141],
  },
  {
    number: 1106, shortName: 'river-wardens', place: PLACES.lende,
    headline: { en: 'River wardens: a morning on the bank', fr: 'Gardes-rivière : une matinée sur la berge' },
    description: {
      en: 'Nine trail cameras, two wardens and a bag of spare batteries. The round takes four hours and ends, as a rule, with wet socks and one good picture.',
      fr: 'Neuf pièges photographiques, deux gardes et un sac de piles de rechange. La tournée dure quatre heures et finit, en général, avec des chaussettes mouillées et une bonne image.',
    },
    topics: ['Wildlife', 'Rivers and lakes'], subjects: [SUBJECTS.environment], publishedMin: -9 * DAY - 4 * HOUR,
    formats: ['720p25'], frames: 380, timecodeStart: '06:48:00:00', grade: 'fog', mirrored: true, stills: ['otters.otter', 'otters.water', 'otters.rock'],
    shots: [
      shot('wide', 'otters.water', 3, 'River at first light, no wind', 'La rivière aux premières lueurs, sans vent'),
      shot('detail', 'otters.rock', 2, 'Tracks on wet stone', 'Traces sur la pierre mouillée'),
      says('otters.grass', 4, { speaker: 'Bram Oosterweg', role: 'river warden', roleFr: 'garde-rivière', language: 'nl', verbatim: 'De batterij die we vergeten waren, heeft de foto gemaakt.', en: 'The battery we had forgotten took the picture.', fr: 'C’est la pile que nous avions oubliée qui a pris la photo.' }),
      shot('medium', 'otters.otter', 3, 'Picture from camera 4: the larger animal on the bank', 'Image de la caméra 4 : le plus grand animal sur la berge', { restricted: ['trail'] }),
      shot('close', 'otters.back', 2, 'Wet fur, the animal turns away', 'Pelage mouillé, l’animal se détourne'),
      shot('medium', 'otters.swimmer', 3, 'A head crosses the frame from the left', 'Une tête traverse le cadre'),
      shot('wide', 'otters.wide', 2, 'The bank from the jetty', 'La berge vue du ponton'),
    ],
    script: {
      en: ['A warden’s year has two seasons: when the cards are full, and when the batteries are empty.', 'Camera four had both. It also had the otters.'],
      fr: ['L’année d’un garde compte deux saisons : quand les cartes sont pleines, et quand les piles sont vides.', 'La caméra quatre cumulait. Elle avait aussi les loutres.'],
    },
    restrictions: [{ key: 'trail', kind: 'archive', mode: 'deny', note: { en: 'Shot 4: no archive use after broadcast (the den must not be traceable)', fr: 'Plan 4 : sans archivage après diffusion (la catiche ne doit pas être localisable)' } }],
    relatedNumbers: [1136],
  },
  {
    number: 1103, shortName: 'meadow-blooms-early', place: PLACES.blaual,
    headline: { en: 'Alpine meadow blooms eleven days early, and the bees noticed', fr: 'La prairie alpine fleurit onze jours trop tôt, et les abeilles l’ont vu' },
    description: {
      en: 'Forget-me-nots above Blaual opened on the earliest date in a notebook kept since 1961. The beekeepers moved their hives the same night. Macro footage, hand-held, early light.',
      fr: 'Au-dessus de Blaual, les myosotis se sont ouverts à la date la plus précoce d’un carnet tenu depuis 1961. Les apiculteurs ont déplacé leurs ruches la nuit même. Plans macro, à la main, lumière du matin.',
    },
    topics: ['Weather', 'Agriculture', 'Science'], subjects: [SUBJECTS.environment, SUBJECTS.weather], publishedMin: -8 * DAY,
    formats: ['1080p25'], frames: 195, timecodeStart: '05:55:00:00', grade: 'day', stills: ['flowers.wide', 'flowers.head', 'flowers.cluster'],
    shots: [
      shot('wide', 'flowers.wide', 3, 'Forget-me-nots in shade, dew', 'Myosotis à l’ombre, rosée'),
      shot('close', 'flowers.head', 3, 'One flower head, petals opening', 'Une fleur, les pétales s’ouvrent'),
      shot('detail', 'flowers.stem', 2, 'Stem and buds', 'Tige et boutons'),
      says('flowers.blur', 4, { speaker: 'Agathe Lienz', role: 'beekeeper', roleFr: 'apicultrice', language: 'en', verbatim: 'The notebook is my grandmother’s. She would have called this May.', fr: 'Le carnet est celui de ma grand-mère. Elle aurait dit : on est en mai.' }),
      shot('close', 'flowers.cluster', 2, 'Cluster at the edge of the light', 'Touffe au bord de la lumière'),
      shot('medium', 'flowers.top', 2, 'Upper meadow, out of focus', 'Haut de la prairie, dans le flou'),
      shot('medium', 'flowers.left', 2, 'Wind moves the stalks', 'Le vent agite les tiges'),
    ],
    script: {
      en: ['Sixty-five springs are in the notebook, one line each. This year’s line is the first of them all.', 'The hives went up by lorry, at night, without lights.'],
      fr: ['Soixante-cinq printemps tiennent dans le carnet, une ligne chacun. Celle de cette année passe avant toutes les autres.', 'Les ruches sont montées en camion, de nuit, tous feux éteints.'],
    },
    relatedNumbers: [1147, 1138],
  },
  {
    number: 1101, shortName: 'wren-in-the-quarry', place: PLACES.tierno,
    headline: { en: 'A wren stops a quarry for nineteen days' },
    description: { en: 'A pair of canyon wrens built in the face that was to be blasted next. The quarry of Cañón Tierno moved its plan instead of the nest. Footage from behind a parked digger.' },
    topics: ['Wildlife', 'Economy'], subjects: [SUBJECTS.environment, SUBJECTS.economy], publishedMin: -8 * DAY - 5 * HOUR,
    formats: ['1080i50'], frames: 120, timecodeStart: '09:12:00:00', grade: 'warm', stills: ['wren.wide', 'wren.bird', 'wren.rock'],
    shots: [
      shot('wide', 'wren.wide', 3, 'Wren on the edge of the quarry face'),
      shot('close', 'wren.head', 2, 'The bird calls, beak up'),
      shot('detail', 'wren.rock', 2, 'Drill marks in the rock below the nest'),
      says('wren.sky', 4, { speaker: 'Inés Caldera', role: 'quarry foreman', language: 'es', verbatim: 'La piedra espera desde hace veinte millones de años. Puede esperar diecinueve días.', en: 'The stone has waited twenty million years. It can wait nineteen days.' }),
      shot('medium', 'wren.stone', 2, 'Loose blocks, nobody at work'),
      shot('medium', 'wren.bird', 3, 'The bird looks left, then is gone'),
    ],
    script: { en: ['There is a song in the quarry at nine, and for once it is not the siren.', 'On the twentieth day the young had flown, and the drills came back.'] },
    restrictions: [{ key: 'co-production', kind: 'territory', mode: 'allow', values: ['ES', 'FR', 'DE', 'GB', 'IT', 'CH', 'US'], note: { en: 'Cleared only for the countries listed (co-production)', fr: 'Autorisé uniquement dans les pays indiqués (coproduction)' } }],
    relatedNumbers: [1141],
  },
];
