import { createStore } from 'zustand/vanilla';
import { externalAddress } from '../../../shared/model/url.ts';
import { USUAL_READING } from '../../../shared/model/reading.ts';
import type { Appearance } from '../../state/reading.ts';
import type { ArticleView } from '../../state/views.ts';
import { articleElement, type Shown } from './article-element.ts';
import { leaveAlternative, noteOf } from './body.ts';
import { applyAppearance, copyPlainly, forwardKeys, holdPlace, measureTables } from './inside.ts';
import { linkQuotes, type PlayableBite, type QuotedBite } from './quotes.ts';
import { copyTokens } from './shell.ts';
import { hitsOf, mapText, mark, wordHits } from './text-map.ts';
import { zoomedPicture, type ZoomedPicture } from './zoomed-picture.ts';

/** What the page around the frame shows of it. */
export type SheetState = {
  /** Of the article that is in it; null before there is one. */
  id: string | null;
  /** Counts the articles that were put in, and each change of one. */
  content: number;
  /** Reading position, 0 to 1. */
  place: number;
  /** Soundbites that quotations of the text are, by the index of their links. */
  bites: readonly QuotedBite[];
  /** Hits of the search in the text, and the current one. */
  hits: number;
  current: number;
  /** Of the link that is pointed at or has the focus. */
  host: string | null;
};

/** What is pressed in the frame. */
export type SheetActs = {
  openAsset(id: string): void;
  openArticle(id: string): void;
  openExternal(url: string): void;
  play(bite: number): void;
  zoom(picture: ZoomedPicture): void;
  /** Shows what a correction has changed. */
  compare(): void;
  /** Gets the whole text of an article. Never rejects. */
  takePage(id: string): Promise<void>;
};

/** A text that fits on one screen has no position to restore. */
const LEAST_ROOM = 40;
/** What the player of soundbites covers of the lower end of the text. */
const PLAYER_PX = 150;
/** How far from the edges of the view a hit is put. */
const MARGIN_PX = 80;

// Elements of the frame are of another realm: `instanceof` knows none of them.
const from = (event: Event, selector: string): HTMLElement | null =>
  (event.target as Element | null)?.closest?.<HTMLElement>(selector) ?? null;

/** A picture that can't be loaded leaves its words; a still leaves its place. */
function replaceLost(event: Event): void {
  const image = from(event, 'img') as HTMLImageElement | null;
  if (image?.dataset['still'] !== undefined) image.remove();
  else if (image) leaveAlternative(image);
}

/**
 * The document of the frame with the article in it. It is changed from outside only, because nothing
 * runs in it; what is set once holds for every article that is put in afterwards.
 */
export class Sheet {
  readonly state = createStore<SheetState>()(() => ({
    id: null,
    content: 0,
    place: 0,
    bites: [],
    hits: 0,
    current: 0,
    host: null,
  }));
  readonly #inside: Document;
  readonly #frame: HTMLIFrameElement;
  /** What has opened something over the page: a document forgets its focus when another gets it. */
  #pressed: HTMLElement | null = null;
  /** Where the text is to be until somebody moves it, and where it has been put for that. */
  #aim: { place: number; top: number } | null = null;
  #appearance: Appearance = USUAL_READING;
  #language = '';
  #search = '';
  #bites: { of: readonly PlayableBite[]; label: (speaker: string) => string } | null = null;
  #sought = '';
  #hits: readonly Range[] = [];

  constructor(inside: Document, frame: HTMLIFrameElement) {
    this.#inside = inside;
    this.#frame = frame;
  }

  /** Follows what happens to the document from now on. Returns what ends that. */
  open(): () => void {
    const inside = this.#inside;
    const view = inside.defaultView;
    const scroll = (): void => this.#follow();
    inside.addEventListener('scroll', scroll);
    // jsdom has none.
    const sizes =
      view && 'ResizeObserver' in view ? new view.ResizeObserver(() => this.#resized()) : null;
    sizes?.observe(this.#root);
    // The theme of the app is an attribute of its root.
    const themes = new MutationObserver(() => this.#colour());
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const stopCopy = copyPlainly(inside);
    return () => {
      themes.disconnect();
      inside.removeEventListener('scroll', scroll);
      sizes?.disconnect();
      stopCopy();
    };
  }

  /** The article; null before there is one. */
  get article(): HTMLElement | null {
    return this.#inside.querySelector('article');
  }

  get #root(): HTMLElement {
    return this.#inside.documentElement;
  }

  /**
   * Puts in an article, or what has become of the one that is read.
   * @param place where it is read, 0 to 1, if it was not in it before
   */
  show(article: ArticleView, shown: Shown, place: number): void {
    const inside = this.#inside;
    this.#root.lang = article.language;
    this.#root.dir = article.dir;
    inside.title = article.headline;
    this.#language = article.language;
    this.#hits = [];
    inside.body.replaceChildren(inside.adoptNode(articleElement(article, shown)));
    this.#dress();
    const { id } = article;
    const isAgain = this.state.getState().id === id;
    this.#aimAt(isAgain ? this.state.getState().place : place);
    this.state.setState(({ content }) => ({ id, content: content + 1, bites: [], host: null }));
    this.#link();
    this.#textChanged();
    void this.#hyphenate();
  }

  clear(): void {
    this.#inside.body.replaceChildren();
    this.state.setState({ id: null, bites: [], host: null });
  }

  /** Sets the text; the block at the top of the view stays where it is. */
  set(appearance: Appearance): void {
    const wasJustified = this.#appearance.readerJustify;
    this.#appearance = appearance;
    if (this.article) this.#release();
    const restore = holdPlace(this.#inside);
    this.#dress();
    restore();
    if (appearance.readerJustify !== wasJustified) void this.#hyphenate();
  }

  #dress(): void {
    applyAppearance(this.#root, this.#appearance);
    this.#colour();
    measureTables(this.#inside);
  }

  #colour(): void {
    copyTokens(this.#frame, this.#root);
  }

  /** The words of the search that has found the article are marked. */
  setSearch(search: string): void {
    this.#search = search;
    this.#markSearch();
  }

  #markSearch(): void {
    const { article } = this;
    mark(
      this.#inside,
      'searched',
      article && this.#search.trim() !== '' ? wordHits(mapText(article), this.#search) : [],
    );
  }

  /** Quotations that are soundbites become links that play them. */
  setBites(of: readonly PlayableBite[], label: (speaker: string) => string): void {
    this.#bites = { of, label };
    if (this.#link()) this.#textChanged();
  }

  #link(): boolean {
    const body = this.#inside.querySelector('.body');
    if (!this.#bites || !body || body.querySelector('.quotelink')) return false;
    const bites = linkQuotes(body, this.#bites.of, this.#bites.label);
    this.state.setState({ bites });
    return bites.length > 0;
  }

  /** The quotation whose soundbite plays says so, and the text can be scrolled out from under it. */
  setPlaying(bite: number | null): void {
    for (const link of this.#inside.querySelectorAll('.quotelink'))
      link.setAttribute('aria-expanded', String(this.#biteOf(link) === bite));
    if (bite === null) return void this.#root.style.removeProperty('--end-space');
    this.#root.style.setProperty('--end-space', '10rem');
    const link = this.#inside.querySelector(`[data-bite="${bite}"]`);
    const under = (link?.getBoundingClientRect().bottom ?? 0) - this.#root.clientHeight + PLAYER_PX;
    if (under > 0) this.#root.scrollTop += under;
  }

  #biteOf(link: Element): number {
    return Number(link.getAttribute('data-bite'));
  }

  focusBite(bite: number): void {
    this.#inside.querySelector<HTMLElement>(`[data-bite="${bite}"]`)?.focus();
  }

  /** The focus returns to what has opened what was over the page. */
  focusPressed(): void {
    this.#pressed?.focus();
  }

  /** The block that is read aloud is marked and stays in view. */
  setSpoken(block: HTMLElement | null): void {
    for (const spoken of this.#inside.querySelectorAll('[data-spoken]'))
      spoken.removeAttribute('data-spoken');
    if (!block) return;
    block.dataset['spoken'] = '';
    const { top, bottom } = block.getBoundingClientRect();
    if (top < 0 || bottom > this.#root.clientHeight) block.scrollIntoView({ block: 'center' });
  }

  /** What is selected, to be given back; null for nothing. */
  get selected(): Range | null {
    const selection = this.#inside.getSelection();
    return selection && selection.rangeCount > 0 && !selection.isCollapsed
      ? selection.getRangeAt(0).cloneRange()
      : null;
  }

  select(range: Range | null): void {
    const selection = this.#inside.getSelection();
    selection?.removeAllRanges();
    if (range) selection?.addRange(range);
    this.#inside.defaultView?.focus();
  }

  /** Marks what is looked for; an empty text ends it. */
  find(text: string): void {
    this.#sought = text;
    this.#seek();
    // The search goes on where one reads.
    const inView = this.#hits.findIndex((hit) => hit.getBoundingClientRect().bottom > 0);
    this.#goTo(Math.max(0, inView));
  }

  /** To the next hit or the one before, round the ends. */
  go(by: 1 | -1): void {
    const { hits, current } = this.state.getState();
    if (hits > 0) this.#goTo((current + by + hits) % hits);
  }

  #seek(): void {
    const { article } = this;
    this.#hits = article ? hitsOf(mapText(article), this.#sought) : [];
    mark(this.#inside, 'found', this.#hits);
  }

  #goTo(current: number): void {
    const hit = this.#hits[current];
    this.state.setState({ hits: this.#hits.length, current });
    mark(this.#inside, 'current', hit ? [hit] : []);
    if (hit) this.#bringIntoView(hit);
  }

  #bringIntoView(hit: Range): void {
    const holder = hit.startContainer.parentElement;
    // A wide table scrolls in itself.
    if (holder?.closest('[data-overflows]'))
      holder.scrollIntoView({ block: 'nearest', inline: 'center' });
    const root = this.#root;
    const { top, bottom } = hit.getBoundingClientRect();
    if (top < MARGIN_PX || bottom > root.clientHeight - MARGIN_PX)
      root.scrollTop += top - root.clientHeight / 3;
  }

  /** Ranges into texts that were replaced say nothing any more. */
  #textChanged(): void {
    this.#markSearch();
    if (this.#sought === '') return;
    this.#seek();
    const { current } = this.state.getState();
    const hit = this.#hits[current];
    this.state.setState({ hits: this.#hits.length, current: hit ? current : 0 });
    mark(this.#inside, 'current', hit ? [hit] : this.#hits.slice(0, 1));
  }

  async #hyphenate(): Promise<void> {
    const { article } = this;
    if (!article || !this.#appearance.readerJustify) {
      if (!article?.textContent.includes('\u00ad')) return;
    }
    const { hyphenatorOf, unhyphenate } = await import('./hyphenate.ts');
    const hyphenate = await hyphenatorOf(this.#language);
    if (!article?.isConnected) return;
    const restore = this.#aim ? null : holdPlace(this.#inside);
    if (this.#appearance.readerJustify) hyphenate?.(article);
    else unhyphenate(article);
    restore?.();
    this.#textChanged();
  }

  /**
   * Goes to a place and stays there while the text settles: fonts and hyphens come late, a picture is
   * not there, and beside a narrow list the frame is hidden and nothing in it has a size yet.
   */
  #aimAt(place: number): void {
    this.#aim = { place, top: 0 };
    this.#root.style.overflowAnchor = 'none';
    this.state.setState({ place });
    this.#takeAim();
  }

  #takeAim(): void {
    const root = this.#root;
    if (!this.#aim) return;
    root.scrollTop = this.#aim.place * Math.max(0, root.scrollHeight - root.clientHeight);
    this.#aim.top = root.scrollTop;
  }

  /** From now on the place is where the text has been moved to. */
  #release(): void {
    this.#aim = null;
    this.#root.style.overflowAnchor = '';
  }

  #resized(): void {
    measureTables(this.#inside);
    this.#takeAim();
  }

  #follow(): void {
    const root = this.#root;
    // A frame that isn't shown has no height, and the text hasn't been left for that.
    if (root.clientHeight === 0 || !this.article) return;
    if (this.#aim && Math.abs(root.scrollTop - this.#aim.top) <= 1) return;
    if (this.#aim) this.#release();
    const room = root.scrollHeight - root.clientHeight;
    this.state.setState({
      place: room < LEAST_ROOM ? 0 : Math.min(1, Math.max(0, root.scrollTop / room)),
    });
  }

  /** What is pressed acts on the page around it; links leave the app, or jump in the text. */
  listen(acts: SheetActs): () => void {
    const inside = this.#inside;
    const press = (event: Event): void => {
      const element = from(event, 'a, button');
      if (!element) return;
      event.preventDefault();
      const { openAsset, openArticle, bite, takePage } = element.dataset;
      if (openAsset !== undefined) acts.openAsset(openAsset);
      else if (openArticle !== undefined) acts.openArticle(openArticle);
      else if (bite !== undefined) acts.play(Number(bite));
      else if (takePage !== undefined) {
        const button = element as HTMLButtonElement;
        button.disabled = true;
        void acts.takePage(takePage).finally(() => (button.disabled = false));
      } else if (element.matches('.zoom')) {
        this.#pressed = element;
        acts.zoom(zoomedPicture(element));
      } else if (element.matches('.compare')) {
        this.#pressed = element;
        acts.compare();
      } else if (element.getAttribute('href')?.startsWith('#')) this.#jump(element);
      else if (element.matches('a[href]')) acts.openExternal((element as HTMLAnchorElement).href);
    };
    const keys = (event: KeyboardEvent): void => {
      if ((event.key === 'Enter' || event.key === ' ') && from(event, '.quotelink')) press(event);
    };
    const point = (event: Event): void => {
      const address = externalAddress(from(event, 'a[href]')?.getAttribute('href') ?? '');
      this.state.setState({ host: address?.host ?? null });
    };
    const leave = (): void => this.state.setState({ host: null });
    const listeners: [string, (event: Event) => void, boolean?][] = [
      ['click', press],
      ['auxclick', press],
      ['mouseover', point],
      ['focusin', point],
      ['focusout', leave],
      ['mouseleave', leave],
      ['error', replaceLost, true],
      ['keydown', keys as (event: Event) => void],
    ];
    for (const [name, listener, isCapture] of listeners)
      inside.addEventListener(name, listener, isCapture);
    // After those of the frame: what they have taken goes no further.
    const stopKeys = forwardKeys(inside, this.#frame);
    return () => {
      for (const [name, listener, isCapture] of listeners)
        inside.removeEventListener(name, listener, isCapture);
      stopKeys();
    };
  }

  /** To a note, or from it back to the text. */
  #jump(link: Element): void {
    const target = noteOf(link, this.#inside);
    if (!target) return;
    target.scrollIntoView({ block: 'center' });
    (target as HTMLElement).focus({ preventScroll: true });
  }
}
