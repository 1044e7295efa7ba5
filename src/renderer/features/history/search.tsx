import { useEffect, useRef, useState } from 'react';
import { SearchField } from '../../ui/controls/field.tsx';
import { Kbd } from '../../ui/display/text.tsx';
import css from './history.module.css';

/** Pause in typing before it is searched. */
const REST_MS = 150;

/** Control or Command F leads to it. */
export function Search({
  label,
  clearLabel,
  value,
  onSearch,
}: {
  label: string;
  clearLabel: string;
  /** What is searched now. */
  value: string;
  onSearch: (search: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => typed !== value && onSearch(typed), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onSearch]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return;
      event.preventDefault();
      ref.current?.focus();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <SearchField
      className={css.search}
      clearLabel={clearLabel}
      hint={<Kbd>mod F</Kbd>}
      inputRef={ref}
      label={label}
      placeholder={label}
      value={typed}
      onChange={setTyped}
    />
  );
}
