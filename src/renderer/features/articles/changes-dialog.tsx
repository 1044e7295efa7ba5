import { History } from 'lucide-react';
import { useMemo, useState } from 'react';
import { formatMoment } from '../../i18n/format.ts';
import { useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { useRead } from '../../state/queries.ts';
import type { CorrectedTexts } from '../../state/views.ts';
import { changeOf } from '../../state/word-diff.ts';
import { Button, LinkButton } from '../../ui/controls/button.tsx';
import { DiffBox } from '../../ui/display/diff.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { passagesOf, type Passage } from './text-changes.ts';
import css from './changes-dialog.module.css';

/** Changes that are compared word by word at once: each takes up to some 10 ms. */
const SHOWN_AT_ONCE = 30;
/** A paragraph between two changes that is no longer than this isn't folded, characters. */
const SHORT = 160;

/** What a correction has changed, word by word. The texts are a publisher's: they are text only. */
export function ChangesDialog({
  id,
  lang,
  isOpen,
  onClose,
}: {
  id: string;
  /** Language of the article. */
  lang: string;
  isOpen: boolean;
  onClose: () => void;
}) {
  const { articles, common, errors } = useTexts();
  const { data, error } = useRead('articles.correction', { id }, { enabled: isOpen });
  return (
    <Dialog
      wide
      actions={
        <Button tone="main" onPress={onClose}>
          {common.close}
        </Button>
      }
      icon={History}
      isOpen={isOpen}
      title={articles.whatChanged}
      tone="accent"
      onClose={onClose}
    >
      {data ? (
        <Changes lang={lang} texts={data} />
      ) : (
        <p role="status">{error ? errors[error.code] : articles.comparing}</p>
      )}
    </Dialog>
  );
}

function Changes({ texts: { before, now }, lang }: { texts: CorrectedTexts; lang: string }) {
  const { articles } = useTexts();
  const language = useLanguage();
  const nowMs = useNow(60_000);
  const passages = useMemo(() => passagesOf(before.text, now.text), [before, now]);
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const when = (ms: number): string => formatMoment(ms, nowMs, language);
  const changes = passages?.filter(({ isSame }) => !isSame).length ?? 0;
  const isSame = before.headline === now.headline && before.summary === now.summary;
  return (
    <div className={css.changes}>
      <dl className={css.dates}>
        <dt>{articles.textBefore}</dt>
        <dd>{when(before.updatedAt)}</dd>
        <dt>{articles.textNow}</dt>
        <dd>{when(now.updatedAt)}</dd>
      </dl>
      {before.headline !== now.headline && (
        <section>
          <h3>{articles.changedParts.headline}</h3>
          <Change before={before.headline} lang={lang} now={now.headline} />
        </section>
      )}
      {before.summary !== now.summary && (
        <section>
          <h3>{articles.changedParts.summary}</h3>
          <Change before={before.summary || null} lang={lang} now={now.summary || null} />
        </section>
      )}
      {!passages && <p role="status">{articles.tooLongToCompare}</p>}
      {passages && changes > 0 && (
        <section>
          <h3>{articles.changedParts.text}</h3>
          {upTo(passages, shown).map((passage, at) =>
            // Passages have no identity but their place.
            passage.isSame ? (
              <Same key={at} lang={lang} paragraphs={passage.paragraphs} />
            ) : (
              <Change before={passage.before} key={at} lang={lang} now={passage.now} />
            ),
          )}
          {changes > shown && (
            <LinkButton onPress={() => setShown(shown + SHOWN_AT_ONCE)}>
              {articles.moreChanges(changes - shown)}
            </LinkButton>
          )}
        </section>
      )}
      {passages && changes === 0 && isSame && <p>{articles.noWordChanged}</p>}
    </div>
  );
}

/** The passages up to the last of so many changes. */
function upTo(passages: readonly Passage[], changes: number): readonly Passage[] {
  const places = passages.flatMap(({ isSame }, at) => (isSame ? [] : [at]));
  const next = places[changes];
  return next === undefined ? passages : passages.slice(0, next);
}

function Same({ paragraphs, lang }: { paragraphs: readonly string[]; lang: string }) {
  const { articles } = useTexts();
  const texts = paragraphs.map((text, at) => (
    <p dir="auto" key={at} lang={lang}>
      {text}
    </p>
  ));
  const [only] = paragraphs;
  if (paragraphs.length === 1 && only !== undefined && only.length <= SHORT)
    return <div className={css.same}>{texts}</div>;
  return (
    <details className={css.same}>
      <summary>{articles.unchanged(paragraphs.length)}</summary>
      {texts}
    </details>
  );
}

function Change({
  before,
  now,
  lang,
}: {
  before: string | null;
  now: string | null;
  lang: string;
}) {
  const { recalls } = useTexts();
  const change = useMemo(() => changeOf(before, now, lang), [before, now, lang]);
  return <DiffBox {...change} lang={lang} said={recalls} />;
}
