import { useStore } from 'zustand';
import { useApp, useRoute } from '../../state/context.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { Reader } from './reader.tsx';
import { Side } from './side.tsx';
import css from './articles.module.css';

export function ArticlesScreen() {
  const app = useApp();
  const chosen = useRoute(({ current }) => (current.name === 'articles' ? current.id : null));
  const firstId = useStore(app.articles, (state) => state.rows.get(0)?.id ?? null);
  return (
    <div className={cx(css.news, chosen !== null && css.reading)}>
      <Side openId={chosen ?? firstId} />
      <Reader id={chosen ?? firstId} isChosen={chosen !== null} />
    </div>
  );
}
