import { CircleAlert, Film, Play } from 'lucide-react';
import {
  useEffect,
  useMemo,
  useRef,
  type CSSProperties,
  type MouseEvent,
  type RefObject,
} from 'react';
import { isUnavailable } from '../../../shared/model/rights.ts';
import { formatDuration, formatTime, languageName } from '../../i18n/format.ts';
import { stateBadges } from '../../state/asset-labels.ts';
import { AssetBadges } from '../../state/badges.tsx';
import { useDesk, useLanguage, useMedia, useSettings, useTexts } from '../../state/context.tsx';
import type { ArticleView } from '../../state/views.ts';
import { openExternal } from '../../state/open-external.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Thumb } from '../../ui/thumb.tsx';
import { bodyParts } from './body.ts';
import { Tools } from './tools.tsx';
import { usePosition } from './use-position.ts';
import { useArticle } from './use-article.ts';
import css from './articles.module.css';

/**
 * @param isChosen the user opened it; the first article that is shown beside the list without being
 * asked for does not count as read
 */
export function Reader({ id, isChosen }: { id: string | null; isChosen: boolean }) {
  const desk = useDesk();
  const { articles } = useTexts();
  const settings = useSettings();
  const { article, failed } = useArticle(id);
  const theme = settings?.readerTheme ?? 'auto';
  const isUnread = article !== null && !article.read;
  useEffect(() => {
    if (isChosen && isUnread && id !== null)
      desk.client.call('articles.mark', { id, read: true }).catch(() => undefined);
    // Once for each article: "Mark as unread" must not be undone at once.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [desk, id, isChosen, article === null]);
  return (
    <div
      className={cx(css.reader, settings?.readerFace === 'sans' && css.sans)}
      style={{ '--step': settings?.readerSize ?? 0 } as CSSProperties}
      {...(theme !== 'auto' && { 'data-theme': theme })}
    >
      {article && <Page article={article} key={article.id} />}
      {!article && failed && <Failed code={failed.code} />}
      {!article && !failed && id !== null && <PageSkeleton />}
      {id === null && (
        <div className={css.scroll}>
          <EmptyState art="news" text={articles.chooseText} title={articles.choose} />
        </div>
      )}
    </div>
  );
}

function Failed({ code }: { code: string }) {
  const { articles, errors } = useTexts();
  const isOffline = code === 'offline' || code === 'service-unreachable' || code === 'timeout';
  const title = isOffline
    ? articles.notHereTitle
    : code === 'not-found' || code === 'withdrawn'
      ? articles.goneTitle
      : articles.failedTitle;
  return (
    <div className={css.scroll}>
      <EmptyState
        art="news"
        text={
          isOffline
            ? articles.notHereText
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

/** How far one has read, as a line; moved without React, many times a second. */
function Progress({ lineRef }: { lineRef: RefObject<HTMLDivElement | null> }) {
  return (
    <div aria-hidden className={css.progress}>
      <div ref={lineRef} />
    </div>
  );
}

function Header({ article }: { article: ArticleView }) {
  const desk = useDesk();
  const { articles, topics } = useTexts();
  const language = useLanguage();
  const published = `${new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { day: 'numeric', month: 'long', year: 'numeric' }).format(article.publishedAt)}, ${formatTime(article.publishedAt, language)}`;
  return (
    <>
      <p className={css.articleSection}>{topics[article.section] ?? article.section}</p>
      <h1>{article.headline}</h1>
      {article.summary !== '' && <p className={css.stand}>{article.summary}</p>}
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
                onPress={() => desk.route.getState().go({ name: 'news', id: other.id })}
              >
                {languageName(other.language, language)}
              </LinkButton>
            ))}
          </span>
        )}
      </div>
      {article.withdrawn && (
        <div className={css.note}>
          <Notice title={articles.withdrawnTitle} tone="danger">
            {articles.withdrawnText}
          </Notice>
        </div>
      )}
      {article.correctionNote !== null && (
        <div className={css.note}>
          <Notice icon={CircleAlert} title={articles.correction}>
            {article.correctionNote}
          </Notice>
        </div>
      )}
    </>
  );
}

function Content({ article }: { article: ArticleView }) {
  const desk = useDesk();
  const media = useMedia();
  const { opening, rest } = useMemo(
    () => bodyParts(article.bodyHtml, (mediaId) => media(`article/${mediaId}`)),
    [article.bodyHtml, media],
  );
  const lead = article.media.find((item) => item.mediaId === article.leadMediaId);
  const leadInBody = lead !== undefined && article.bodyHtml.includes(`media:${lead.mediaId}`);
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link) return;
    event.preventDefault();
    void openExternal(desk, link.href);
  };
  return (
    <>
      {lead && !leadInBody && (
        <figure>
          <img
            alt={lead.alt}
            decoding="async"
            height={lead.height}
            src={media(`article/${lead.mediaId}`)}
            width={lead.width}
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
  const desk = useDesk();
  const { articles } = useTexts();
  const media = useMedia();
  const language = useLanguage();
  const open = (): void => desk.route.getState().go({ name: 'asset', id: asset.id });
  return (
    <aside className={css.video} lang={language}>
      <Thumb grey={asset.badges.some(isUnavailable)} src={media(`thumb/${asset.id}`)}>
        <span className={css.play}>
          <Icon filled of={Play} size={18} />
        </span>
        <span className={css.length}>{formatDuration(asset.durationMs / 1000)}</span>
      </Thumb>
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
