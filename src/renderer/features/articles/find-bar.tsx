import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { useEffect, useState, type KeyboardEvent, type RefObject } from 'react';
import { useStore } from 'zustand';
import { formatNumber } from '../../i18n/format.ts';
import { useLanguage, useTexts } from '../../state/context.tsx';
import { IconButton } from '../../ui/controls/button.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import type { Sheet } from './sheet.ts';
import css from './articles.module.css';

/** A selection worth looking for: a few words of one line. */
function oneLine(text: string): string {
  const plain = text.replaceAll('\u00ad', '').trim();
  return plain.length <= 80 && !plain.includes('\n') ? plain : '';
}

/**
 * Finds text in the article. Hits are marked without changing the text; Enter goes on, Shift with
 * Enter back, Esc gives back the selection that was there.
 */
export function FindBar({
  sheet,
  fieldRef,
  onClose,
}: {
  sheet: Sheet;
  fieldRef: RefObject<HTMLInputElement | null>;
  onClose: () => void;
}) {
  const { articles } = useTexts();
  const language = useLanguage();
  const { hits, current } = useStore(sheet.state);
  const [before] = useState(() => sheet.selected);
  const [text, setText] = useState(() => oneLine(before?.toString() ?? ''));
  useEffect(() => {
    fieldRef.current?.focus();
    fieldRef.current?.select();
  }, [fieldRef]);
  useEffect(() => sheet.find(text), [sheet, text]);
  useEffect(() => () => sheet.find(''), [sheet]);
  const close = (): void => {
    sheet.select(before);
    onClose();
  };
  const keys = (event: KeyboardEvent): void => {
    const act = {
      Enter: () => sheet.go(event.shiftKey ? -1 : 1),
      Escape: close,
    }[event.key];
    if (!act || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const count =
    text.trim() === ''
      ? ''
      : hits === 0
        ? articles.noHits
        : articles.hitOf(formatNumber(current + 1, language), formatNumber(hits, language));
  return (
    <div className={css.find} role="search">
      <div className={css.findField} onKeyDown={keys}>
        <Icon of={Search} />
        <input
          aria-label={articles.find}
          autoComplete="off"
          ref={fieldRef}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <output className={css.findCount}>{count}</output>
      </div>
      <IconButton
        icon={ChevronUp}
        isDisabled={hits === 0}
        keys="Shift ↵"
        label={articles.previousHit}
        size={28}
        onPress={() => sheet.go(-1)}
      />
      <IconButton
        icon={ChevronDown}
        isDisabled={hits === 0}
        keys="↵"
        label={articles.nextHit}
        size={28}
        onPress={() => sheet.go(1)}
      />
      <IconButton icon={X} keys="Esc" label={articles.closeFind} size={28} onPress={close} />
    </div>
  );
}
