import { USUAL_READING } from '../../../shared/model/reading.ts';
import { CaseSensitive } from 'lucide-react';
import { useApp, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { faceChoices, paperChoices, steppedRows, type Appearance } from '../../state/reading.ts';
import { IconButton, LinkButton } from '../../ui/controls/button.tsx';
import { Segmented, Switch } from '../../ui/controls/choice.tsx';
import { Papers } from '../../ui/controls/papers.tsx';
import { Stepper } from '../../ui/controls/stepper.tsx';
import { PopoverPanel, PopoverRow } from '../../ui/overlays/popover.tsx';
import css from './articles.module.css';

/** Paper, sizes and typeface, saved in the settings for all articles; each step shows at once. */
export function AppearanceButton() {
  const app = useApp();
  const texts = useTexts();
  const { articles } = texts;
  const language = useLanguage();
  const reportError = useReportError();
  const settings = useSettings();
  if (!settings) return null;
  const save = (patch: Partial<Appearance>): Promise<unknown> =>
    app.settings.call('settings.set', patch).catch(reportError);
  const set = (patch: Partial<Appearance>): void => void save(patch);
  return (
    <PopoverPanel
      button={<IconButton icon={CaseSensitive} label={articles.appearance} size={28} />}
      isSheet
      label={articles.appearance}
    >
      <div className={css.appearance}>
        <Papers
          label={articles.theme}
          papers={paperChoices(texts)}
          value={settings.readerTheme}
          onChange={(theme) => set({ readerTheme: theme })}
        />
        {steppedRows(settings, texts, language, save).map((row) => (
          <PopoverRow key={row.label} name={row.label}>
            <Stepper {...row} />
          </PopoverRow>
        ))}
        <PopoverRow name={articles.face}>
          <Segmented
            label={articles.face}
            segments={faceChoices(texts)}
            value={settings.readerFace}
            onChange={(face) => set({ readerFace: face })}
          />
        </PopoverRow>
        <PopoverRow name={articles.justify}>
          <Switch
            aria-label={articles.justify}
            isSelected={settings.readerJustify}
            onChange={(justify) => save({ readerJustify: justify })}
          />
        </PopoverRow>
        <div className={css.appearanceFoot}>
          <LinkButton onPress={() => set(USUAL_READING)}>{articles.resetAppearance}</LinkButton>
          <span>{articles.forAllArticles}</span>
        </div>
      </div>
    </PopoverPanel>
  );
}
