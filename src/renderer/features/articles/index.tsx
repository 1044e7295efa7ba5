import { useStore } from 'zustand';
import { useApp, useLibrary, useRoute } from '../../state/context.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Reader } from './reader.tsx';
import { Side } from './side.tsx';
import css from './articles.module.css';

export function ArticlesScreen() {
  const app = useApp();
  const chosen = useRoute(({ current }) => (current.name === 'articles' ? current.id : null));
  const firstId = useStore(app.articles, (state) => state.rows.get(0)?.id ?? null);
  const id = chosen ?? firstId;
  const articles = useLibrary()?.articles;
  // Nothing to choose from, filter or read.
  const isEmpty = id === null && articles === 0;
  return (
    <div className={cx(css.news, chosen !== null && css.reading, isEmpty && css.nothing)}>
      <Side isEmpty={isEmpty} openId={id} />
      {!isEmpty && <Reader id={id} isChosen={chosen !== null} />}
    </div>
  );
}
