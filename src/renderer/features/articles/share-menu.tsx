import { Copy, Link, Share2 } from 'lucide-react';
import { useRef } from 'react';
import { externalAddress } from '../../../shared/model/url.ts';
import { exportArticles } from '../../state/article-export.ts';
import { useApp, useLanguage, useSources, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import type { ArticleView } from '../../state/views.ts';
import { IconButton } from '../../ui/controls/button.tsx';
import { Menu, type MenuEntry } from '../../ui/controls/select.tsx';
import { creditedText, selectedText } from './article-text.ts';
import { exportEntries } from './export-formats.ts';

/** Ways in which an article leaves the app: the clipboard and files. Printing is beside it. */
export function ShareMenu({ article }: { article: ArticleView }) {
  const app = useApp();
  const { articles } = useTexts();
  const language = useLanguage();
  const source = useSources().find(({ id }) => id === article.source);
  /** What was selected when the menu was opened, which moves the focus. */
  const quotation = useRef('');
  const address = externalAddress(article.canonicalUrl)?.href ?? '';
  const words = {
    by: articles.by,
    language,
    source: source?.kind === 'demo' ? '' : (source?.name ?? ''),
  };
  const entries: MenuEntry[] = [
    {
      id: 'credit',
      label: articles.copyWithCredit,
      icon: Copy,
      onAction: () =>
        void copyText(
          app,
          creditedText(article, quotation.current, address, words),
          articles.copiedWithCredit,
        ),
    },
    ...(address === ''
      ? []
      : [
          {
            id: 'link',
            label: articles.copyLink,
            icon: Link,
            onAction: () => void copyText(app, address, articles.linkCopied),
          },
        ]),
    ...exportEntries(articles.saveAs, (format) => void exportArticles(app, [article.id], format)),
  ];
  return (
    <Menu entries={entries} label={articles.share}>
      <IconButton
        icon={Share2}
        label={articles.share}
        size={28}
        onPressStart={() => {
          quotation.current = selectedText();
        }}
      />
    </Menu>
  );
}
