import { useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { faceChoices, paperChoices, steppedRows } from '../../state/reading.ts';
import { Segmented, Switch } from '../../ui/controls/choice.tsx';
import { Papers } from '../../ui/controls/papers.tsx';
import { Stepper } from '../../ui/controls/stepper.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Row, Section, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

export function Reading() {
  const texts = useTexts();
  const { settings: words, articles } = texts;
  const language = useLanguage();
  const settings = useSettings();
  const set = useUpdateSettings();
  if (!settings) return null;
  const { readerPx, readerLineHeight, readerFace, readerTheme, readerJustify } = settings;
  const [size, lineHeight, measure] = steppedRows(settings, texts, language, set);
  return (
    <Section of="reading">
      <Row text={words.readingText} title={size.label}>
        <SettingControls>
          <Stepper {...size} />
        </SettingControls>
        <p
          className={cx(css.sample, readerFace === 'sans' && css.sans)}
          data-paper={readerTheme}
          style={{ fontSize: readerPx, lineHeight: readerLineHeight }}
        >
          {words.sample}
        </p>
      </Row>
      {[lineHeight, measure].map((row) => (
        <Row key={row.label} title={row.label}>
          <SettingControls>
            <Stepper {...row} />
          </SettingControls>
        </Row>
      ))}
      <Row title={words.face}>
        <SettingControls>
          <Segmented
            label={words.face}
            segments={faceChoices(texts)}
            value={readerFace}
            onChange={(face) => void set({ readerFace: face })}
          />
        </SettingControls>
      </Row>
      <Row title={articles.edges}>
        <SettingControls>
          <Switch
            isSelected={readerJustify}
            onChange={(justify) => set({ readerJustify: justify })}
          >
            {articles.justify}
          </Switch>
        </SettingControls>
      </Row>
      <Row title={words.readingTheme}>
        <SettingControls>
          <Papers
            label={words.readingTheme}
            papers={paperChoices(texts)}
            value={readerTheme}
            onChange={(theme) => void set({ readerTheme: theme })}
          />
        </SettingControls>
      </Row>
    </Section>
  );
}
