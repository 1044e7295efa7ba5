import { topicName } from '../../../shared/api/query/values.ts';
import DOMPurify from 'dompurify';
import { BODY_ATTRIBUTES, BODY_ELEMENTS } from '../../../shared/api/body-elements.ts';
import { externalAddress } from '../../../shared/model/url.ts';
import {
  AArrowDown,
  AArrowUp,
  ALargeSmall,
  ArrowLeft,
  ExternalLink,
  HardDriveDownload,
  HardDriveUpload,
  MailOpen,
  Printer,
  WifiOff,
  CircleAlert,
  Film,
  Play,
} from 'lucide-react';
import { Toolbar } from 'react-aria-components';
import type { Sent } from '../../../shared/contract/define.ts';
import type { AppContract } from '../../../shared/contract/index.ts';
import { useApp, useSettings, useTexts, useLanguage, useMedia } from '../../state/context.tsx';
import type { ArticleView } from '../../state/views.ts';
import { useReportError } from '../../state/errors.ts';
import { openExternal } from '../../state/open-external.ts';
import { Button, IconButton, LinkButton } from '../../ui/controls/button.tsx';
import { Segmented, usePendingValue } from '../../ui/controls/choice.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Icon } from '../../ui/display/icon.tsx';
import { PopoverPanel, PopoverRow } from '../../ui/overlays/popover.tsx';
import css from './articles.module.css';
import {
  useEffect,
  useMemo,
  useRef,
  type CSSProperties,
  type MouseEvent,
  type RefObject,
} from 'react';
import { isUnavailable } from '../../../shared/api/rights.ts';
import { formatLongDate, formatTime, languageName } from '../../i18n/format.ts';
import { lengthText, stateBadges } from '../../state/asset-labels.ts';
import { AssetBadges } from '../../state/badges.tsx';
import { EmptyState } from '../../ui/layout/empty-state.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { Thumbnail } from '../../ui/display/thumbnail.tsx';
import { ShareMenu } from './share-menu.tsx';
import { usePosition } from './use-position.ts';
import { useArticle } from '../../state/queries.ts';

type BodyParts = {
  /** Up to and including the first paragraph. */ opening: string;
  rest: string;
};

const ATTRIBUTES = [...new Set(Object.values(BODY_ATTRIBUTES).flat()), 'id'];
/** Their values are no addresses; otherwise they would be held against the pattern of those. */
const PLAIN_ATTRIBUTES = ATTRIBUTES.filter((name) => !['href', 'src', 'cite'].includes(name));
/** Targets of links within a text. Any other id could hide something of the page. */
const REFERENCE = /^ref-\d{1,5}$/u;

function htmlOf(nodes: ChildNode[]): string {
  const holder = document.createElement('div');
  holder.append(...nodes);
  return holder.innerHTML;
}

/**
 * HTML of an article's body, reduced to the subset the service promises, whatever was stored.
 * Pictures come from this computer only; links open outside the app, or lead to a place in the text.
 * @param pictureOf address of a picture stored here
 */
export function bodyParts(html: string, pictureOf: (mediaId: string) => string): BodyParts {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...BODY_ELEMENTS],
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:(?:https|mailto|media):|#ref-\d)/i,
    ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const image of fragment.querySelectorAll('img')) {
    const src = image.getAttribute('src') ?? '';
    if (src.startsWith('media:')) image.setAttribute('src', pictureOf(src.slice('media:'.length)));
    else image.remove();
    image.setAttribute('decoding', 'async');
  }
  for (const target of fragment.querySelectorAll('[id]'))
    if (!REFERENCE.test(target.id)) target.removeAttribute('id');
  for (const link of fragment.querySelectorAll('a')) {
    const href = link.getAttribute('href') ?? '';
    if (href.startsWith('#') && REFERENCE.test(href.slice(1))) continue;
    const address = externalAddress(href);
    if (!address) link.replaceWith(...link.childNodes);
    else {
      link.setAttribute('href', address.href);
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener noreferrer');
    }
  }
  const children = Array.from(fragment.childNodes);
  const firstParagraph = children.findIndex((node) => node.nodeName === 'P');
  return {
    opening: htmlOf(children.slice(0, firstParagraph + 1)),
    rest: htmlOf(children.slice(firstParagraph + 1)),
  };
}

export function Tools({ article }: { article: ArticleView }) {
  const app = useApp();
  const { articles } = useTexts();
  const { id, stored } = article;
  const reportError = useReportError();
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
        {stored ? articles.savedOffline : articles.notSavedOffline}
      </span>
      <span className={css.push} />
      <KeepOffline key={id} id={id} stored={stored} />
      <IconButton
        icon={MailOpen}
        isDisabled={!article.read}
        label={articles.markUnread}
        size={28}
        onPress={markUnread}
      />
      <Reading />
      <ShareMenu article={article} />
      <IconButton icon={Printer} label={articles.print} size={28} onPress={() => window.print()} />
      {externalAddress(article.canonicalUrl) && (
        <IconButton
          icon={ExternalLink}
          label={articles.openOnWeb}
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

const [SMALLEST, LARGEST] = [-2, 4];

/** Text size, typeface and paper, saved in the settings for all articles. */
function Reading() {
  const app = useApp();
  const { articles } = useTexts();
  const reportError = useReportError();
  const settings = useSettings();
  if (!settings) return null;
  const { readerSize, readerFace, readerTheme } = settings;
  const set = (patch: Sent<AppContract, 'settings.set'>): void =>
    void app.settings.call('settings.set', patch).catch(reportError);
  return (
    <PopoverPanel
      button={<IconButton icon={ALargeSmall} label={articles.textAndTheme} size={28} />}
      label={articles.textAndTheme}
    >
      <PopoverRow name={articles.size}>
        <span className={css.sizes}>
          <IconButton
            icon={AArrowDown}
            isDisabled={readerSize <= SMALLEST}
            label={articles.smaller}
            tone="plain"
            onPress={() => set({ readerSize: readerSize - 1 })}
          />
          <IconButton
            icon={AArrowUp}
            isDisabled={readerSize >= LARGEST}
            label={articles.larger}
            tone="plain"
            onPress={() => set({ readerSize: readerSize + 1 })}
          />
        </span>
      </PopoverRow>
      <PopoverRow name={articles.face}>
        <Segmented
          label={articles.face}
          segments={[
            { value: 'serif', label: articles.faces.serif },
            { value: 'sans', label: articles.faces.sans },
          ]}
          value={readerFace}
          onChange={(face) => set({ readerFace: face })}
        />
      </PopoverRow>
      <PopoverRow name={articles.theme}>
        <Segmented
          label={articles.theme}
          segments={[
            { value: 'auto', label: articles.themes.auto },
            { value: 'light', label: articles.themes.light },
            { value: 'dark', label: articles.themes.dark },
          ]}
          value={readerTheme}
          onChange={(theme) => set({ readerTheme: theme })}
        />
      </PopoverRow>
    </PopoverPanel>
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
  const theme = settings?.readerTheme ?? 'auto';
  const isUnread = article !== null && !article.read;
  useEffect(() => {
    if (isChosen && isUnread && id !== null)
      app.client.call('articles.mark', { ids: [id], read: true }).catch(() => undefined);
    // Once per article: "Mark as unread" must not be undone at once.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [app, id, isChosen, article === null]);
  return (
    <div
      className={cx(css.reader, settings?.readerFace === 'sans' && css.sans)}
      style={{ '--step': settings?.readerSize ?? 0 } as CSSProperties}
      {...(theme !== 'auto' && { 'data-theme': theme })}
    >
      {article && <Page article={article} key={article.id} />}
      {!article && failed && <Failed code={failed.code} />}
      {!article && !failed && id !== null && <PageSkeleton />}
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
    <div className={css.scroll}>
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
    <>
      <div className={css.tools} />
      <div aria-hidden className={css.scroll}>
        <div className={css.article}>
          <Skeleton height="12px" width="6rem" />
          <h1>
            <Skeleton height="38px" width="90%" />
          </h1>
          <Skeleton height="20px" width="100%" />
          <p className={css.by} />
          <Skeleton className={css.skeletonLead} />
        </div>
      </div>
    </>
  );
}

function Page({ article }: { article: ArticleView }) {
  const { articles } = useTexts();
  const scrollRef = useRef<HTMLDivElement>(null);
  const lineRef = useRef<HTMLDivElement>(null);
  const onScroll = usePosition(article, scrollRef, lineRef);
  return (
    <>
      <Tools article={article} />
      <div className={css.scroll} ref={scrollRef} tabIndex={-1} onScroll={onScroll}>
        <article
          aria-label={articles.article}
          className={css.article}
          dir={article.dir}
          lang={article.language}
        >
          <Header article={article} />
          <Content article={article} />
          <End article={article} />
        </article>
      </div>
      <Progress lineRef={lineRef} />
    </>
  );
}

/** Reading progress as a line, updated without React because it changes on every scroll event. */
function Progress({ lineRef }: { lineRef: RefObject<HTMLDivElement | null> }) {
  return (
    <div aria-hidden className={css.progress}>
      <div ref={lineRef} />
    </div>
  );
}

function Header({ article }: { article: ArticleView }) {
  const app = useApp();
  const { articles } = useTexts();
  const language = useLanguage();
  const published = `${formatLongDate(article.publishedAt, language)}, ${formatTime(article.publishedAt, language)}`;
  return (
    <>
      <p className={css.articleSection}>{topicName(article.section, language)}</p>
      <h1>{article.headline}</h1>
      {article.summary !== '' && <p className={css.standfirst}>{article.summary}</p>}
      <div className={css.by} lang={language}>
        {article.byline.length > 0 && <b>{article.byline.join(', ')}</b>}
        {[article.dateline, published, articles.minutes(article.minutes)]
          .filter(Boolean)
          .map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        {article.translations.length > 0 && (
          <span>
            {articles.alsoIn}{' '}
            {article.translations.map((other) => (
              <LinkButton
                key={other.id}
                onPress={() => app.route.getState().go({ name: 'articles', id: other.id })}
              >
                {languageName(other.language, language)}
              </LinkButton>
            ))}
          </span>
        )}
      </div>
      {article.withdrawn && (
        <div className={css.note}>
          <InlineAlert title={articles.withdrawnTitle} tone="danger">
            {articles.withdrawnText}
          </InlineAlert>
        </div>
      )}
      {article.correctionNote !== null && (
        <div className={css.note}>
          <InlineAlert icon={CircleAlert} title={articles.correction}>
            {article.correctionNote}
          </InlineAlert>
        </div>
      )}
    </>
  );
}

function Content({ article }: { article: ArticleView }) {
  const app = useApp();
  const media = useMedia();
  const { opening, rest } = useMemo(
    () => bodyParts(article.bodyHtml, (mediaId) => media('article', mediaId)),
    [article.bodyHtml, media],
  );
  const lead = article.media.find((item) => item.mediaId === article.leadMediaId);
  const leadInBody = lead !== undefined && article.bodyHtml.includes(`media:${lead.mediaId}`);
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link) return;
    event.preventDefault();
    const href = link.getAttribute('href') ?? '';
    if (!href.startsWith('#')) void openExternal(app, link.href);
    // The page's own address is its route.
    else document.getElementById(href.slice(1))?.scrollIntoView({ block: 'center' });
  };
  return (
    <>
      {lead && !leadInBody && (
        <figure>
          <img
            alt={lead.alt}
            decoding="async"
            height={lead.height ?? undefined}
            src={media('article', lead.mediaId)}
            width={lead.width ?? undefined}
          />
          <figcaption>
            <span>{lead.caption}</span>
            {lead.credit !== '' && <cite>{lead.credit}</cite>}
          </figcaption>
        </figure>
      )}
      <div className={css.body} dangerouslySetInnerHTML={{ __html: opening }} onClick={follow} />
      {article.relatedAssets.slice(0, 1).map((asset) => (
        <VideoCard asset={asset} key={asset.id} />
      ))}
      <div className={css.body} dangerouslySetInnerHTML={{ __html: rest }} onClick={follow} />
      {article.relatedAssets.slice(1).map((asset) => (
        <VideoCard asset={asset} key={asset.id} />
      ))}
    </>
  );
}

function VideoCard({ asset }: { asset: ArticleView['relatedAssets'][number] }) {
  const app = useApp();
  const { articles } = useTexts();
  const media = useMedia();
  const language = useLanguage();
  const open = (): void => app.route.getState().go({ name: 'asset', id: asset.id });
  return (
    <aside className={css.video} lang={language}>
      <Thumbnail grey={asset.badges.some(isUnavailable)} src={media('thumb', asset.id)}>
        <span className={css.play}>
          <Icon filled of={Play} size={18} />
        </span>
        {asset.durationMs !== null && <span className={css.length}>{lengthText(asset)}</span>}
      </Thumbnail>
      <div>
        <span className={css.kind}>
          {articles.relatedVideo} <AssetBadges asset={asset} badges={stateBadges(asset)} />
        </span>
        <b>{asset.headline}</b>
        <Button icon={Film} size={28} onPress={open}>
          {articles.openPackage}
        </Button>
      </div>
    </aside>
  );
}

function End({ article }: { article: ArticleView }) {
  return (
    <footer className={css.end}>
      <p>{[article.copyrightNotice, article.usageTerms].filter(Boolean).join('. ')}</p>
      {article.canonicalUrl !== '' && <p className={css.printed}>{article.canonicalUrl}</p>}
    </footer>
  );
}
