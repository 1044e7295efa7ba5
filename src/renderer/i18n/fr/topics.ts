import type { Texts } from '../en/index.ts';

export const topics: Texts['topics'] = {
  Agriculture: 'Agriculture',
  Cities: 'Villes',
  Coasts: 'Côtes',
  Culture: 'Culture',
  Economy: 'Économie',
  Energy: 'Énergie',
  Environment: 'Environnement',
  Heritage: 'Patrimoine',
  'Rivers and lakes': 'Rivières et lacs',
  Science: 'Sciences',
  Space: 'Espace',
  Technology: 'Technologies',
  Weather: 'Météo',
  Wildlife: 'Faune',
  World: 'Monde',
};
