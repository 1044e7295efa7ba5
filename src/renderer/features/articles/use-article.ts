import { useEffect, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useConnection, useDesk } from '../../state/context.tsx';
import type { ArticleView } from '../../state/views.ts';

type Opened = { article: ArticleView | null; failed: AppError | null };

/**
 * The article with this id, read again when main says that it changed. The last one stays until the
 * next is there.
 */
export function useArticle(id: string | null): Opened {
  const desk = useDesk();
  const state = useConnection()?.state;
  const [opened, setOpened] = useState<Opened & { id: string | null }>({
    id: null,
    article: null,
    failed: null,
  });
  useEffect(() => {
    if (id === null) return undefined;
    let alive = true;
    const read = (): void =>
      void desk.client.call('articles.get', { id }).then(
        // The same content stays the same object, so that nothing is drawn anew at every poll.
        (article) =>
          alive &&
          setOpened((before) =>
            before.id === id && JSON.stringify(before.article) === JSON.stringify(article)
              ? before
              : { id, article, failed: null },
          ),
        (thrown: unknown) =>
          alive &&
          setOpened((before) =>
            before.id === id && before.article
              ? before
              : {
                  id,
                  article: null,
                  failed:
                    thrown instanceof AppError ? thrown : new AppError('bug', 'Unexpected error'),
                },
          ),
      );
    // A connection that comes back is a reason to try again.
    if (state !== undefined) read();
    const stop = desk.client.on('articles.changed', ({ ids }) => {
      if (ids.includes(id)) read();
    });
    // The footage beside it may be withdrawn while the article stays as it is.
    const stopLibrary = desk.library.subscribe((now, before) => {
      if (now.value?.rev !== before.value?.rev && state !== undefined) read();
    });
    return () => {
      alive = false;
      stop();
      stopLibrary();
    };
  }, [desk, id, state]);
  return opened.id === id ? opened : { article: null, failed: null };
}
