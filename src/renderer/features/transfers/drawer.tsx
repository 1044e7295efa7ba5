import {
  AlarmClock,
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  FileCheck,
  ArrowDown,
  FolderOpen,
  ListX,
  Pause,
  Play,
  RefreshCw,
  ScanSearch,
  Wrench,
  Zap,
  ZapOff,
} from 'lucide-react';
import { useEffect } from 'react';
import { recordText } from '../../../shared/model/integrity.ts';
import { shownName } from '../../../shared/model/names.ts';
import {
  formatBytes,
  formatPart,
  formatRate,
  formatWhen,
  type Language,
  formatMoment,
} from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useApp, useLanguage, useNow, useSources, useTexts } from '../../state/context.tsx';
import { sourceName } from '../../state/source-labels.ts';
import type { TransferDetail } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Icon, type LucideIcon, type Tone } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { ProgressBar } from '../../ui/display/progress.tsx';
import { SrOnly } from '../../ui/display/text.tsx';
import {
  Drawer as Details,
  DrawerActions,
  DrawerBody,
  DrawerSection,
  Facts,
} from '../../ui/layout/drawer.tsx';
import { KeyButton } from './key-dialog.tsx';
import { Pieces } from './pieces.tsx';
import { isRecalledDetail, RecallActions, RecallBody, RecallHead } from './recall-details.tsx';
import { useFigures } from './row.tsx';
import { fractionOf, useDamage, useStateView } from '../../state/transfer-labels.ts';
import { useActions } from '../../state/transfer-actions.ts';
import { useTransferDetail } from '../../state/queries.ts';
import css from './transfers.module.css';

/** Beside the list, never over it. Esc closes it and returns the focus to the row. */
export function Drawer({
  id,
  onOptions,
}: {
  id: string;
  onOptions: (row: TransferDetail) => void;
}) {
  const app = useApp();
  const { transfers } = useTexts();
  const detail = useTransferDetail(id);
  const close = (): void => {
    const row =
      document.querySelector<HTMLElement>(`[data-row="${id}"] button[data-index]`) ??
      document.querySelector<HTMLElement>('[data-row] button[data-index]');
    app.route.getState().go({ name: 'transfers', id: null });
    row?.focus();
  };
  // The transfer was removed from the list: close, and return the focus to the list.
  useEffect(() =>
    app.client.on('transfers.changed', ({ removed }) => removed.includes(id) && close()),
  );
  return (
    <Details
      closeLabel={transfers.closeDetails}
      label={transfers.details}
      title={detail?.title}
      onClose={close}
    >
      {detail && (
        <>
          {isRecalledDetail(detail) && <RecallHead detail={detail} />}
          <DrawerBody>
            {isRecalledDetail(detail) && <RecallBody detail={detail} />}
            <Figures detail={detail} />
            {/* Of a correction its own files are shown: those that differ. */}
            {detail.recall?.kind !== 'corrected' && (
              <>
                {detail.pieces && <Pieces pieces={detail.pieces} />}
                <Files files={detail.files} id={detail.id} recorded={detail.recorded} />
              </>
            )}
          </DrawerBody>
          {isRecalledDetail(detail) ? (
            <RecallActions detail={detail} />
          ) : (
            <Acts detail={detail} onOptions={onOptions} />
          )}
        </>
      )}
    </Details>
  );
}

function Figures({ detail }: { detail: TransferDetail }) {
  const texts = useTexts();
  const { transfers, errors } = texts;
  const from = useSources().find(({ id }) => id === detail.service);
  const language = useLanguage();
  const now = useNow(60_000);
  const actions = useActions();
  const view = useStateView(detail);
  const figures = useFigures(detail);
  const { state } = detail;
  const source = [
    from ? sourceName(from, texts) : hostOf(detail.service ?? detail.source),
    detail.connections > 0 && transfers.connections(detail.connections),
  ]
    .filter(Boolean)
    .join(', ');
  const facts: [string, string][] = [
    ...(detail.label === '' ? [] : [[transfers.rendition, detail.label] as [string, string]]),
    [state.phase === 'done' ? transfers.savedIn : transfers.savesTo, detail.folder],
    ...(source === '' ? [] : [[transfers.source, source] as [string, string]]),
    [
      transfers.resumed,
      detail.resumes === 0
        ? transfers.never
        : [
            transfers.times(detail.resumes),
            detail.refetchedBytes > 0 &&
              transfers.refetched(formatBytes(detail.refetchedBytes, language)),
          ]
            .filter(Boolean)
            .join(', '),
    ],
    ...(detail.deadline === null
      ? []
      : [
          [transfers.deadline, deadlineLabel(detail.deadline, now, language, transfers)] as [
            string,
            string,
          ],
        ]),
    ...(detail.limitBytesPerSecond === null
      ? []
      : [
          [transfers.limitOwn, formatRate(detail.limitBytesPerSecond, language)] as [
            string,
            string,
          ],
        ]),
    [transfers.added, formatWhen(detail.addedAt, now, language)],
    ...(detail.finishedAt === null
      ? []
      : [[transfers.finished, formatWhen(detail.finishedAt, now, language)] as [string, string]]),
  ];
  return (
    <DrawerSection>
      <div className={css.big}>
        <b>{figures.done}</b>
        <span>{figures.bytes}</span>
        <span>
          {detail.bytesPerSecond > 0 && view.time === ''
            ? formatRate(detail.bytesPerSecond, language)
            : view.time}
        </span>
      </div>
      <ProgressBar
        label={transfers.progressOf(detail.title)}
        tone={view.bar}
        value={fractionOf(detail)}
      />
      {state.phase === 'failed' && (
        <InlineAlert
          action={
            state.code === 'untrusted-key' ? (
              <KeyButton onAccepted={() => actions.retry(detail)} />
            ) : undefined
          }
          title={view.words}
          tone="danger"
        >
          {errors[state.code]}
        </InlineAlert>
      )}
      {state.phase === 'done' &&
        (view.action === 'repair' || (detail.rights && !detail.recall)) && (
          <InlineAlert
            icon={view.icon}
            title={view.words}
            tone={view.tone === 'danger' ? 'danger' : 'warning'}
          />
        )}
      {state.phase === 'waiting' && (
        <InlineAlert
          icon={view.icon}
          title={view.words}
          tone={state.reason === 'embargo' ? 'embargo' : 'warning'}
        >
          {view.note ?? undefined}
        </InlineAlert>
      )}
      <Facts facts={facts} />
    </DrawerSection>
  );
}

/** A package's source is its id, which means nothing to users. */
const hostOf = (source: string): string | null =>
  URL.canParse(source) ? new URL(source).host : null;

/** The deadline and, if known, the expected time of completion. */
function deadlineLabel(
  { atMs, expectedAtMs }: NonNullable<TransferDetail['deadline']>,
  nowMs: number,
  language: Language,
  { expected }: Texts['transfers'],
): string {
  const at = formatMoment(atMs, nowMs, language);
  return expectedAtMs === null ? at : expected(at, formatMoment(expectedAtMs, nowMs, language));
}

type FileRow = TransferDetail['files'][number];
const FILE_ICONS: Record<FileRow['state'], [LucideIcon, Tone | undefined]> = {
  missing: [CircleDashed, undefined],
  running: [ArrowDown, 'accent'],
  verifying: [ScanSearch, 'success'],
  done: [CircleCheck, 'success'],
  failed: [CircleAlert, 'danger'],
};

function Files({ files, id, recorded }: Pick<TransferDetail, 'files' | 'id' | 'recorded'>) {
  const { transfers } = useTexts();
  const language = useLanguage();
  const damage = useDamage(id);
  const isDamaged = ({ path, state }: FileRow): boolean =>
    state === 'done' && damage?.has(path) === true;
  return (
    <DrawerSection>
      <h3>
        {transfers.files}
        {!recorded && (
          <span>
            {transfers.filesVerified(
              files.filter((file) => file.verified && !isDamaged(file)).length,
              files.length,
            )}
          </span>
        )}
      </h3>
      {recorded && <p className={css.record}>{recordText(recorded, language)}</p>}
      <ul>
        {files.map((file) => {
          const [icon, tone] = FILE_ICONS[isDamaged(file) ? 'failed' : file.state];
          const partly = file.bytes !== null && file.state === 'running';
          return (
            <li
              className={css.file}
              key={file.path}
              title={[
                shownName(file.path),
                file.given !== null && transfers.originalName(shownName(file.given)),
                file.sha256 !== null && `SHA-256 ${file.sha256}`,
              ]
                .filter(Boolean)
                .join('\n')}
            >
              <Icon of={icon} size={14} tone={tone} />
              <span dir="auto">
                <FileName name={shownName(file.path)} />
                <SrOnly>
                  , {isDamaged(file) ? transfers.damagedFile : transfers.fileStates[file.state]}
                  {file.given !== null && `, ${transfers.originalName(shownName(file.given))}`}
                </SrOnly>
              </span>
              <span>
                {partly
                  ? formatPart(file.receivedBytes, file.bytes ?? 0, language, transfers.ofBytes)
                  : formatBytes(file.bytes ?? file.receivedBytes, language)}
              </span>
            </li>
          );
        })}
      </ul>
    </DrawerSection>
  );
}

/** Characters of a file's name that stay: its kind, number and extension. */
const END = 16;

/** Files of a package often differ only at the end of their names: it stays when a name is cut. */
function FileName({ name }: { name: string }) {
  const letters = Array.from(name);
  return (
    <>
      <span>{letters.slice(0, -END).join('')}</span>
      <span>{letters.slice(-END).join('')}</span>
    </>
  );
}

function Acts({
  detail,
  onOptions,
}: {
  detail: TransferDetail;
  onOptions: (row: TransferDetail) => void;
}) {
  const { transfers } = useTexts();
  const actions = useActions();
  const { phase } = detail.state;
  const isOver = phase === 'done' || phase === 'failed' || phase === 'cancelled';
  return (
    <DrawerActions>
      {phase === 'done' && (
        <>
          <Button icon={FolderOpen} size={28} onPress={() => actions.reveal(detail)}>
            {transfers.openFolder}
          </Button>
          <Button icon={ScanSearch} size={28} onPress={() => actions.verify([detail.id])}>
            {transfers.verify}
          </Button>
          <Button icon={Wrench} size={28} onPress={() => actions.repair([detail.id])}>
            {transfers.repair}
          </Button>
          <Button icon={FileCheck} size={28} onPress={() => actions.report(detail)}>
            {transfers.report}
          </Button>
        </>
      )}
      {(phase === 'failed' || phase === 'cancelled') && (
        <Button icon={RefreshCw} size={28} onPress={() => actions.retry(detail)}>
          {transfers.retry}
        </Button>
      )}
      {phase === 'paused' && (
        <Button filled icon={Play} size={28} onPress={() => actions.resume(detail)}>
          {transfers.resume}
        </Button>
      )}
      {!isOver && phase !== 'paused' && (
        <Button filled icon={Pause} size={28} onPress={() => actions.pause(detail)}>
          {transfers.pause}
        </Button>
      )}
      {!isOver && (
        <Button
          icon={detail.urgent ? ZapOff : Zap}
          size={28}
          onPress={() => actions.urgent(detail, !detail.urgent)}
        >
          {detail.urgent ? transfers.makeNormal : transfers.makeUrgent}
        </Button>
      )}
      {!isOver && (
        <Button icon={AlarmClock} size={28} tone="quiet" onPress={() => onOptions(detail)}>
          {transfers.optionsShort}
        </Button>
      )}
      {isOver ? (
        <Button icon={ListX} size={28} tone="quiet" onPress={() => actions.clear([detail.id])}>
          {transfers.clear}
        </Button>
      ) : (
        <Button icon={Ban} size={28} tone="quiet" onPress={() => actions.cancel(detail)}>
          {transfers.cancel}
        </Button>
      )}
    </DrawerActions>
  );
}
