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
} from 'lucide-react';
import { Toolbar } from 'react-aria-components';
import type { Sent } from '../../../shared/contract/define.ts';
import type { DeskContract } from '../../../shared/contract/index.ts';
import { externalAddress } from '../../../shared/model/external-url.ts';
import { useDesk, useSettings, useTexts } from '../../state/context.tsx';
import type { ArticleView } from '../../state/views.ts';
import { errorText } from '../../state/enqueue.ts';
import { openExternal } from '../../state/open-external.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Segmented } from '../../ui/choice.tsx';
import { cx } from '../../ui/cx.ts';
import { Icon } from '../../ui/icon.tsx';
import { PopoverPanel, PopoverRow } from '../../ui/popover.tsx';
import { useWish } from '../../ui/use-wish.ts';
import css from './articles.module.css';

export function Tools({ article }: { article: ArticleView }) {
  const desk = useDesk();
  const { articles } = useTexts();
  const { id, stored } = article;
  const tell = (error: unknown): void => desk.toasts.getState().show(errorText(desk, error));
  const leave = (): void => desk.route.getState().go({ name: 'news', id: null });
  const markUnread = (): void =>
    void desk.client.call('articles.mark', { id, read: false }).catch(tell);
  return (
    <Toolbar aria-label={articles.tools} className={cx(css.tools)}>
      <Button className={css.back} icon={ArrowLeft} size={28} tone="quiet" onPress={leave}>
        {articles.backToList}
      </Button>
      <span className={cx(css.state, stored && css.stored)}>
        <Icon of={stored ? HardDriveDownload : WifiOff} />
        {stored ? articles.isKept : articles.notKept}
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
      <IconButton icon={Printer} label={articles.print} size={28} onPress={() => window.print()} />
      {externalAddress(article.canonicalUrl) && (
        <IconButton
          icon={ExternalLink}
          label={articles.openOnWeb}
          size={28}
          onPress={() => void openExternal(desk, article.canonicalUrl)}
        />
      )}
    </Toolbar>
  );
}

/** Storing takes a while; pressed again meanwhile, the last press wins. */
function KeepOffline({ id, stored }: { id: string; stored: boolean }) {
  const desk = useDesk();
  const { articles } = useTexts();
  const [isKept, wish] = useWish(stored, (wished) =>
    desk.client
      .call('articles.store', { id, stored: wished })
      .catch((error: unknown) => desk.toasts.getState().show(errorText(desk, error))),
  );
  return (
    <IconButton
      icon={isKept ? HardDriveUpload : HardDriveDownload}
      label={isKept ? articles.letGo : articles.keep}
      size={28}
      onPress={() => wish(!isKept)}
    />
  );
}

const [SMALLEST, LARGEST] = [-2, 4];

/** Size, typeface and paper: kept in the settings, for every article. */
function Reading() {
  const desk = useDesk();
  const { articles } = useTexts();
  const settings = useSettings();
  if (!settings) return null;
  const { readerSize, readerFace, readerTheme } = settings;
  const set = (patch: Sent<DeskContract, 'settings.set'>): void =>
    void desk.client
      .call('settings.set', patch)
      .then(desk.settings.take, (error: unknown) =>
        desk.toasts.getState().show(errorText(desk, error)),
      );
  return (
    <PopoverPanel
      button={<IconButton icon={ALargeSmall} label={articles.textAndPaper} size={28} />}
      label={articles.textAndPaper}
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
      <PopoverRow name={articles.paper}>
        <Segmented
          label={articles.paper}
          segments={[
            { value: 'auto', label: articles.papers.auto },
            { value: 'light', label: articles.papers.light },
            { value: 'dark', label: articles.papers.dark },
          ]}
          value={readerTheme}
          onChange={(theme) => set({ readerTheme: theme })}
        />
      </PopoverRow>
    </PopoverPanel>
  );
}
