import { HardDriveDownload, Newspaper, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import {
  Autocomplete,
  Collection,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  TextField,
} from 'react-aria-components';
import { unavailableBecause } from '../../shared/api/rights.ts';
import { formatDay } from '../i18n/format.ts';
import { lengthText, stateBadges } from '../state/asset-labels.ts';
import { AssetBadges } from '../state/badges.tsx';
import { useApp, useLanguage, useMedia, useTexts } from '../state/context.tsx';
import type { ArticleRow, AssetRow } from '../state/views.ts';
import { Button } from '../ui/controls/button.tsx';
import { cx } from '../ui/styles/cx.ts';
import { Overlay } from '../ui/overlays/dialog.tsx';
import { Icon } from '../ui/display/icon.tsx';
import { Highlight } from '../ui/display/highlight.tsx';
import { Kbd, SrOnly } from '../ui/display/text.tsx';
import { Thumbnail } from '../ui/display/thumbnail.tsx';
import { useCommands, useQuickSearch, type Command } from './palette-entries.ts';
import css from './palette.module.css';

/** Command palette: footage, articles, actions and places. */
export function Palette({ onClose, onSheet }: { onClose: () => void; onSheet: () => void }) {
  const { shell } = useTexts();
  const { palette } = shell;
  return (
    <Overlay isOpen onClose={onClose}>
      <Dialog aria-label={palette.title} className={cx(css.palette)}>
        <PaletteBody onClose={onClose} />
        <footer className={css.footer}>
          <span>
            <Kbd>↑</Kbd>
            <Kbd>↓</Kbd>
            {palette.choose}
          </span>
          <span>
            <Kbd>↵</Kbd>
            {palette.open}
          </span>
          <Button size={28} tone="quiet" onPress={onSheet}>
            <Kbd>?</Kbd>
            {palette.all}
          </Button>
        </footer>
      </Dialog>
    </Overlay>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { palette } = useTexts().shell;
  const [text, setText] = useState('');
  const { assets, articles } = useQuickSearch(text);
  const { doing, places } = useCommands(text, assets[0] ?? null);
  const act = (run: () => void): void => {
    onClose();
    run();
  };
  const open = (key: string): void => {
    const [kind, id = ''] = key.split(/:(.*)/s);
    if (kind === 'asset') act(() => app.route.getState().go({ name: 'asset', id }));
    else if (kind === 'article') act(() => app.route.getState().go({ name: 'articles', id }));
    else
      act(
        [...doing, ...places].find((command) => `command:${command.id}` === key)?.run ??
          (() => undefined),
      );
  };
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <TextField autoFocus aria-label={palette.title} className={cx(css.in)}>
        <Icon of={Search} size={18} />
        <Input placeholder={palette.placeholder} />
        <Kbd>Esc</Kbd>
      </TextField>
      <ListBox
        aria-label={palette.title}
        className={cx(css.list)}
        renderEmptyState={() => <p className={css.none}>{palette.none}</p>}
        onAction={(key) => open(String(key))}
      >
        {assets.length > 0 && (
          <Section items={assets} title={palette.footage}>
            {(asset) => <AssetEntry asset={asset} query={text} />}
          </Section>
        )}
        {articles.length > 0 && (
          <Section items={articles} title={palette.news}>
            {(article) => <ArticleEntry article={article} query={text} />}
          </Section>
        )}
        {doing.length > 0 && (
          <Section items={doing} title={palette.actions}>
            {(command) => <CommandEntry command={command} query={text} />}
          </Section>
        )}
        {places.length > 0 && (
          <Section items={places} title={palette.goTo}>
            {(command) => <CommandEntry command={command} query={text} />}
          </Section>
        )}
      </ListBox>
    </Autocomplete>
  );
}

function Section<T extends { id: string }>({
  title,
  items,
  children,
}: {
  title: string;
  items: T[];
  children: (item: T) => ReactNode;
}) {
  return (
    <ListBoxSection>
      <Header className={cx(css.heading)}>{title}</Header>
      <Collection dependencies={[children]} items={items}>
        {children}
      </Collection>
    </ListBoxSection>
  );
}

function AssetEntry({ asset, query }: { asset: AssetRow; query: string }) {
  const media = useMedia();
  return (
    <ListBoxItem className={cx(css.row)} id={`asset:${asset.id}`} textValue={asset.headline}>
      <Thumbnail
        className={css.picture}
        grey={unavailableBecause(asset.verdict) !== null}
        src={media('thumb', asset.id)}
      />
      <span className={css.text}>
        <Highlight className={css.match} query={query} text={asset.headline} />
      </span>
      <span className={css.end}>
        <AssetBadges asset={asset} badges={stateBadges(asset)} />
        {lengthText(asset)}
      </span>
    </ListBoxItem>
  );
}

function ArticleEntry({ article, query }: { article: ArticleRow; query: string }) {
  const language = useLanguage();
  const { palette } = useTexts().shell;
  return (
    <ListBoxItem className={cx(css.row)} id={`article:${article.id}`} textValue={article.headline}>
      <Icon of={Newspaper} size={18} />
      <span className={css.text}>
        <Highlight className={css.match} query={query} text={article.headline} />
        <small>{formatDay(article.publishedAt, language)}</small>
      </span>
      <span className={css.end}>
        {article.stored && (
          <>
            <Icon of={HardDriveDownload} size={14} />
            <SrOnly>{palette.stored}</SrOnly>
          </>
        )}
      </span>
    </ListBoxItem>
  );
}

function CommandEntry({ command, query }: { command: Command; query: string }) {
  return (
    <ListBoxItem className={cx(css.row)} id={`command:${command.id}`} textValue={command.text}>
      <Icon of={command.icon} size={18} />
      <span className={css.text}>
        <Highlight className={css.match} query={query} text={command.text} />
        {command.note !== undefined && <small>{command.note}</small>}
      </span>
      <span className={css.end}>
        {command.keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </span>
    </ListBoxItem>
  );
}
