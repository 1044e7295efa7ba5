import { useState } from 'react';
import { ruleText } from '../../../shared/model/format-text.ts';
import { PURPOSES, SCANS, type FormatRule } from '../../../shared/model/house-format.ts';
import { formatWords } from '../../../shared/model/format-text.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import { useRead } from '../../state/queries.ts';
import { Button } from '../../ui/controls/button.tsx';
import { ComboField } from '../../ui/controls/combo-field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { ruleOf, suggestionsOf, typedOf, type TypedRule } from './format-fields.ts';
import css from './house-format.module.css';

const NONE = { container: [], codec: [], size: [], frameRate: [] };
const OPEN = 'any';

/** One rule: what it names, and what it leaves open. */
export function RuleDialog({
  title,
  rule,
  onSave,
  onClose,
}: {
  title: string;
  rule: FormatRule;
  onSave: (rule: FormatRule) => void;
  onClose: () => void;
}) {
  const { settings: words, common } = useTexts();
  const language = useLanguage();
  const values =
    useRead('catalogue.rendition-values', undefined, { isForgotten: true }).data ?? NONE;
  const [typed, setTyped] = useState(() => typedOf(rule, language));
  const [isEarly, setEarly] = useState(false);
  const suggestions = suggestionsOf(values, language);
  const { rule: read, wrong } = ruleOf(typed, values);
  const change = (changes: Partial<TypedRule>): void => setTyped({ ...typed, ...changes });
  const save = (): void => {
    if (wrong.size > 0) return setEarly(true);
    onSave(read);
    onClose();
  };
  const combo = (field: 'size' | 'frameRate' | 'container' | 'codec') => (
    <ComboField
      error={isEarly && wrong.has(field) ? words.formatWrong[field] : null}
      label={words.formatFields[field]}
      placeholder={words.formatAny}
      showLabel={words.formatSuggestions(words.formatFields[field])}
      suggestions={suggestions[field]}
      value={typed[field]}
      onChange={(value) => change({ [field]: value })}
    />
  );
  return (
    <Dialog
      isOpen
      title={title}
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button tone="main" onPress={save}>
            {words.save}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{words.formatRuleText}</p>
      <Form onSubmit={save}>
        <div className={css.fields}>
          {combo('size')}
          <Select
            small
            label={words.formatFields.scan}
            options={[
              { value: OPEN, label: words.formatAny },
              ...SCANS.map((value) => ({ value, label: words.formatScans[value] })),
            ]}
            value={typed.scan ?? OPEN}
            onChange={(value) => change({ scan: value === OPEN ? null : value })}
          />
          {combo('frameRate')}
          {combo('container')}
          {combo('codec')}
          <Select
            small
            label={words.formatFields.purpose}
            options={[
              { value: OPEN, label: words.formatAny },
              ...PURPOSES.map((value) => ({ value, label: formatWords[language].purposes[value] })),
            ]}
            value={typed.purpose ?? OPEN}
            onChange={(value) => change({ purpose: value === OPEN ? null : value })}
          />
        </div>
      </Form>
      <p className={css.said} role="status">
        {wrong.size === 0 && ruleText(read, language)}
      </p>
    </Dialog>
  );
}
