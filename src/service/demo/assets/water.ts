import { PLACES } from '../places.ts';
import { says, shot, type AssetSource } from '../source.ts';
import { SUBJECTS } from './subjects.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

export const WATER: AssetSource[] = [
  {
    number: 1147, shortName: 'glacier-lake-survey', place: PLACES.auren,
    headline: { en: 'Glacier lake survey: divers read the water line at first light', fr: 'Lac glaciaire : des plongeurs relèvent la ligne d’eau aux premières lueurs' },
    description: {
      en: 'Before the wind gets up, two divers and a boat crew read a painted board that has stood in Lake Auren for thirty springs. This year’s melt reached the mark eleven days before the mean. Footage of the survey, the outlet and the people who keep the book.',
      fr: 'Avant que le vent ne se lève, deux plongeurs et l’équipage d’un bateau lisent une mire peinte qui se dresse dans le lac Auren depuis trente printemps. Cette année, la fonte a atteint le repère onze jours avant la moyenne. Images du relevé, de l’exutoire et de ceux qui tiennent le registre.',
    },
    topics: ['Rivers and lakes', 'Science', 'Weather'], subjects: [SUBJECTS.environment, SUBJECTS.science], publishedMin: -85,
    formats: ['1080i50', '720p25'], frames: 362, timecodeStart: '10:00:00:00', grade: 'day', stills: ['lake.wide', 'lake.peaks', 'lake.mirror'],
    shots: [
      shot('wide', 'lake.wide', 4, 'The lake at first light, peaks mirrored in still water', 'Le lac aux premières lueurs, les sommets dans l’eau immobile'),
      shot('medium', 'lake.shore', 3, 'Shore below the survey hut, no wind yet', 'La rive sous la cabane du relevé, pas encore de vent'),
      shot('close', 'lake.mirror', 3, 'Reflections break as the boat’s wake comes in', 'Les reflets se brisent dans le sillage du bateau'),
      says('lake.peaks', 5, { speaker: 'Maren Tolveg', role: 'survey lead', roleFr: 'responsable du relevé', language: 'en', verbatim: 'We do not decide where the line is. The lake gives the reading back to us, and this year it came early.', fr: 'Ce n’est pas nous qui fixons la ligne. Le lac nous rend la mesure, et cette année elle est venue tôt.' }),
      shot('detail', 'lake.forest', 2, 'Dark forest and the old melt mark on the rocks', 'Forêt sombre et ancien repère de fonte sur les rochers'),
      shot('aerial', 'lake.ridge', 3, 'Drone rises over the moraine and the outlet', 'Le drone s’élève au-dessus de la moraine et de l’exutoire', { restricted: ['drone-territory', 'drone-time', 'drone-social'] }),
      shot('close', 'lake.summit', 3, 'Patches of snow on the north face, natural sound of the stream', 'Plaques de neige sur la face nord, son du torrent'),
      says('lake.sky', 5, { speaker: 'Étienne Corvaz', role: 'hydrologist, valley station', roleFr: 'hydrologue, station de la vallée', language: 'fr', verbatim: 'Onze jours d’avance sur la moyenne de trente ans. Un seul printemps, c’est la météo ; il nous faut les trois suivants.', en: 'Eleven days earlier than the thirty-year mean. One spring is weather; we need the next three.' }),
      shot('medium', 'lake.shore', 2, 'The reading is entered by hand and radioed in', 'La mesure est notée à la main puis transmise par radio'),
      shot('wide', 'lake.wide', 4, 'Sun clears the ridge, the lake goes from grey to blue', 'Le soleil franchit la crête, le lac passe du gris au bleu'),
    ],
    script: {
      en: ['Nobody talks on the boat before the board is read. Breath on the water is enough to blur it.', 'The mark was painted thirty springs ago. It has been touched up twice and never moved.', 'The number goes into a book first, and only then on the air.'],
      fr: ['Sur le bateau, personne ne parle avant la lecture de la mire. Un souffle sur l’eau suffit à la brouiller.', 'Le repère a été peint il y a trente printemps. On l’a repris deux fois, jamais déplacé.', 'Le chiffre entre d’abord dans un registre, et ensuite seulement sur les ondes.'],
    },
    restrictions: [
      { key: 'drone-territory', kind: 'territory', mode: 'deny', values: ['CA'], note: { en: 'Shot 6: no use in Canada (third-party drone footage)', fr: 'Plan 6 : pas d’utilisation au Canada (images de drone d’un tiers)' } },
      { key: 'drone-time', kind: 'time', mode: 'deny', notAfterMin: 6 * DAY, note: { en: 'Shot 6: no use after the date given (third-party drone footage)', fr: 'Plan 6 : pas d’utilisation après la date indiquée (images de drone d’un tiers)' } },
      { key: 'drone-social', kind: 'platform', mode: 'deny', values: ['social'], note: { en: 'Shot 6: no social media (third-party drone footage)', fr: 'Plan 6 : pas de réseaux sociaux (images de drone d’un tiers)' } },
    ],
    credits: ['Auren Multimedia', 'Shot 6: Moraine Air'], relatedNumbers: [1121, 1119, 1103],
  },
  {
    number: 1145, shortName: 'harbour-dims-its-lights', place: PLACES.marren,
    headline: { en: 'Harbour dims its lights for one hour of tide measurements', fr: 'Le port éteint ses lumières une heure pour mesurer la marée' },
    description: {
      en: 'For one hour the towers around Marren Bay go dark so that a camera on the breakwater can see the faint line of the tide gauge’s laser. The hour fixes the zero that every tide table of the next five years will use. Embargoed until the port’s own film has been shown tonight.',
      fr: 'Pendant une heure, les tours de Marren Bay s’éteignent pour qu’une caméra, sur la jetée, distingue la fine ligne du laser du marégraphe. Cette heure fixe le zéro des annuaires de marée des cinq prochaines années. Sous embargo jusqu’à la diffusion, ce soir, du film du port.',
    },
    topics: ['Coasts', 'Cities', 'Science'], subjects: [SUBJECTS.environment, SUBJECTS.society], publishedMin: -40, embargoUntilMin: 6 * HOUR,
    formats: ['1080p25'], frames: 200, timecodeStart: '19:30:00:00', grade: 'day', stills: ['harbour.wide', 'harbour.centre', 'harbour.glow'],
    shots: [
      shot('wide', 'harbour.wide', 4, 'Skyline at dusk, every window lit', 'La ligne des tours au crépuscule, toutes fenêtres allumées'),
      shot('close', 'harbour.lights', 2, 'Tower tops, the first floors go dark', 'Sommets des tours, les premiers étages s’éteignent'),
      shot('medium', 'harbour.left', 2, 'West quay, signs switched off one by one', 'Quai ouest, les enseignes s’éteignent une à une'),
      says('harbour.centre', 4, { speaker: 'Lin Suwei', role: 'tide officer, harbour survey', roleFr: 'responsable des marées, service du port', language: 'en', verbatim: 'The laser is as bright as a candle at two kilometres. The city only has to be darker than a candle.', fr: 'Le laser a l’éclat d’une bougie à deux kilomètres. La ville doit seulement être plus sombre qu’une bougie.' }),
      shot('detail', 'harbour.glow', 2, 'Colours on the water fade', 'Les couleurs s’effacent sur l’eau'),
      shot('timelapse', 'harbour.clouds', 2, 'Clouds over the bay during the dark hour', 'Nuages sur la baie pendant l’heure noire'),
      shot('wide', 'harbour.bridge', 2, 'Bridge lights return first', 'Les lumières du pont reviennent les premières'),
    ],
    script: {
      en: ['Four thousand offices were asked to do nothing for an hour: no lamps, no signs, no screens.', 'When the hour was over, the bay had a new zero, and the bridge came on first.'],
      fr: ['On a demandé à quatre mille bureaux de ne rien faire pendant une heure : ni lampes, ni enseignes, ni écrans.', 'L’heure passée, la baie avait un nouveau zéro, et le pont s’est rallumé le premier.'],
    },
    restrictions: [{ key: 'towers', kind: 'editorial', mode: 'allow', values: ['news', 'current-affairs'], note: { en: 'Editorial use only (the buildings aren’t cleared for advertising)', fr: 'Usage éditorial uniquement (bâtiments non autorisés pour la publicité)' } }],
    relatedNumbers: [1119, 1094],
  },
  {
    number: 1121, shortName: 'aerials-lower-valley', place: PLACES.auren,
    headline: { en: 'Aerials: the lower valley before the spring melt', fr: 'Vues aériennes : la basse vallée avant la fonte' },
    description: {
      en: 'A long, quiet flight up the Auren valley on the last cold morning of the season: ridge, forest, outlet and the grey lake. No commentary, no music; made to be cut under anything.',
      fr: 'Un long vol silencieux au-dessus de la vallée d’Auren, par le dernier matin froid de la saison : crête, forêt, exutoire et lac gris. Sans commentaire ni musique, à monter sous n’importe quel sujet.',
    },
    topics: ['Rivers and lakes', 'Weather'], subjects: [SUBJECTS.environment], publishedMin: -6 * DAY,
    formats: ['1080p25'], frames: 3617, timecodeStart: '06:10:00:00', grade: 'cool', mirrored: true, stills: ['lake.ridge', 'lake.wide', 'lake.forest'],
    shots: [
      shot('aerial', 'lake.ridge', 4, 'Far ridge in cloud, flight begins', 'Crête lointaine dans les nuages, début du vol'),
      shot('aerial', 'lake.sky', 2, 'High cirrus, the sun not yet over the rim', 'Cirrus élevés, le soleil n’a pas encore franchi la crête'),
      shot('aerial', 'lake.peaks', 4, 'Over the saddle, both peaks in one frame', 'Au-dessus du col, les deux sommets dans le cadre'),
      shot('aerial', 'lake.summit', 3, 'Slow half circle around the summit', 'Lent demi-cercle autour du sommet'),
      shot('aerial', 'lake.forest', 3, 'Down along the tree line', 'Descente le long de la lisière'),
      shot('aerial', 'lake.shore', 3, 'Shore road, still closed by snow', 'La route de la rive, encore fermée par la neige'),
      shot('aerial', 'lake.mirror', 3, 'Low over the water, reflections', 'À ras de l’eau, reflets'),
      shot('wide', 'lake.wide', 4, 'Whole valley, the lake grey', 'Toute la vallée, le lac gris'),
      shot('aerial', 'lake.ridge', 2, 'Back over the ridge, flight ends', 'Retour sur la crête, fin du vol'),
    ],
    script: {}, credits: ['Auren Multimedia'], relatedNumbers: [1147],
  },
  {
    number: 1119, shortName: 'tide-gauge-night-shift', place: PLACES.marren,
    headline: { en: 'Tide gauge room: the night shift, natural sound' },
    description: { en: 'One officer, one float, one drum of paper that has turned since before the towers were built. The water outside does the rest. Rights end soon: the port keeps the paper, not the footage.' },
    topics: ['Coasts', 'Science'], subjects: [SUBJECTS.environment], publishedMin: -6 * DAY - 3 * HOUR, expiresMin: 20 * HOUR,
    formats: ['720p25'], frames: 300, timecodeStart: '02:14:00:00', grade: 'night', mirrored: true, stills: ['harbour.water', 'harbour.left', 'harbour.bridge'],
    shots: [
      shot('wide', 'harbour.left', 3, 'West quay at two in the morning, tide making'),
      shot('close', 'harbour.water', 3, 'Light paths on the water, slow swell'),
      shot('detail', 'harbour.glow', 2, 'Reflections stretch as the ebb begins'),
      says('harbour.bridge', 4, { speaker: 'Harun Idrisal', role: 'gauge keeper', language: 'en', verbatim: 'The sea writes one line a night. My job is to make sure the pen has ink.' }),
      shot('wide', 'harbour.clouds', 2, 'Clouds lit from below'),
      shot('medium', 'harbour.towers', 2, 'Towers across the bay, three windows lit'),
    ],
    script: { en: ['There is not much to see in a tide gauge room, and it is never quiet: the float knocks, the drum ticks, the pipes breathe.', 'At four the line turns. He writes the minute beside it, and his initials.'] },
    restrictions: [{ key: 'licence', kind: 'time', mode: 'deny', notAfterMin: 20 * HOUR, note: { en: 'No new use after the time given (the port’s licence ends)', fr: 'Aucune nouvelle utilisation après l’heure indiquée (fin de la licence du port)' } }],
    relatedNumbers: [1145],
  },
  {
    number: 1094, shortName: 'tide-model-explainer', place: PLACES.saintOre,
    headline: { en: 'Animated: what a tide model sees when it looks at a bay', fr: 'Animation : ce qu’un modèle de marée voit d’une baie' },
    description: {
      en: 'Depth in five blues, a tidal wave as a moving edge: an explainer in loops that can be cut to any length. Colours keep their order in black and white and for colour-blind viewers.',
      fr: 'La profondeur en cinq bleus, l’onde de marée comme un bord qui avance : une animation en boucles, à couper à la longueur voulue. Les teintes gardent leur ordre en noir et blanc et pour les daltoniens.',
    },
    topics: ['Coasts', 'Science'], subjects: [SUBJECTS.science], publishedMin: -9 * DAY,
    formats: ['720p25'], frames: 275, timecodeStart: '01:00:00:00', grade: 'day', stills: ['tides.wide', 'tides.front', 'tides.bay'],
    shots: [
      shot('detail', 'tides.bay', 2, 'The bay at low water', 'La baie à marée basse'),
      shot('wide', 'tides.wide', 3, 'The wave front enters from the south-west', 'Le front d’onde entre par le sud-ouest'),
      shot('tracking', 'tides.front', 3, 'Following the front across the shelf', 'On suit le front sur le plateau'),
      shot('detail', 'tides.crest', 2, 'Where the channel narrows, the edge steepens', 'Là où le chenal se resserre, le bord se raidit'),
      shot('detail', 'tides.deep', 2, 'Deep water hardly moves', 'L’eau profonde bouge à peine'),
      shot('wide', 'tides.shelf', 2, 'High water, loop point', 'Pleine mer, point de boucle'),
    ],
    script: {
      en: ['A tide model has never seen the sea. It knows depth, the moon, and friction.', 'Everything else, the roar, the smell, the gulls, is left to the viewer.'],
      fr: ['Un modèle de marée n’a jamais vu la mer. Il connaît la profondeur, la lune et le frottement.', 'Le reste, le fracas, l’odeur, les mouettes, il le laisse au spectateur.'],
    },
    credits: ['Auren Multimedia, graphics desk'], relatedNumbers: [1145, 1092],
  },
  {
    number: 1092, shortName: 'drowned-valley-contours', place: PLACES.blaual,
    headline: { en: 'Animated: contour lines of a valley under a reservoir' },
    description: { en: 'A sonar boat crossed the Blaual reservoir four hundred times. This loop shows what it found: the old road, two bends of the old river, and a shelf nobody had on a map.' },
    topics: ['Rivers and lakes', 'Science'], subjects: [SUBJECTS.science], publishedMin: -10 * DAY,
    formats: ['720p25'], frames: 100, timecodeStart: '02:00:00:00', grade: 'teal', stills: ['contours.wide', 'contours.lake', 'contours.shelf'],
    shots: [
      shot('wide', 'contours.wide', 3, 'Five depths, from the shore to the old river bed'),
      shot('detail', 'contours.lake', 2, 'The deep basin at the dam'),
      shot('detail', 'contours.channel', 2, 'First bend of the old river'),
      shot('detail', 'contours.contour', 2, 'The old road, under nineteen metres'),
      shot('detail', 'contours.shelf', 2, 'The shelf that was on no map'),
      shot('wide', 'contours.wide', 2, 'Whole valley, loop point'),
    ],
    script: { en: ['Under the water the valley still has its shape. It took four hundred crossings to draw it.'] },
    credits: ['Auren Multimedia, graphics desk'], relatedNumbers: [1094],
  },
];
