import { Radio, RadioGroup } from 'react-aria-components';
import { cx } from '../styles/cx.ts';
import css from './papers.module.css';

/** One of several papers, each shown in its own colours (`data-paper` in tokens.css). */
export function Papers<V extends string>({
  label,
  value,
  papers,
  onChange,
}: {
  label: string;
  value: V;
  papers: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
}) {
  return (
    <RadioGroup
      aria-label={label}
      className={cx(css.papers)}
      orientation="horizontal"
      value={value}
      onChange={(next) => onChange(next as V)}
    >
      {papers.map((paper) => (
        <Radio
          className={cx(css.paper)}
          data-paper={paper.value}
          key={paper.value}
          value={paper.value}
        >
          <b aria-hidden>Aa</b>
          {paper.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}
