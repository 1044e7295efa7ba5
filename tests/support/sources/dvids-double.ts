import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { content, Origin } from '../engine/origin.ts';

/** An asset as DVIDS has it. What is left out isn’t stated. */
export type DvidsAsset = {
  /** Such as `video:900001`. */
  id: string;
  title: string;
  description: string;
  publishedMs: number;
  /** Its `timestamp`: moves with each change, whatever has changed. */
  changedMs: number;
  /** When it was filmed, as `date` should say. */
  filmedMs: number;
  unit: string;
  branch: string;
  keywords: string[];
  category: string;
  seconds: number;
  credit: { id: string; name: string; rank: string }[];
  virin: string;
  location: { city: string; state?: string; country: string; country_abbreviation: string };
  /** Lines and kb/s of its files, best first. */
  files: { height: number; bitrate: number; size: number }[];
  hasCaptions: boolean;
  /** Pulled ones are found, and not published; those that are gone aren’t found. */
  state: 'published' | 'unpublished' | 'gone';
  /** Still in searches, though it was taken back a moment ago. */
  isListed: boolean;
  /** Members that its answers lack. */
  absent: readonly string[];
  /** Members that its answers have instead of others. */
  instead: Record<string, unknown>;
};

/** What answers in place of the API. */
export type DvidsFault =
  /** A web page, with 200 or 403. */
  | 'page'
  | 'page-403'
  /** Half of an answer. */
  | 'cut'
  /** A refusal that isn’t the API’s own. */
  | 'blocked'
  /** A check for browsers, with 202. */
  | 'challenge'
  | 'silent'
  /** 503 with a page of HTML. */
  | 'down'
  /** 429 with `Retry-After`. */
  | 'limited'
  /** Answers in another form. */
  | 'other-shape';

/** What was asked for, without the key. */
export type DvidsRequest = { path: string; query: Record<string, string>; origin: string | null };

const HOUR_MS = 3_600_000;
const MAX_RESULTS = 1000;
const MAX_PAGE = 50;
const SORTS = ['date', 'publishdate', 'timestamp', 'score'];
const FILM = content(30_000);
const CAPTIONS = {
  srt: '1\n00:00:00,000 --> 00:00:02,000\nThe harbour is quiet.\n',
  vtt: 'WEBVTT\n\n00:00.000 --> 00:02.000\nThe harbour is quiet.\n',
};

/** Search answers end in `Z`, with milliseconds where it is a time of change. */
const inUtc = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
/** Assets have the time of Washington: in winter five hours behind, in summer four. */
function inWashington(ms: number): string {
  const month = new Date(ms).getUTCMonth();
  const hours = month > 2 && month < 10 ? 4 : 5;
  return `${new Date(ms - hours * HOUR_MS).toISOString().slice(0, 19)}-0${hours}:00`;
}
/** A date as DVIDS states it: day and month have changed places, wherever that makes a date. */
function swapped(ms: number): number {
  const date = new Date(ms);
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
  return day > 12 ? ms : Date.UTC(date.getUTCFullYear(), day - 1, month, 5);
}

const isBy = (asset: DvidsAsset, query: URLSearchParams): boolean => {
  const unit = query.get('unit_name')?.toLowerCase();
  const keywords = query.getAll('keywords[]').map((word) => word.toLowerCase());
  const types = query.getAll('type[]');
  const [from, to] = ['from_publishdate', 'to_publishdate'].map((name) => query.get(name));
  return (
    (asset.state === 'published' || asset.isListed) &&
    (unit === undefined || asset.unit.toLowerCase().includes(unit)) &&
    (keywords.length === 0 ||
      asset.keywords.some((word) => keywords.includes(word.toLowerCase()))) &&
    (types.length === 0 || types.includes(asset.id.split(':')[0] ?? '')) &&
    (!from || asset.publishedMs >= Date.parse(from)) &&
    (!to || asset.publishedMs <= Date.parse(to))
  );
};

/**
 * DVIDS on this computer: its search, assets and units, with what they do wrong, and the servers of
 * its files.
 */
export class DvidsDouble {
  readonly assets = new Map<string, DvidsAsset>();
  readonly units = [
    { id: '127', unit_name: 'Natochannel', unit_abbrev: 'NATO', branch: 'Joint' },
    { id: '9', unit_name: 'Lakeside Media Centre', unit_abbrev: 'LMC', branch: 'Civilian' },
  ];
  /** What was asked of the API, in order. */
  readonly requests: DvidsRequest[] = [];
  /** Of the last request, without what was asked for. */
  headers: http.IncomingHttpHeaders = {};
  /** Most requests that were under way at once. */
  atOnce = 0;
  #underWay = 0;
  /** Serves the files: each path has faults of its own. */
  readonly cdn: Origin;
  fault: DvidsFault | null = null;
  /** So many requests are answered before the fault. */
  faultAfter = 0;
  /** A refusal comes with 200. */
  refusesWith200 = false;
  /** Called for each request before it is answered. */
  onRequest: (request: DvidsRequest) => void = () => undefined;
  /** What it accepts, from the next request on. */
  key: string;
  readonly #origin: string | null;
  readonly #server: http.Server;
  readonly #nowMs: number;
  #count = 0;
  #latestMs = 0;

  private constructor(cdn: Origin, key: string, origin: string | null, nowMs: number) {
    this.cdn = cdn;
    this.key = key;
    this.#origin = origin;
    this.#nowMs = nowMs;
    this.#server = http.createServer((request, response) => this.#answer(request, response));
  }

  /** @param options.origin the site that the key is bound to */
  static async start({
    key,
    origin = null,
    nowMs = Date.UTC(2026, 10, 25, 12),
  }: {
    key: string;
    origin?: string | null;
    /** The newest asset was published an hour before. */
    nowMs?: number;
  }): Promise<DvidsDouble> {
    const double = new DvidsDouble(await Origin.start(), key, origin, nowMs);
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.cdn.stop();
  }

  /** Address of the API. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds an asset, an hour older than the one added before. */
  add(stated: Partial<DvidsAsset> = {}): DvidsAsset {
    const n = ++this.#count;
    const publishedMs = stated.publishedMs ?? this.#nowMs - n * HOUR_MS;
    const asset: DvidsAsset = {
      id: `video:${900_000 + n}`,
      title: `Harbour drill ${n}, B-Roll`,
      description: `Boats leave the harbour at first light, day ${n} of the drill.`,
      publishedMs,
      changedMs: publishedMs + 60_487,
      filmedMs: publishedMs - 30 * HOUR_MS,
      unit: 'Natochannel',
      branch: 'Joint',
      keywords: ['harbour', 'drill'],
      category: 'B-Roll',
      seconds: 137,
      credit: [{ id: '7', name: 'Mara Veldt', rank: '' }],
      virin: `261102-O-AB123-${1000 + n}`,
      location: { city: 'Port Averne', country: 'Belgium', country_abbreviation: 'BE' },
      files: [
        { height: 1080, bitrate: 9173, size: FILM.length },
        { height: 720, bitrate: 4096, size: FILM.length },
        { height: 360, bitrate: 800, size: FILM.length },
      ],
      hasCaptions: true,
      state: 'published',
      isListed: false,
      absent: [],
      instead: {},
      ...stated,
    };
    this.assets.set(asset.id, asset);
    this.#latestMs = Math.max(this.#latestMs, asset.changedMs);
    return asset;
  }

  addMany(count: number, stated: (n: number) => Partial<DvidsAsset> = () => ({})): DvidsAsset[] {
    return Array.from({ length: count }, (_, n) => this.add(stated(n)));
  }

  /** Changes an asset, and its time of change to a minute after the latest one. */
  edit(id: string, change: Partial<DvidsAsset>): void {
    const asset = this.assets.get(id);
    if (!asset) throw new Error(`No asset ${id}`);
    Object.assign(asset, { changedMs: this.#latestMs + 60_000 }, change);
    this.#latestMs = Math.max(this.#latestMs, asset.changedMs);
  }

  /** Serves the files of an asset. @param bytes of each, such as of a film that can be played */
  serve(asset: DvidsAsset, bytes: Buffer = FILM): string[] {
    this.cdn.serve(`/thumbs/${asset.id.replace(':', '/')}/720w_q95.jpg`, content(2000, 3), {
      type: 'image/jpeg',
    });
    return asset.files.map((file) => {
      const path = pathOf(asset, file);
      this.cdn.serve(path, bytes, { type: 'video/mp4' });
      return path;
    });
  }

  /** Items of NATO’s unit, with shotlists in each of the layouts that it has used. */
  addNato(): DvidsAsset[] {
    return NATO.map((stated) => this.add({ unit: 'Natochannel', ...stated }));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const query = new URLSearchParams(url.searchParams);
    const key = query.get('api_key');
    query.delete('api_key');
    const asked: DvidsRequest = {
      path: url.pathname,
      query: Object.fromEntries(
        Array.from(new Set(query.keys()), (name) => [name, query.getAll(name).join(',')]),
      ),
      origin: request.headers.origin ?? null,
    };
    this.requests.push(asked);
    this.headers = request.headers;
    this.atOnce = Math.max(this.atOnce, ++this.#underWay);
    response.on('close', () => this.#underWay--);
    this.onRequest(asked);
    if (url.pathname.startsWith('/captions/')) return this.#captions(url.pathname, key, response);
    const isBroken = this.fault !== null && this.faultAfter-- <= 0;
    if (isBroken && this.#break(response)) return;
    const { status, json } = this.#read(url.pathname, query, key, asked.origin);
    const text = JSON.stringify(json);
    const body = isBroken && this.fault === 'cut' ? text.slice(0, text.length / 2) : text;
    // As it is stated there: slashes are escaped.
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(body.replaceAll('/', '\\/'));
  }

  /** @returns false if only a part of the answer is missing */
  #break(response: http.ServerResponse): boolean {
    const page = { 'content-type': 'text/html' };
    const answers: Record<Exclude<DvidsFault, 'cut' | 'silent'>, [number, object, string]> = {
      page: [200, page, `<html><body>hush ${this.key}</body></html>`],
      'page-403': [403, page, '<html><body>Access denied, hush</body></html>'],
      blocked: [403, {}, 'hush'],
      challenge: [202, page, '<html><script>hush</script></html>'],
      down: [503, page, '<html>Scheduled maintenance, hush</html>'],
      limited: [429, { 'retry-after': '600' }, '{}'],
      'other-shape': [200, {}, '{"items":[{"headline":"hush"}]}'],
    };
    if (this.fault === null || this.fault === 'cut') return false;
    if (this.fault === 'silent') return true;
    const [status, headers, body] = answers[this.fault];
    response.writeHead(status, { ...headers }).end(body);
    return true;
  }

  #read(path: string, query: URLSearchParams, key: string | null, origin: string | null) {
    const refused = (words: string) => ({
      status: this.refusesWith200 ? 200 : 403,
      json: { errors: [words] },
    });
    // It repeats what it was given.
    if (key !== this.key) return refused(`Unauthorized - API key ${key ?? ''} is not valid.`);
    if (this.#origin !== null && origin !== this.#origin)
      return refused(`Unauthorized - API key ${key} may not be used from this origin.`);
    if (path === '/search') return this.#search(query, key);
    if (path === '/asset') return this.#asset(query, key);
    if (path === '/unit/search') return this.#units(query);
    return { status: 404, json: { errors: ['No such method.'] } };
  }

  #search(query: URLSearchParams, key: string) {
    const sort = query.get('sort') ?? 'score';
    if (!SORTS.includes(sort))
      return invalid({ sort: { notInArray: `Invalid Sort Value (${sort})` } });
    const size = Number(query.get('max_results') ?? MAX_PAGE);
    if (!(size >= 1 && size <= MAX_PAGE))
      return invalid({ max_results: { notBetween: 'max_results must be from 1 to 50' } });
    const timeOf = ({ publishedMs, changedMs, filmedMs }: DvidsAsset): number =>
      sort === 'timestamp' ? changedMs : sort === 'date' ? swapped(filmedMs) : publishedMs;
    const found = [...this.assets.values()]
      .filter((asset) => isBy(asset, query))
      .toSorted((a, b) => timeOf(b) - timeOf(a))
      .slice(0, MAX_RESULTS);
    const from = (Number(query.get('page') ?? 1) - 1) * size;
    return {
      status: 200,
      json: {
        ...(query.has('max_results')
          ? {}
          : { messages: ['max_results was not supplied.  50 results per page are returned.'] }),
        page_info: { total_results: found.length, results_per_page: size },
        results: found.slice(from, from + size).map((asset) => this.#entry(asset, key)),
      },
    };
  }

  #entry(asset: DvidsAsset, key: string): Record<string, unknown> {
    const [type = '', number = ''] = asset.id.split(':');
    return without(asset, {
      publishdate: inUtc(asset.publishedMs),
      date: inUtc(swapped(asset.filmedMs)),
      category: asset.category,
      aspect_ratio: '16:9',
      duration: asset.seconds,
      hd: true,
      title: asset.title,
      id: asset.id,
      type,
      keywords: asset.keywords.join(', '),
      credit: asset.credit.map(({ name, rank }) => `${rank} ${name}`.trim()).join(', '),
      country: asset.location.country,
      city: asset.location.city,
      unit_name: asset.unit,
      branch: asset.branch,
      timestamp: inUtc(asset.changedMs),
      thumbnail: `${this.cdn.url}/thumbs/${type}/${number}/122x92_q95.jpg`,
      thumb_width: 122,
      thumb_height: 92,
      short_description: asset.description.slice(0, 300),
      hls_url: `${this.url}/hls/${type}/${number}.m3u8?api_key=${key}`,
      url: `https://www.dvidshub.example/${type}/${number}/harbour-drill`,
      date_published: inUtc(asset.publishedMs),
    });
  }

  #asset(query: URLSearchParams, key: string) {
    const id = query.get('id') ?? '';
    const asset = this.assets.get(id);
    if (!asset || asset.state === 'gone')
      return { status: 400, json: { errors: [`Asset ${id} was not found`] } };
    if (asset.state === 'unpublished')
      return {
        status: 403,
        json: { errors: [`Asset ${id} was found, but is not published.`] },
      };
    const [type = '', number = ''] = id.split(':');
    const width = Number(query.get('thumb_width') ?? 320);
    return {
      status: 200,
      json: {
        results: without(asset, {
          id,
          title: asset.title,
          description: asset.description,
          keywords: asset.keywords.join(', '),
          date_published: inWashington(asset.publishedMs),
          date: inWashington(swapped(asset.filmedMs)),
          category: asset.category,
          unit_id: 127,
          unit_name: asset.unit,
          branch: asset.branch,
          timestamp: inWashington(asset.changedMs),
          duration: asset.seconds,
          aspect_ratio: '16:9',
          virin: asset.virin,
          credit: asset.credit.map((one) => ({
            ...one,
            url: `https://www.dvidshub.example/portfolio/${one.id}`,
          })),
          location: asset.location,
          url: `https://www.dvidshub.example/${type}/${number}/harbour-drill`,
          image: `${this.cdn.url}/thumbs/${type}/${number}/720w_q95.jpg`,
          thumbnail: {
            url: `${this.cdn.url}/thumbs/${type}/${number}/720w_q95.jpg`,
            width,
            height: Math.round((width * 9) / 16),
          },
          hls_url: `${this.url}/hls/${type}/${number}.m3u8?api_key=${key}`,
          files: asset.files.map((file) => ({
            src: `${this.cdn.url}${pathOf(asset, file)}`,
            type: type === 'audio' ? 'audio/mpeg' : 'video/mp4',
            height: file.height,
            width: Math.round((file.height * 16) / 9),
            size: file.size,
            bitrate: file.bitrate,
          })),
          ...(asset.hasCaptions
            ? {
                closed_caption_urls: {
                  srt: `${this.url}/captions/${number}.srt?api_key=${key}`,
                  webvtt: `${this.url}/captions/${number}.vtt?api_key=${key}`,
                },
              }
            : {}),
        }),
      },
    };
  }

  #units(query: URLSearchParams) {
    const name = query.get('unit_name')?.toLowerCase() ?? '';
    const found = this.units.filter((unit) => unit.unit_name.toLowerCase().includes(name));
    return {
      status: 200,
      json: {
        messages: ['No sort was supplied.'],
        page_info: { total_results: found.length, results_per_page: MAX_PAGE },
        results: found,
      },
    };
  }

  #captions(path: string, key: string | null, response: http.ServerResponse): void {
    const isText = path.endsWith('.srt');
    if (key !== this.key) return void response.writeHead(403).end();
    const body = isText ? CAPTIONS.srt : CAPTIONS.vtt;
    response
      .writeHead(200, {
        'content-type': isText ? 'application/x-subrip' : 'text/vtt',
        'content-length': String(Buffer.byteLength(body)),
        etag: '"captions"',
      })
      .end(body);
  }
}

const invalid = (errors: Record<string, Record<string, string>>) => ({
  status: 400,
  json: { errors },
});

const without = (
  { absent, instead }: DvidsAsset,
  stated: Record<string, unknown>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...stated, ...instead }).filter(([name]) => !absent.includes(name)),
  );

function pathOf(asset: DvidsAsset, { height, bitrate }: DvidsAsset['files'][number]): string {
  const [type = '', number = ''] = asset.id.split(':');
  const name = `DOD_${number}`;
  if (type === 'audio') return `/audio/2611/${name}/${name}.mp3`;
  return `/video/2611/${name}/${name}-${Math.round((height * 16) / 9)}x${height}-${bitrate}k.mp4`;
}

const NATO: readonly Partial<DvidsAsset>[] = [
  {
    title: 'Rescue exercise off Port Averne, B-Roll',
    description: `Five boats and a helicopter practise the rescue of a ferry’s passengers.

SHOTLIST:
1. (00:00) WIDE SHOT – FERRY AT ANCHOR
2. (00:18) MEDIUM SHOT – CREW LOWERS A RAFT
3. (00:41) SOUNDBITE – MARA VELDT, DUTY OFFICER (ENGLISH) “The sea was calm today. We train for the days when it isn’t.”
4. (01:02) AERIAL SHOT – HELICOPTER OVER THE FERRY`,
  },
  {
    title: 'Engineers repair the bridge at Solle, master',
    description: `Engineers of three nations repair a bridge that a flood has damaged.

SHOTLIST
00:00 VARIOUS OF ENGINEERS CARRYING PLANKS
00:24 CLOSE-UP OF A HAMMER
00:42 Soundbite, engineer (FRENCH) “Demain, le pont est ouvert.”
01:10 CARS CROSS THE BRIDGE`,
  },
  {
    title: 'The weather station on Mount Kell, master',
    description: `Synopsis
Seven people live on Mount Kell to read its instruments.

Transcript
—TEXT ON SCREEN—
Mount Kell, 2,400 metres
—SOUNDBITE IN ENGLISH—
Ilse Brandt – Station Keeper
“We read the instruments every hour, at night too.”
GRAPHIC: Map of the valley
VOICEOVER—
The next supplies come in spring.`,
  },
];
