import type { Place } from './source.ts';

const place = (
  name: string,
  country: string,
  dateline: string,
  lat: number,
  lon: number,
): Place => ({ name, country, dateline, lat, lon });

/** Invented places in real countries. */
export const PLACES = {
  auren: place('Auren Valley, Switzerland', 'CH', 'LAKE AUREN, Switzerland', 46.31, 7.92),
  velatro: place('Velatro, Italy', 'IT', 'VELATRO, Italy', 41.93, 12.61),
  marren: place('Marren Bay, Singapore', 'SG', 'MARREN BAY, Singapore', 1.28, 103.86),
  tamzir: place('Erg Tamzir, Morocco', 'MA', 'ERG TAMZIR, Morocco', 31.09, -4.02),
  vallmossen: place('Vallmossen, Sweden', 'SE', 'VALLMOSSEN, Sweden', 60.74, 15.11),
  nilavara: place('Nilavara Hills, India', 'IN', 'NILAVARA, India', 10.08, 77.06),
  lende: place('River Lende, Netherlands', 'NL', 'LENDERVEEN, Netherlands', 52.09, 5.04),
  tallgrass: place(
    'Tallgrass Crossing, Iowa, USA',
    'US',
    'TALLGRASS CROSSING, Iowa',
    41.87,
    -93.86,
  ),
  eastmere: place('Eastmere, Massachusetts, USA', 'US', 'EASTMERE, Massachusetts', 42.35, -71.08),
  aubet: place('Sant Aubet, Spain', 'ES', 'SANT AUBET, Spain', 41.39, 2.16),
  verane: place('Porta Verane, Italy', 'IT', 'PORTA VERANE, Italy', 45.48, 9.19),
  alvina: place('Cerro Alvina, Chile', 'CL', 'CERRO ALVINA, Chile', -29.21, -70.72),
  kornfeld: place('Kornfeld, Germany', 'DE', 'KORNFELD, Germany', 47.58, 7.61),
  blaual: place('Blaual, Austria', 'AT', 'BLAUAL, Austria', 47.21, 11.73),
  tierno: place('Cañón Tierno, Mexico', 'MX', 'CAÑÓN TIERNO, Mexico', 28.63, -107.74),
  minasaki: place('Minasaki, Japan', 'JP', 'MINASAKI, Japan', 34.62, 138.23),
  saintOre: place('Baie de Saint-Ore, France', 'FR', 'SAINT-ORE, France', 48.66, -2.04),
} as const satisfies Record<string, Place>;
