import { AArrowDown, AArrowUp } from 'lucide-react';
import type { CSSProperties } from 'react';
import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { useLanguage, useLibrary, useSettings, useTexts } from '../../state/context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Segmented } from '../../ui/choice.tsx';
import { SettingLine } from '../../ui/setting.tsx';
import { cx } from '../../ui/cx.ts';
import { Row, Section, useSet } from './parts.tsx';
import css from './settings.module.css';

const [SMALLEST, LARGEST] = [-2, 4];

export function Reading() {
  const { settings: words, articles } = useTexts();
  const language = useLanguage();
  const settings = useSettings();
  const library = useLibrary();
  const set = useSet();
  if (!settings) return null;
  const { readerSize, readerFace, readerTheme } = settings;
  return (
    <Section of="reading">
      <Row text={words.readingText} title={words.size}>
        <SettingLine>
          <IconButton
            icon={AArrowDown}
            isDisabled={readerSize <= SMALLEST}
            label={articles.smaller}
            tone="plain"
            onPress={() => void set({ readerSize: readerSize - 1 })}
          />
          <IconButton
            icon={AArrowUp}
            isDisabled={readerSize >= LARGEST}
            label={articles.larger}
            tone="plain"
            onPress={() => void set({ readerSize: readerSize + 1 })}
          />
        </SettingLine>
        <p
          className={cx(css.sample, readerFace === 'sans' && css.sans)}
          style={{ '--step': readerSize } as CSSProperties}
          {...(readerTheme !== 'auto' && { 'data-theme': readerTheme })}
        >
          {words.sample}
        </p>
      </Row>
      <Row title={words.face}>
        <SettingLine>
          <Segmented
            label={words.face}
            segments={[
              { value: 'serif', label: articles.faces.serif },
              { value: 'sans', label: articles.faces.sans },
            ]}
            value={readerFace}
            onChange={(face) => void set({ readerFace: face })}
          />
        </SettingLine>
      </Row>
      <Row title={words.paper}>
        <SettingLine>
          <Segmented
            label={words.paper}
            segments={[
              { value: 'auto', label: articles.papers.auto },
              { value: 'light', label: articles.papers.light },
              { value: 'dark', label: articles.papers.dark },
            ]}
            value={readerTheme}
            onChange={(theme) => void set({ readerTheme: theme })}
          />
        </SettingLine>
      </Row>
      {library && (
        <Row text={words.storedText} title={words.stored}>
          <SettingLine>
            {words.storedValue(
              formatNumber(library.articles, language),
              formatBytes(library.storedBytes, language),
            )}
          </SettingLine>
        </Row>
      )}
    </Section>
  );
}
