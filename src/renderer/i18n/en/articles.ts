import type { ErrorCode } from '../../../shared/errors.ts';

export const articles = {
  title: 'News',
  list: 'Articles',
  all: 'All',
  unread: (n: string) => (n === '0' ? 'Unread' : `Unread ${n}`),
  sync: 'Check for new articles',
  places: 'Feeds',
  starred: 'Starred',
  isStarred: 'starred',
  savedPages: 'Saved pages',
  /** What the number beside a feed counts, for screen readers. */
  countUnread: 'unread',
  countAll: 'articles',
  /** Why a feed can’t be read, in two words. */
  faultOf: (code: ErrorCode): string =>
    code === 'source-gone'
      ? 'Closed'
      : code === 'offline' || code === 'service-unreachable' || code === 'timeout'
        ? 'No connection'
        : 'Not readable',
  addFeed: 'Add feed',
  markAllRead: 'Mark all as read',
  allRead: (n: string, count: number) =>
    count === 1 ? '1 article marked as read' : `${n} articles marked as read`,
  topic: 'Topic',
  allTopics: 'All topics',
  topicCount: (name: string, n: string) => `${name}, ${n}`,
  date: 'Date',
  anyDate: 'Any date',
  lastDays: (days: number) => (days === 1 ? 'Today' : `Last ${days} days`),
  percentRead: (percent: number) => `${percent}% read`,
  language: 'Language',
  allLanguages: 'All languages',
  today: 'Today',
  yesterday: 'Yesterday',
  lastWeek: 'Last 7 days',
  older: 'Older',
  minutes: (n: number) => `${n} min read`,
  availableOffline: 'Available offline',
  unreadMark: 'Unread.',
  corrected: 'Corrected',
  withdrawn: 'Withdrawn',
  offlineSummary: (articles: string, size: string) =>
    `${articles === '1' ? '1 article' : `${articles} articles`}, ${size} saved offline`,
  article: 'Article',
  tools: 'Reading tools',
  savedOffline: 'Saved offline with its pictures',
  notSavedOffline: 'Not saved offline',
  saveOffline: 'Save for offline reading',
  removeOffline: 'Remove offline copy',
  markUnread: 'Mark as unread',
  textAndTheme: 'Text and theme',
  size: 'Text size',
  smaller: 'Smaller',
  larger: 'Larger',
  face: 'Typeface',
  faces: { serif: 'Serif', sans: 'Sans' },
  theme: 'Theme',
  themes: { auto: 'Match app', light: 'Light', dark: 'Dark' },
  print: 'Print or save as PDF',
  openOnWeb: 'Open on the web',
  backToList: 'All articles',
  correction: 'Correction',
  withdrawnTitle: 'This article was withdrawn.',
  withdrawnText: 'Do not use it any more.',
  alsoIn: 'Also in',
  relatedVideo: 'Related video',
  openPackage: 'Open package',
  emptyTitle: 'No articles found',
  emptyText: 'Try fewer words, or look in all feeds, topics and languages.',
  showAll: 'Show all articles',
  firstTitle: 'Loading articles',
  firstText:
    'The latest are saved on this computer with their pictures, so you can read them anywhere.',
  offlineFirstTitle: 'No articles yet',
  offlineFirstText: 'The service can’t be reached. The latest articles load as soon as it’s back.',
  noArticlesTitle: 'No articles yet',
  noArticlesText: 'Articles come from your organisation’s service. Set it up to read them here.',
  notOfflineTitle: 'Not available offline',
  notOfflineText:
    'You’re offline and this article wasn’t saved. Articles with the offline icon open now.',
  failedTitle: 'This article couldn’t be opened',
  removedTitle: 'This article is no longer available',
  share: 'Share',
  copyWithCredit: 'Copy with credit',
  copiedWithCredit: 'Copied with credit',
  by: (names: string) => `By ${names}`,
  copyLink: 'Copy link',
  linkCopied: 'Link copied',
  saveAs: {
    pdf: 'Save as PDF…',
    epub: 'Save as EPUB…',
    markdown: 'Save as Markdown…',
    html: 'Save as web page…',
  },
  printArticle: 'Print…',
  preparing: 'Preparing the file…',
  saved: (articles: number, missingPictures: number, leftOut: number) =>
    [
      articles === 1 ? 'Article saved' : `${articles} articles saved`,
      ...(missingPictures === 0
        ? []
        : [
            `${missingPictures === 1 ? '1 picture is' : `${missingPictures} pictures are`} missing, with captions kept. Save for offline reading first to have them`,
          ]),
      ...(leftOut === 0
        ? []
        : [`${leftOut === 1 ? '1 article was' : `${leftOut} articles were`} left out`]),
    ].join('. '),
  tooMuchToSave: 'These are too many for one file. Choose fewer, or use “desk articles export”.',
};
