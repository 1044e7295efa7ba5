import { PLACES } from '../places.ts';
import { says, shot, type AssetSource } from '../source.ts';
import { SUBJECTS } from './subjects.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

export const LAND: AssetSource[] = [
  {
    number: 1143, shortName: 'dune-crossing', place: PLACES.tamzir,
    headline: { en: 'Dune crossing tests torch-battery weather stations', fr: 'Une traversée des dunes met à l’essai des stations météo à pile' },
    description: {
      en: 'Seven walkers carry twelve weather stations across the Erg Tamzir, each the size of a bottle and powered by a torch battery. Every night each of them sends one line. So far, none has missed a night.',
      fr: 'Sept marcheurs portent douze stations météo à travers l’Erg Tamzir, chacune de la taille d’une bouteille et alimentée par une pile de lampe. Chaque nuit, chacune envoie une ligne. Jusqu’ici, aucune n’a manqué une nuit.',
    },
    topics: ['Weather', 'Science'], subjects: [SUBJECTS.weather, SUBJECTS.science], publishedMin: -DAY - 5 * HOUR,
    formats: ['1080i50', '720p25'], frames: 210, timecodeStart: '14:22:00:00', grade: 'day', stills: ['dunes.wide', 'dunes.team', 'dunes.plume'],
    shots: [
      shot('wide', 'dunes.wide', 3, 'Great dune, wind on the crest', 'Grande dune, vent sur la crête'),
      shot('medium', 'dunes.team', 3, 'Seven walkers on the flank', 'Sept marcheurs sur le flanc'),
      shot('close', 'dunes.walkers', 2, 'The load: stations on two rucksacks', 'La charge : des stations sur deux sacs'),
      says('dunes.sky', 4, { speaker: 'Yassine Amrouk', role: 'expedition lead', roleFr: 'chef d’expédition', language: 'fr', verbatim: 'La station ne fait qu’une chose, mais chaque nuit : une ligne, et elle se rendort.', en: 'The station can do only one thing, but it does it every night: one line, and back to sleep.' }),
      shot('close', 'dunes.plume', 2, 'Sand blows off the edge', 'Le sable s’envole de l’arête'),
      shot('medium', 'dunes.slope', 2, 'Lee slope, no track on it', 'Versant sous le vent, sans une trace'),
      shot('medium', 'dunes.ridge', 2, 'Second ridge in haze', 'Seconde crête dans la brume'),
    ],
    script: {
      en: ['There is weather in the desert, but until now there was nobody to write it down.', 'Twelve stations now stand where there was a blank on the map of winds.'],
      fr: ['Le désert a une météo ; jusqu’ici, il n’y avait personne pour la noter.', 'Douze stations se dressent désormais là où la carte des vents était blanche.'],
    },
    relatedNumbers: [1108, 1138],
  },
  {
    number: 1138, shortName: 'one-rain-gauge', place: PLACES.nilavara,
    headline: { en: 'Hill growers share one rain gauge for every slope' },
    description: { en: 'Forty-four growers of the Nilavara Hills read one brass gauge each morning and call the number down the valley. A year on, they water less and argue less.' },
    topics: ['Agriculture', 'Weather'], subjects: [SUBJECTS.economy, SUBJECTS.weather], publishedMin: -2 * DAY - 3 * HOUR,
    formats: ['1080i50'], frames: 190, timecodeStart: '06:30:00:00', grade: 'day', stills: ['tea.wide', 'tea.terraces', 'tea.tree'],
    shots: [
      shot('wide', 'tea.wide', 3, 'Terraces of tea, mist lifting'),
      shot('medium', 'tea.terraces', 3, 'Rows follow the slope'),
      shot('detail', 'tea.path', 2, 'Path worn by the morning walk to the gauge'),
      says('tea.mist', 4, { speaker: 'Devika Rathnam', role: 'grower', language: 'en', verbatim: 'Before, each of us had a feeling. Now we have a number, and the feelings have gone quiet.' }),
      shot('close', 'tea.rows', 2, 'Wet leaves'),
      shot('detail', 'tea.tree', 2, 'Lone tree at the upper gauge'),
      shot('wide', 'tea.hill', 2, 'Hill in the last mist'),
    ],
    script: { en: ['The gauge is made of brass and holds one litre. It is emptied at half past six.', 'The number goes down the hill by voice, from slope to slope, faster than any telephone.'] },
    relatedNumbers: [1117, 1143],
  },
  {
    number: 1117, shortName: 'mist-and-terraces', place: PLACES.nilavara,
    headline: { en: 'B-roll: mist, terraces and gauges, no commentary', fr: 'Images d’illustration : brume et terrasses, sans commentaire' },
    description: {
      en: 'A slow hour in the Nilavara Hills, cut to seventeen seconds: mist comes in, mist goes out. For backgrounds, maps and weather.',
      fr: 'Une heure lente dans les collines de Nilavara, ramenée à dix-sept secondes : la brume vient, la brume s’en va. Pour fonds, cartes et météo.',
    },
    topics: ['Agriculture', 'Weather'], subjects: [SUBJECTS.weather], publishedMin: -7 * DAY - 2 * HOUR,
    formats: ['720p25'], frames: 420, timecodeStart: '05:12:00:00', grade: 'fog', mirrored: true, stills: ['tea.ridge', 'tea.mist', 'tea.rows'],
    shots: [
      shot('wide', 'tea.mist', 3, 'Mist covers the ridge', 'La brume couvre la crête'),
      shot('wide', 'tea.ridge', 3, 'Trees appear and vanish', 'Des arbres paraissent et s’effacent'),
      shot('medium', 'tea.hill', 3, 'The dark hill', 'La colline sombre'),
      shot('detail', 'tea.rows', 2, 'Rows, drops on the leaves', 'Rangs, gouttes sur les feuilles'),
      shot('detail', 'tea.hut', 2, 'Roof of the growers’ hut', 'Toit de la cabane'),
      shot('detail', 'tea.tree', 2, 'Tree against white', 'Un arbre sur fond blanc'),
      shot('medium', 'tea.terraces', 3, 'Terraces, first colour', 'Les terrasses, première couleur'),
      shot('wide', 'tea.wide', 3, 'The whole slope, mist gone', 'Toute la pente, brume levée'),
    ],
    script: {}, relatedNumbers: [1138],
  },
  {
    number: 1108, shortName: 'sand-and-signal', place: PLACES.tamzir,
    headline: { en: 'Sand and signal: soundbites from the ridge camp', fr: 'Le sable et le signal : sonores au camp de la crête' },
    description: {
      en: 'Evening at the ridge camp: the walkers wait for twelve lines of data and talk about what one misses in the sand. Two soundbites, in French and English, with evening footage of the dunes.',
      fr: 'Le soir au camp de la crête : les marcheurs attendent douze lignes de données et parlent de ce qui manque dans le sable. Deux sonores, en français et en anglais, et des images des dunes au couchant.',
    },
    topics: ['Weather', 'Science'], subjects: [SUBJECTS.science, SUBJECTS.society], publishedMin: -9 * DAY - HOUR,
    formats: ['1080i50'], frames: 214, timecodeStart: '18:36:00:00', grade: 'dusk', mirrored: true, stills: ['dunes.crest', 'dunes.ridge', 'dunes.walkers'],
    shots: [
      shot('wide', 'dunes.crest', 3, 'Crest in the last light', 'La crête dans la dernière lumière'),
      says('dunes.ridge', 4, { speaker: 'Salma Ferdi', role: 'radio operator', roleFr: 'opératrice radio', language: 'fr', verbatim: 'À vingt heures, tout le monde se tait. Douze bips, et l’on peut dîner.', en: 'At eight everyone falls silent. Twelve beeps, and we can have dinner.' }),
      shot('close', 'dunes.walkers', 2, 'Walkers come in along the ridge', 'Les marcheurs reviennent par l’arête'),
      shot('close', 'dunes.plume', 2, 'Sand on the wind', 'Du sable dans le vent'),
      says('dunes.sky', 4, { speaker: 'Tom Bracewen', role: 'meteorologist', roleFr: 'météorologue', language: 'en', verbatim: 'A forecast is only as good as its emptiest square. We are standing in it.', fr: 'Une prévision vaut ce que vaut sa case la plus vide. Nous sommes dedans.' }),
      shot('wide', 'dunes.wide', 3, 'Camp below the great dune, night falls', 'Le camp au pied de la grande dune, la nuit tombe'),
    ],
    script: {
      en: ['Dinner waits for the data. It always has, on this trip.', 'Between two beeps there is time for one question.'],
      fr: ['Le dîner attend les données. Il en est ainsi depuis le départ.', 'Entre deux bips, il y a le temps d’une question.'],
    },
    restrictions: [{ key: 'partner', kind: 'platform', mode: 'deny', values: ['social', 'advertising'], note: { en: 'No social media, no advertising (agreement with the expedition)', fr: 'Ni réseaux sociaux ni publicité (accord avec l’expédition)' } }],
    relatedNumbers: [1143],
  },
];
