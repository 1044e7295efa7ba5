import { Star, Tag } from 'lucide-react';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../../../shared/model/article-limits.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { IconButton } from '../../ui/controls/button.tsx';
import { usePendingValue } from '../../ui/controls/choice.tsx';
import { TagsField } from '../../ui/controls/tags-field.tsx';
import { PopoverPanel } from '../../ui/overlays/popover.tsx';
import css from './articles.module.css';

/** While a mark is being saved the last press wins. */
export function StarButton({ id, starred }: { id: string; starred: boolean }) {
  const app = useApp();
  const { articles } = useTexts();
  const reportError = useReportError();
  const [isStarred, choose] = usePendingValue(starred, (wanted) =>
    app.client.call('articles.mark', { ids: [id], starred: wanted }).catch(reportError),
  );
  return (
    <IconButton
      aria-pressed={isStarred}
      className={css.star}
      filled={isStarred}
      icon={Star}
      keys="S"
      label={isStarred ? articles.unstar : articles.star}
      size={28}
      onPress={() => choose(!isStarred)}
    />
  );
}

export function TagsButton({ id, tags }: { id: string; tags: readonly string[] }) {
  const app = useApp();
  const { articles } = useTexts();
  const reportError = useReportError();
  const [shown, choose] = usePendingValue(tags, (wanted) =>
    app.client.call('articles.mark', { ids: [id], tags: [...wanted] }).catch(reportError),
  );
  return (
    <PopoverPanel
      button={
        <IconButton
          className={css.tagged}
          data-tagged={shown.length > 0}
          icon={Tag}
          label={shown.length > 0 ? articles.tagsOf(shown.join(', ')) : articles.tags}
          size={28}
        />
      }
      isSheet
      label={articles.tags}
    >
      <Tags tags={shown} onChange={choose} />
    </PopoverPanel>
  );
}

function Tags({
  tags,
  onChange,
}: {
  tags: readonly string[];
  onChange: (tags: readonly string[]) => void;
}) {
  const { articles } = useTexts();
  const overview = useRead('articles.overview', { ownLanguage: null }, { keepPrevious: true }).data;
  return (
    <TagsField
      maxLength={MAX_TAG_LENGTH}
      maxTags={MAX_TAGS}
      suggestions={overview?.tags.map(({ name }) => name) ?? []}
      tags={tags}
      words={{
        tags: articles.tags,
        add: articles.addTag,
        remove: articles.removeTag,
        help: articles.tagsKept,
        full: articles.tagsFull(MAX_TAGS),
      }}
      onChange={onChange}
    />
  );
}
