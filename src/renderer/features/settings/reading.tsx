import { AArrowDown, AArrowUp } from 'lucide-react';
import type { CSSProperties } from 'react';
import { formatBytes, formatNumber } from '../../i18n/format.ts';
import { useLanguage, useLibrary, useSettings, useTexts } from '../../state/context.tsx';
import { IconButton } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Row, Section, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

const [SMALLEST, LARGEST] = [-2, 4];

export function Reading() {
  const { settings: words, articles } = useTexts();
  const language = useLanguage();
  const settings = useSettings();
  const library = useLibrary();
  const set = useUpdateSettings();
  if (!settings) return null;
  const { readerSize, readerFace, readerTheme } = settings;
  return (
    <Section of="reading">
      <Row text={words.readingText} title={words.size}>
        <SettingControls>
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
        </SettingControls>
        <p
          className={cx(css.sample, readerFace === 'sans' && css.sans)}
          style={{ '--step': readerSize } as CSSProperties}
          {...(readerTheme !== 'auto' && { 'data-theme': readerTheme })}
        >
          {words.sample}
        </p>
      </Row>
      <Row title={words.face}>
        <SettingControls>
          <Segmented
            label={words.face}
            segments={[
              { value: 'serif', label: articles.faces.serif },
              { value: 'sans', label: articles.faces.sans },
            ]}
            value={readerFace}
            onChange={(face) => void set({ readerFace: face })}
          />
        </SettingControls>
      </Row>
      <Row title={words.readingTheme}>
        <SettingControls>
          <Segmented
            label={words.readingTheme}
            segments={[
              { value: 'auto', label: articles.themes.auto },
              { value: 'light', label: articles.themes.light },
              { value: 'dark', label: articles.themes.dark },
            ]}
            value={readerTheme}
            onChange={(theme) => void set({ readerTheme: theme })}
          />
        </SettingControls>
      </Row>
      {library && (
        <Row text={words.storedText} title={words.stored}>
          <SettingControls>
            {words.storedValue(
              formatNumber(library.articles, language),
              formatBytes(library.storedBytes, language),
            )}
          </SettingControls>
        </Row>
      )}
    </Section>
  );
}
