import { isPublished } from '../../shared/api/rights.ts';
import type { ContentAsset, ContentSource } from './library.ts';

const PLACES = [
  'harbour',
  'market',
  'stadium',
  'parliament',
  'hospital',
  'airport',
  'university',
  'bridge',
  'reservoir',
  'museum',
  'railway',
  'lighthouse',
];
const EVENTS = [
  'opens again',
  'is closed for repairs',
  'welcomes visitors',
  'marks fifty years',
  'prepares for winter',
  'gets a new roof',
  'tests its alarms',
  'changes its hours',
];
const PEOPLE = [
  'Ines Moreau',
  'Tomas Hale',
  'Nadia Okoro',
  'Jonas Lind',
  'Mei Tanaka',
  'Carla Duarte',
  'Samir Haddad',
  'Ruth Adler',
  'Pavel Novak',
  'Leila Amari',
];
const MINUTES_APART = 7;

/** Pseudo-random numbers, the same for an asset at every start. */
function numbersFor(index: number): (below: number) => number {
  let state = (index + 1) * 2654435761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

const among = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('The demo is empty');
  return found;
};

function benchAsset(models: readonly ContentAsset[], index: number): ContentAsset {
  const number = numbersFor(index);
  const model = among(models, index);
  const place = among(PLACES, number(PLACES.length));
  const event = among(EVENTS, number(EVENTS.length));
  const where = among(models, number(models.length));
  const people = [among(PEOPLE, number(PEOPLE.length)), among(PEOPLE, number(PEOPLE.length))];
  const title = `${where.location.name}: the ${place} ${event}`;
  const tag = String(index).padStart(6, '0');
  return {
    ...model,
    id: `ast_b${tag}`,
    slug: `${where.location.name}-${place}-${tag}`.toUpperCase().replaceAll(/[^\p{L}\d-]+/gu, '-'),
    headline: { en: `${title} (${tag})` },
    description: { en: `${title}. ${people.join(' and ')} were there. Generated item ${tag}.` },
    location: where.location,
    country: where.country,
    topics: [...new Set([...model.topics.slice(0, 1), ...where.topics.slice(0, 1)])],
    people,
    publishedMin: -MINUTES_APART * (index + 1),
    updatedMin: -MINUTES_APART * (index + 1),
    packages: model.packages.map((entry) => ({
      ...entry,
      id: `${entry.id}_b${tag}`,
      rootName: `${entry.rootName}_${tag}`,
    })),
    searchText: `${title} ${people.join(' ')} ${model.searchText}`.slice(0, 1200),
  };
}

/** Generated assets that share the media of a few demo assets. Masters are made on first read. */
export function benchContent(demo: ContentSource, count: number): ContentSource {
  const models = demo.assets
    .filter(
      (asset) =>
        isPublished(asset) &&
        asset.embargoUntilMin === undefined &&
        asset.expiresMin === undefined &&
        asset.restrictions.length === 0,
    )
    .slice(0, 4);
  return {
    assets: Array.from({ length: count }, (_, index) => benchAsset(models, index)),
    articles: demo.articles,
    file: (id) => demo.file(id),
  };
}
