import {
  ArrowLeft,
  ExternalLink,
  HardDriveDownload,
  HardDriveUpload,
  MailOpen,
  Pause,
  Printer,
  TextSearch,
  Volume2,
  WifiOff,
} from 'lucide-react';
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { Toolbar } from 'react-aria-components';
import { useStore } from 'zustand';
import { externalAddress } from '../../../shared/model/url.ts';
import { formatBytes } from '../../i18n/format.ts';
import {
  useApp,
  useLanguage,
  useMedia,
  useSearchText,
  useSettings,
  useTexts,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { openExternal } from '../../state/open-external.ts';
import { useArticle } from '../../state/queries.ts';
import { useSourceName } from '../../state/source-labels.ts';
import { USUAL_READING } from '../../../shared/model/reading.ts';
import type { ArticleView } from '../../state/views.ts';
import { Button, IconButton } from '../../ui/controls/button.tsx';
import { usePendingValue } from '../../ui/controls/choice.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { AppearanceButton } from './appearance.tsx';
import { ChangesDialog } from './changes-dialog.tsx';
import { FindBar } from './find-bar.tsx';
import { Frame } from './frame.tsx';
import { StarButton, TagsButton } from './marks.tsx';
import { ShareMenu } from './share-menu.tsx';
import { Sheet } from './sheet.ts';
import { SoundbitePlayer } from './soundbite-player.tsx';
import { usePosition } from './use-position.ts';
import { useRelated } from './use-related.ts';
import { useSpeech } from './use-speech.ts';
import { Zoom } from './zoom.tsx';
import type { ZoomedPicture } from './zoomed-picture.ts';
import css from './articles.module.css';

export function Tools({ article, children }: { article: ArticleView; children?: ReactNode }) {
  const app = useApp();
  const { articles } = useTexts();
  const { id, stored, starred, tags } = article;
  const language = useLanguage();
  const reportError = useReportError();
  const address = externalAddress(article.canonicalUrl);
  const leave = (): void => app.route.getState().go({ name: 'articles', id: null });
  const markUnread = (): void =>
    void app.client.call('articles.mark', { ids: [id], read: false }).catch(reportError);
  return (
    <Toolbar aria-label={articles.tools} className={cx(css.tools)}>
      <Button className={css.back} icon={ArrowLeft} size={28} tone="quiet" onPress={leave}>
        {articles.backToList}
      </Button>
      <span className={cx(css.state, stored && css.stored)}>
        <Icon of={stored ? HardDriveDownload : WifiOff} />
        <span>
          {stored
            ? articles.savedOffline(article.pictures, formatBytes(article.bytes, language))
            : articles.notSavedOffline}
        </span>
      </span>
      <span className={css.push} />
      <StarButton id={id} key={`star ${id}`} starred={starred} />
      <TagsButton id={id} key={`tags ${id}`} tags={tags} />
      <KeepOffline key={id} id={id} stored={stored} />
      <IconButton
        icon={MailOpen}
        isDisabled={!article.read}
        label={articles.markUnread}
        size={28}
        onPress={markUnread}
      />
      {children}
      <ShareMenu article={article} />
      {address && (
        <IconButton
          icon={ExternalLink}
          label={articles.openOnWeb(address.host)}
          size={28}
          onPress={() => void openExternal(app, article.canonicalUrl)}
        />
      )}
    </Toolbar>
  );
}

/** Storing takes a while; while one is pending the last press wins. */
function KeepOffline({ id, stored }: { id: string; stored: boolean }) {
  const app = useApp();
  const { articles } = useTexts();
  const reportError = useReportError();
  const [isKept, choose] = usePendingValue(stored, (wanted) =>
    app.client.call('articles.store', { ids: [id], stored: wanted }).catch(reportError),
  );
  return (
    <IconButton
      icon={isKept ? HardDriveUpload : HardDriveDownload}
      label={isKept ? articles.removeOffline : articles.saveOffline}
      size={28}
      onPress={() => choose(!isKept)}
    />
  );
}

/**
 * @param isChosen the user opened it; an article shown beside the list by default does not count as
 * read
 */
export function Reader({ id, isChosen }: { id: string | null; isChosen: boolean }) {
  const app = useApp();
  const settings = useSettings();
  const { article, failed } = useArticle(id);
  const isUnread = article !== null && !article.read;
  useEffect(() => {
    if (isChosen && isUnread && id !== null)
      app.client.call('articles.mark', { ids: [id], read: true }).catch(() => undefined);
    // Once per article: "Mark as unread" must not be undone at once.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [app, id, isChosen, article === null]);
  return (
    <div className={css.reader} data-paper={settings?.readerTheme ?? 'auto'}>
      {failed && <Failed code={failed.code} />}
      {!failed && id !== null && <Page article={article} />}
    </div>
  );
}

function Failed({ code }: { code: string }) {
  const { articles, errors } = useTexts();
  const isOffline = code === 'offline' || code === 'service-unreachable' || code === 'timeout';
  const title = isOffline
    ? articles.notOfflineTitle
    : code === 'not-found' || code === 'withdrawn'
      ? articles.removedTitle
      : articles.failedTitle;
  return (
    <div className={css.failed}>
      <EmptyState
        art="articles"
        text={
          isOffline
            ? articles.notOfflineText
            : (Object.entries(errors).find(([name]) => name === code)?.[1] ?? errors.bug)
        }
        title={title}
      />
    </div>
  );
}

function PageSkeleton() {
  return (
    <div aria-hidden className={css.waiting}>
      <div>
        <Skeleton height="12px" width="6rem" />
        <Skeleton height="38px" width="90%" />
        <Skeleton height="20px" width="100%" />
        <Skeleton className={css.waitingLead} />
      </div>
    </div>
  );
}

/** The frame stays from one article to the next, so that its fonts are there. */
function Page({ article }: { article: ArticleView | null }) {
  const { articles } = useTexts();
  const [sheet, setSheet] = useState<Sheet | null>(null);
  useEffect(() => sheet?.open(), [sheet]);
  const begin = useCallback(
    (inside: Document, frame: HTMLIFrameElement) => setSheet(new Sheet(inside, frame)),
    [],
  );
  return (
    <>
      {article && sheet ? (
        <Opened article={article} key={article.id} sheet={sheet} />
      ) : (
        <div className={css.tools} />
      )}
      <section
        aria-label={articles.article}
        className={cx(css.page, article === null && css.isWaiting)}
      >
        <Frame title={articles.article} onDocument={begin} />
        {article === null && <PageSkeleton />}
      </section>
    </>
  );
}

/** An article in the frame, and the tools around it. */
function Opened({ article, sheet }: { article: ArticleView; sheet: Sheet }) {
  const { articles } = useTexts();
  const settings = useSettings();
  const lineRef = useRef<HTMLDivElement>(null);
  const fieldRef = useRef<HTMLInputElement>(null);
  const { bites, host } = useStore(sheet.state);
  const [isFinding, setFinding] = useState(false);
  const [playing, setPlaying] = useState<number | null>(null);
  const [zoomed, setZoomed] = useState<ZoomedPicture | null>(null);
  const [isComparing, setComparing] = useState(false);
  const compare = useCallback(() => setComparing(true), []);
  useContent(article, sheet);
  usePosition(article.id, sheet, lineRef);
  useActs(sheet, setPlaying, setZoomed, compare);
  const speech = useSpeech(article.language, sheet);
  const bite = playing === null ? undefined : bites[playing];
  useEffect(() => sheet.setPlaying(playing), [sheet, playing]);
  const find = useCallback(() => {
    setFinding(true);
    fieldRef.current?.focus();
    fieldRef.current?.select();
  }, []);
  const closeFind = useCallback(() => setFinding(false), []);
  const print = useCallback(() => {
    const element = sheet.article;
    if (element)
      void import('./print.ts').then(({ printArticle }) =>
        printArticle(element, settings ?? USUAL_READING),
      );
  }, [sheet, settings]);
  const closeBite = (): void => {
    if (playing !== null) sheet.focusBite(playing);
    setPlaying(null);
  };
  const closeOver = (): void => {
    setZoomed(null);
    setComparing(false);
    // React Aria gives the focus to the frame's element first.
    requestAnimationFrame(() => requestAnimationFrame(() => sheet.focusPressed()));
  };
  useReaderKeys({
    onFind: find,
    onPrint: print,
    onEscape: isFinding ? closeFind : bite ? closeBite : null,
  });
  return (
    <>
      <Tools article={article}>
        <IconButton
          aria-pressed={isFinding}
          icon={TextSearch}
          keys="mod F"
          label={articles.find}
          size={28}
          onPress={isFinding ? closeFind : find}
        />
        <AppearanceButton />
        <IconButton
          aria-pressed={speech.isSpeaking}
          icon={speech.isSpeaking ? Pause : Volume2}
          isPending={speech.isPending}
          label={speech.isSpeaking ? articles.pauseReading : articles.readAloud}
          size={28}
          onPress={speech.toggle}
        />
        <IconButton icon={Printer} label={articles.print} size={28} onPress={print} />
      </Tools>
      <div aria-hidden className={css.progress}>
        <div ref={lineRef} />
      </div>
      {isFinding && <FindBar fieldRef={fieldRef} sheet={sheet} onClose={closeFind} />}
      {bite && <SoundbitePlayer key={playing} of={bite} onClose={closeBite} />}
      {host !== null && (
        <p aria-hidden className={css.host}>
          <Icon of={ExternalLink} size={14} />
          {host}
        </p>
      )}
      <Zoom picture={zoomed} onClose={closeOver} />
      <ChangesDialog
        id={article.id}
        isOpen={isComparing}
        lang={article.language}
        onClose={closeOver}
      />
    </>
  );
}

/** Of an article, what its reader does with it: nothing that is in the text. */
const OWN_MARKS = { read: true, stored: true, starred: true, tags: [], bytes: 0, pictures: 0 };

/** Keeps the article in the frame, and how it is set, as they are now. */
function useContent(article: ArticleView, sheet: Sheet): void {
  const texts = useTexts();
  const language = useLanguage();
  const media = useMedia();
  const settings = useSettings();
  const search = useSearchText('articles');
  const { speakers, bites } = useRelated(article);
  const source = useSourceName(article.source);
  const [nowMs] = useState(Date.now);
  const [position] = useState(article.position);
  // What is marked or stored while it is read is not shown in the text, which stays as it is then.
  const shown = useMemo(
    () => JSON.stringify({ ...article, ...OWN_MARKS, position }),
    [article, position],
  );
  const shownArticle = useMemo(() => JSON.parse(shown) as ArticleView, [shown]);
  const { readerPx, readerLineHeight, readerMeasure, readerFace, readerTheme, readerJustify } =
    settings ?? USUAL_READING;
  useLayoutEffect(
    () =>
      sheet.set({
        readerPx,
        readerLineHeight,
        readerMeasure,
        readerFace,
        readerTheme,
        readerJustify,
      }),
    [sheet, readerPx, readerLineHeight, readerMeasure, readerFace, readerTheme, readerJustify],
  );
  useLayoutEffect(() => {
    if (speakers)
      sheet.show(shownArticle, { texts, language, media, nowMs, source, speakers }, position);
  }, [sheet, shownArticle, texts, language, media, nowMs, source, speakers, position]);
  useLayoutEffect(() => {
    if (bites) sheet.setBites(bites, texts.articles.playSoundbite);
  }, [sheet, bites, texts]);
  useEffect(() => sheet.setSearch(search), [sheet, search]);
  // Before the next article is put in, not after.
  useLayoutEffect(() => () => sheet.clear(), [sheet]);
}

function useActs(
  sheet: Sheet,
  play: (bite: number) => void,
  zoom: (picture: ZoomedPicture) => void,
  compare: () => void,
): void {
  const app = useApp();
  const reportError = useReportError();
  useEffect(() => {
    const { go } = app.route.getState();
    return sheet.listen({
      openAsset: (id) => go({ name: 'asset', id }),
      openArticle: (id) => go({ name: 'articles', id }),
      openExternal: (url) => void openExternal(app, url),
      play,
      zoom,
      compare,
      takePage: (id) =>
        app.client
          .call('articles.take-page', { id })
          .catch((thrown: unknown) => reportError(thrown)),
    });
  }, [app, sheet, play, zoom, compare, reportError]);
}

const DIALOGS = '[role="dialog"], [role="alertdialog"]';

/**
 * Keys for the open article, wherever the focus is, but not behind a dialog.
 * @param onEscape closes what is open beside the text; null for nothing
 */
function useReaderKeys({
  onFind,
  onPrint,
  onEscape,
}: {
  onFind: () => void;
  onPrint: () => void;
  onEscape: (() => void) | null;
}): void {
  useEffect(() => {
    const act = (event: KeyboardEvent, run: (() => void) | null | undefined): void => {
      if (!run || document.querySelector(DIALOGS)) return;
      event.preventDefault();
      run();
    };
    const onTheWayDown = (event: KeyboardEvent): void => {
      const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (isCommand) act(event, { f: onFind, p: onPrint }[event.key.toLowerCase()]);
    };
    // Fields and menus take theirs first.
    const onTheWayUp = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) act(event, onEscape);
    };
    document.addEventListener('keydown', onTheWayDown, true);
    document.addEventListener('keydown', onTheWayUp);
    return () => {
      document.removeEventListener('keydown', onTheWayDown, true);
      document.removeEventListener('keydown', onTheWayUp);
    };
  }, [onFind, onPrint, onEscape]);
}
