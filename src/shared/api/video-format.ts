/** `25/1` is 25, `30000/1001` is 29.97. */
export function rateNumber(fraction: string): number {
  const [over = 0, under = 1] = fraction.split('/').map(Number);
  return over / (under || 1);
}

const decimal = (rate: number): string => String(Math.round(rate * 100) / 100);

type Picture = { height: number | null; scan: string | null; frameRate: string | null };
/**
 * Lines, scan and rate in the notation of newsrooms: `1080i50`, `1080p25`, `2160p50`. Interlaced
 * pictures are counted by fields. Null where one of them isn't known.
 */
export function videoFormatOf({ height, scan, frameRate }: Picture): string | null {
  if (height === null || height === 0 || scan === null || frameRate === null) return null;
  const isInterlaced = scan !== 'progressive';
  return `${height}${isInterlaced ? 'i' : 'p'}${decimal(rateNumber(frameRate) * (isInterlaced ? 2 : 1))}`;
}

const CONTAINERS = new Map([
  ['mov', 'MOV'],
  ['mp4', 'MP4'],
  ['mxf', 'MXF'],
]);
const CODECS = new Map([
  ['h264', 'H.264'],
  ['hevc', 'HEVC'],
  ['prores', 'ProRes'],
  ['xdcam', 'XDCAM'],
  ['mpeg2video', 'MPEG-2'],
  ['v210', 'v210'],
]);
export const containerName = (container: string): string =>
  CONTAINERS.get(container) ?? container.toUpperCase();
export const codecName = (codec: string): string => CODECS.get(codec) ?? codec;
