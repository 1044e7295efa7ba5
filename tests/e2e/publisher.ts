import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FeedServer, mediaRss } from '../support/sources/feed-server.ts';

const DEMO = path.resolve(import.meta.dirname, '../../assets/demo');

/** A film of the demo that browsers play, and its picture, by their number. */
export const filmOf = (n: number): Buffer => readFileSync(path.join(DEMO, `video/AUR-26-${n}.mp4`));
export const pictureOf = (n: number): Buffer =>
  readFileSync(path.join(DEMO, `thumbs/AUR-26-${n}.jpg`));

/** Number of a film of the demo, with which it has picture and video in common. */
type Film = { n: number; title: string; more?: string };
export const FILMS: readonly Film[] = [
  { n: 1138, title: 'Low cloud over the terraces, two hours in one minute' },
  { n: 1133, title: 'The footbridge gauge, dusk to dark' },
  { n: 1131, title: 'Snow depth on forty roofs, explained' },
  { n: 1143, title: 'Sandbank survey from the air' },
  { n: 1141, title: 'Osprey ring number 212' },
  { n: 1145, title: 'The skyline before the dark hour' },
];
const CAPTIONS = 'WEBVTT\n\n00:00.000 --> 00:02.000\nThe cloud comes in from the fjord.\n';

/** A feed of these films, whose files are where `url` says. */
function feedText(
  url: (file: string) => string,
  id: string,
  title: string,
  { films = FILMS, more = '' } = {},
): string {
  const items = films.map(
    ({ n, title: headline, more: own = '' }, at) =>
      `<item><guid>${id}-${n}</guid><title>${headline}</title><link>https://fjordlys.example/${n}</link>` +
      `<description>As seen from the quay, without a word.</description>` +
      `<pubDate>${new Date(Date.UTC(2026, 10, 24 - at, 9)).toUTCString()}</pubDate>` +
      `<media:group><media:content url="${url(`${n}-hd.mp4`)}" type="video/mp4" height="1080" width="1920" duration="${64 + 40 * at}"/>` +
      `<media:content url="${url(`${n}.mp4`)}" type="video/mp4" height="360" width="640"/></media:group>` +
      `<media:thumbnail url="${url(`${n}.jpg`)}"/>` +
      `<media:credit role="producer">Fjordlys weather desk</media:credit>` +
      `${at % 2 === 0 ? `<media:subTitle type="text/vtt" lang="en" href="${url('captions.vtt')}"/>` : ''}${own}</item>`,
  );
  return mediaRss(`${more}${items.join('')}`, title);
}

/** Puts the first film with its feed and its files into the folder that a server at `origin` shows. */
export function writeFilm(folder: string, origin: string, title: string, master: Uint8Array): void {
  const films = FILMS.slice(0, 1);
  const put = (name: string, content: string | Uint8Array): void =>
    writeFileSync(path.join(folder, name), content);
  put(
    'feed.xml',
    feedText((file) => `${origin}/${file}`, 'feed', title, { films }),
  );
  put('captions.vtt', CAPTIONS);
  for (const { n } of films) {
    put(`${n}.jpg`, pictureOf(n));
    put(`${n}.mp4`, filmOf(n));
    put(`${n}-hd.mp4`, master);
  }
}

/** A publisher of a Media RSS feed on this computer. */
export class Publisher {
  readonly server: FeedServer;

  private constructor(server: FeedServer) {
    this.server = server;
  }

  static async open(): Promise<Publisher> {
    const publisher = new Publisher(await FeedServer.start());
    for (const { n } of FILMS) {
      publisher.server.serve(`/${n}.jpg`, pictureOf(n), {
        'content-type': 'image/jpeg',
      });
      const video = filmOf(n);
      for (const file of [`/${n}.mp4`, `/${n}-hd.mp4`]) publisher.video(file, video);
    }
    publisher.server.serve('/captions.vtt', CAPTIONS, { 'content-type': 'text/vtt' });
    return publisher;
  }

  /** Serves a file, also parts of it, under a tag of its own. */
  video(file: string, bytes: Uint8Array): void {
    const type = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', etag: '"1"' };
    this.server.on(file, ({ headers }, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d*)$/u.exec(headers.range ?? '') ?? [];
      if (from === undefined) {
        response.writeHead(200, type).end(bytes);
        return;
      }
      const last = to === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1);
      const range = `bytes ${from}-${last}/${bytes.length}`;
      response
        .writeHead(206, { ...type, 'content-range': range })
        .end(bytes.subarray(Number(from), last + 1));
    });
  }

  /** Serves these films as a feed at a path. @returns its address */
  feed(address: string, title: string, given: Parameters<typeof feedText>[3] = {}): string {
    const url = (file: string): string => this.server.url(`/${file}`);
    this.server.serve(address, feedText(url, address, title, given));
    return this.server.url(address);
  }

  close(): Promise<void> {
    return this.server.stop();
  }
}
