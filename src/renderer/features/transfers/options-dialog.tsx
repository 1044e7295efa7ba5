import { pad2 } from '../../../shared/api/text.ts';
import { AlarmClock } from 'lucide-react';
import { useState } from 'react';
import { useApp, useLanguage, useTexts } from '../../state/context.tsx';
import type { TransferRow } from '../../state/views.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Dialog } from '../../ui/overlays/dialog.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { useReportError } from '../../state/errors.ts';
import css from './transfers.module.css';

const MEGABYTE = 1_000_000;
/** Value of a `datetime-local` field: local time, to the minute. */
function localOf(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${pad2(at.getMonth() + 1)}-${pad2(at.getDate())}T${pad2(at.getHours())}:${pad2(at.getMinutes())}`;
}

/** Deadline and bandwidth limit of a package; both optional. */
export function OptionsDialog({ row, onClose }: { row: TransferRow; onClose: () => void }) {
  const app = useApp();
  const { transfers, common } = useTexts();
  const language = useLanguage();
  const { isPending, run } = useTask(useReportError());
  const [needed, setNeeded] = useState(row.deadline === null ? '' : localOf(row.deadline.atMs));
  const [limit, setLimit] = useState(
    row.limitBytesPerSecond === null
      ? ''
      : new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false }).format(
          row.limitBytesPerSecond / MEGABYTE,
        ),
  );
  const deadlineMs = needed === '' ? null : new Date(needed).getTime();
  const megabytes = limit.trim() === '' ? null : Number(limit.replace(',', '.'));
  const isLimitWrong = megabytes !== null && !(megabytes > 0 && Number.isFinite(megabytes));
  const save = (): void => {
    if (isLimitWrong) return;
    void run(async () => {
      await app.client.call('transfers.set-options', {
        id: row.id,
        deadlineMs,
        limitBytesPerSecond:
          megabytes === null ? null : Math.max(1, Math.round(megabytes * MEGABYTE)),
      });
      onClose();
    });
  };
  return (
    <Dialog isOpen icon={AlarmClock} title={transfers.optionsTitle} tone="accent" onClose={onClose}>
      <p>{row.title}</p>
      <Form onSubmit={save}>
        <Field
          autoFocus
          help={transfers.deadlineHelp}
          label={transfers.deadline}
          type="datetime-local"
          value={needed}
          onChange={setNeeded}
        />
        <Field
          error={isLimitWrong ? transfers.limitWrong : null}
          help={transfers.limitHelp}
          inputMode="decimal"
          label={transfers.limitLabel}
          value={limit}
          onChange={setLimit}
        />
        <div className={css.dialogActions}>
          {(needed !== '' || limit !== '') && (
            <Button
              tone="quiet"
              onPress={() => {
                setNeeded('');
                setLimit('');
              }}
            >
              {transfers.clearBoth}
            </Button>
          )}
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button isPending={isPending} tone="main" type="submit">
            {transfers.save}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
