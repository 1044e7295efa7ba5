import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '../../i18n/format.ts';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { useTask } from '../../state/use-task.ts';
import type { ClearableView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Checkbox } from '../../ui/controls/choice.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import css from './recall.module.css';

const keyOf = ({ id, folder }: Pick<ClearableView, 'id' | 'folder'>): string => `${id} ${folder}`;

/** Folders that could not be cleared, and why. */
type Failures = { folder: string; text: string }[];

/**
 * One reviewed step: every package and copy with its folder, size and reason. Nothing is ticked
 * until somebody ticks it.
 */
export function ClearDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { recalls, common, errors } = useTexts();
  const language = useLanguage();
  const { isPending, run } = useTask(useReportError());
  const { data, error, refetch } = useRead('transfers.clearable', undefined, {
    isForgotten: true,
  });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [failures, setFailures] = useState<Failures>([]);
  const chosen = data?.items.filter((place) => ticked.has(keyOf(place))) ?? [];
  const size = (places: readonly { bytes: number }[]): string =>
    formatBytes(
      places.reduce((sum, { bytes }) => sum + bytes, 0),
      language,
    );
  const toggle = (place: ClearableView, isOn: boolean): void =>
    setTicked((before) => {
      const next = new Set(before);
      if (isOn) next.add(keyOf(place));
      else next.delete(keyOf(place));
      return next;
    });
  const clear = (): void =>
    void run(async () => {
      const { items, failed } = await app.client.call('transfers.clear-from-disk', {
        places: chosen.map(({ id, folder }) => ({ id, folder })),
      });
      const left = items.reduce((sum, one) => sum + one.left, 0);
      if (items.length > 0)
        app.toasts
          .getState()
          .show(
            [recalls.cleared(items.length, size(items)), left > 0 && recalls.clearLeft(left)]
              .filter(Boolean)
              .join(' '),
          );
      setTicked(new Set());
      setFailures(failed.map(({ folder, error: { code } }) => ({ folder, text: errors[code] })));
      app.transferList.getState().refresh();
      if (failed.length === 0) onClose();
      else await refetch();
    });
  return (
    <Dialog
      isOpen
      urgent
      wide
      actions={
        <>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            icon={Trash2}
            isDisabled={chosen.length === 0}
            isPending={isPending}
            tone="danger"
            onPress={clear}
          >
            {recalls.clearRun(chosen.length, size(chosen))}
          </Button>
        </>
      }
      icon={Trash2}
      title={recalls.clearTitle}
      tone="danger"
      onClose={onClose}
    >
      <p>{recalls.clearText}</p>
      {failures.map(({ folder, text }) => (
        <InlineAlert key={folder} urgent title={folder} tone="danger">
          {text}
        </InlineAlert>
      ))}
      {!data && <p role="status">{error ? errors[error.code] : recalls.clearLoading}</p>}
      {data && data.items.length === 0 && <p>{recalls.clearNothing}</p>}
      {data && data.items.length > 0 && (
        <ul className={css.places}>
          {data.items.map((place) => (
            <li key={keyOf(place)}>
              <Checkbox
                isSelected={ticked.has(keyOf(place))}
                onChange={(isOn) => toggle(place, isOn)}
              >
                <span className={css.place}>
                  <b dir="auto">{place.title}</b>
                  <span>
                    {[
                      place.kind === 'copy' && recalls.clearCopy,
                      recalls.clearReasons[place.reason],
                      recalls.clearFacts(place.files, formatBytes(place.bytes, language)),
                    ]
                      .filter(Boolean)
                      .join(', ')}
                  </span>
                  <span>{place.folder}</span>
                </span>
              </Checkbox>
            </li>
          ))}
        </ul>
      )}
      {data && data.away > 0 && <p>{recalls.clearAway(data.away)}</p>}
    </Dialog>
  );
}
