import type { ReactNode } from 'react';
import { Tab as AriaTab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import { Count } from '../display/badge.tsx';
import { cx } from '../styles/cx.ts';
import css from './tabs.module.css';

export type Tab<V extends string> = {
  value: V;
  label: string;
  count?: number | string | undefined;
  danger?: boolean;
};
type TabsProps<V extends string> = {
  label: string;
  value: V;
  tabs: readonly Tab<V>[];
  onChange: (value: V) => void;
  /** No border and padding of its own, for use inside another bar. */
  bare?: boolean;
  /** Content at the end of the tab list. */
  tools?: ReactNode;
  rowClassName?: string | undefined;
  panelClassName?: string | undefined;
  children: ReactNode;
};

/** Tab list with one panel; `children` is the panel of the selected tab. */
export function Tabs<V extends string>({
  label,
  value,
  tabs,
  onChange,
  bare = false,
  tools,
  rowClassName,
  panelClassName,
  children,
}: TabsProps<V>) {
  const list = (
    <TabList aria-label={label} className={cx(css.list, bare && css.bare)}>
      {tabs.map((tab) => (
        <AriaTab className={cx(css.tab)} id={tab.value} key={tab.value}>
          {({ isSelected }) => (
            <>
              {tab.label}
              {tab.count !== undefined && (
                <span className={cx(css.count, tab.count === 0 && css.zero)}>
                  <Count tone={tab.danger ? 'danger' : isSelected ? 'accent' : undefined}>
                    {tab.count}
                  </Count>
                </span>
              )}
            </>
          )}
        </AriaTab>
      ))}
    </TabList>
  );
  return (
    <AriaTabs
      className={cx(css.tabs)}
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as V)}
    >
      {rowClassName === undefined ? (
        list
      ) : (
        <div className={rowClassName}>
          {list}
          {tools}
        </div>
      )}
      <TabPanel className={cx(css.panel, panelClassName)} id={value} key={value}>
        {children}
      </TabPanel>
    </AriaTabs>
  );
}
