import { X } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import {
  Button as AriaButton,
  ComboBox,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Tag,
  TagGroup,
  TagList,
} from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import { Icon } from '../display/icon.tsx';
import popoverCss from '../overlays/popover.module.css';
import { FieldNotes } from './field.tsx';
import fieldCss from './field.module.css';
import css from './tags-field.module.css';

type Words = {
  tags: string;
  add: string;
  remove: (name: string) => string;
  help: string;
  /** Says that there is no room for another one. */
  full: string;
};

const folded = (text: string): string => text.normalize('NFC').toLocaleLowerCase();

/** As others are spelled, if there is one that differs in case alone. */
function spelled(typed: string, known: readonly string[]): string {
  const name = typed.trim().replaceAll(/\s+/gu, ' ');
  return known.find((one) => folded(one) === folded(name)) ?? name;
}

/**
 * Words as chips, each with a button that removes it, and a field that adds one, with completion.
 * Enter adds what is typed; arrows go along the chips, Delete removes one.
 */
export function TagsField({
  tags,
  suggestions,
  words,
  maxTags,
  maxLength,
  onChange,
}: {
  tags: readonly string[];
  suggestions: readonly string[];
  words: Words;
  maxTags: number;
  maxLength: number;
  onChange: (tags: string[]) => void;
}) {
  const [text, setText] = useState('');
  // A field of its own for each, because the list of an earlier one would stay open.
  const [added, setAdded] = useState(0);
  const isFull = tags.length >= maxTags;
  const others = suggestions.filter((one) => !tags.includes(one));
  const add = (typed: string): void => {
    const name = spelled(typed, suggestions);
    setText('');
    setAdded(added + 1);
    if (name !== '' && !tags.some((one) => folded(one) === folded(name))) onChange([...tags, name]);
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.hasAttribute('aria-activedescendant'))
      return;
    event.preventDefault();
    event.stopPropagation();
    if (text.trim() !== '') add(text);
  };
  return (
    <div className={css.field}>
      {tags.length > 0 && (
        <TagGroup
          aria-label={words.tags}
          onRemove={(keys) => onChange(tags.filter((one) => !keys.has(one)))}
        >
          <TagList className={cx(css.list)}>
            {tags.map((name) => (
              <Tag className={cx(css.tag)} id={name} key={name} textValue={name}>
                <bdi>{name}</bdi>
                <AriaButton
                  aria-label={words.remove(name)}
                  className={cx(css.remove)}
                  slot="remove"
                >
                  <Icon of={X} size={12} />
                </AriaButton>
              </Tag>
            ))}
          </TagList>
        </TagGroup>
      )}
      <div onKeyDownCapture={enter}>
        <ComboBox
          allowsCustomValue
          className={cx(fieldCss.field)}
          inputValue={text}
          isDisabled={isFull}
          key={added}
          selectedKey={null}
          onInputChange={setText}
          onSelectionChange={(key) => key !== null && add(String(key))}
        >
          <Label className={fieldCss.label}>{words.add}</Label>
          <Group className={cx(fieldCss.box, fieldCss.small)}>
            <Input
              autoFocus
              className={cx(fieldCss.input)}
              maxLength={maxLength}
              spellCheck="false"
            />
          </Group>
          <FieldNotes help={isFull ? words.full : words.help} />
          <Popover className={cx(popoverCss.popover, fieldCss.choices)} offset={4}>
            <ListBox className={cx(fieldCss.list)}>
              {others.map((one) => (
                <ListBoxItem className={cx(fieldCss.option)} id={one} key={one} textValue={one}>
                  {one}
                </ListBoxItem>
              ))}
            </ListBox>
          </Popover>
        </ComboBox>
      </div>
    </div>
  );
}
