import { Check, Download, FolderOpen } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { shownName } from '../../../shared/model/names.ts';
import { isRecalled } from '../../../shared/api/rights.ts';
import { formatBytes, formatMoment, formatNumber, languageName } from '../../i18n/format.ts';
import { sinceMoment } from '../../state/transfer-labels.ts';
import { restrictionLabel } from '../../state/asset-labels.ts';
import { useApp, useConnection, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { downloadAsset } from '../../state/enqueue.ts';
import { useRead } from '../../state/queries.ts';
import { useActions } from '../../state/transfer-actions.ts';
import type { CorrectionDiffView, RecallView, TransferDetail } from '../../state/views.ts';
import { changeOf } from '../../state/word-diff.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Badge, type BadgeTone } from '../../ui/display/badge.tsx';
import { DiffBox } from '../../ui/display/diff.tsx';
import css from './recall.module.css';

type ShownRecall = NonNullable<TransferDetail['recall']>;
export type RecalledDetail = TransferDetail & { recall: ShownRecall };
export const isRecalledDetail = (detail: TransferDetail): detail is RecalledDetail =>
  detail.recall !== null;

/** The recall as it is recorded; null until it is read. */
function useRecall({ id, recall }: RecalledDetail): RecallView | null {
  const { data } = useRead('recalls.list', {
    range: { offset: 0, count: 50 },
    transferIds: [id],
  });
  return data?.items.find((one) => one.id === recall.id) ?? null;
}

const useDiff = ({ recall }: RecalledDetail) =>
  useRead('recalls.diff', { id: recall.id }, { enabled: recall.kind === 'corrected' });

function useWhen(): (ms: number) => string {
  const { recalls } = useTexts();
  const language = useLanguage();
  const nowMs = useNow(60_000);
  return (ms) => sinceMoment(ms, { recalls, language, nowMs });
}

const BADGES: Record<ShownRecall['kind'], BadgeTone> = {
  withdrawn: 'withdrawn',
  'on-hold': 'held',
  corrected: 'updated',
  expired: 'expired',
  lifted: 'here',
};

/** What the publisher has done, when, and in which words. */
export function RecallHead({ detail }: { detail: RecalledDetail }) {
  const { recalls, badges } = useTexts();
  const { kind, atMs, rev } = detail.recall;
  const recall = useRecall(detail);
  const when = useWhen();
  return (
    <section className={css.head}>
      <p className={css.what}>
        <Badge tone={BADGES[kind]}>
          {kind === 'corrected'
            ? rev.to === null
              ? badges.updated
              : recalls.version(rev.to)
            : kind === 'lifted'
              ? badges.here
              : badges[kind]}
        </Badge>
        <span>{recalls.by[kind](when(atMs))}</span>
      </p>
      {recall && kind !== 'expired' && (
        <p className={recall.words === null ? css.quiet : css.words} dir="auto">
          {recall.words === null ? recalls.noWords : recalls.quoted(recall.words)}
        </p>
      )}
      {recall?.acknowledged && (
        <p className={css.quiet}>
          {recalls.acknowledgedBy(recall.acknowledged.who, when(recall.acknowledged.atMs))}
        </p>
      )}
    </section>
  );
}

/** What has changed, and where the files are. */
export function RecallBody({ detail }: { detail: RecalledDetail }) {
  return (
    <div className={css.diff}>
      {detail.recall.kind === 'corrected' && <Changes detail={detail} />}
      <Places detail={detail} />
    </div>
  );
}

function Changes({ detail }: { detail: RecalledDetail }) {
  const { recalls, errors } = useTexts();
  const isOffline = useConnection()?.state === 'offline';
  const { data: diff, error } = useDiff(detail);
  if (!diff) {
    const words = !error
      ? recalls.comparing(detail.recall.rev.from)
      : isOffline || error.code === 'offline'
        ? recalls.offline
        : recalls.notCompared(errors[error.code]);
    return (
      <p className={css.quiet} role="status">
        {words}
      </p>
    );
  }
  const isSame =
    diff.headline === null &&
    [diff.restrictions, diff.shots, diff.script.paragraphs, diff.captions].every(
      ({ length }) => length === 0,
    ) &&
    (diff.files?.changes.length ?? 0) === 0;
  return (
    <>
      {diff.isBlind && <p className={css.quiet}>{recalls.blind}</p>}
      {isSame && diff.files && <p className={css.quiet}>{recalls.noDifference}</p>}
      <Texts diff={diff} />
      <FileChanges diff={diff} />
    </>
  );
}

type Changed<T> = { before: T | null; after: T | null };

/** How many were added, changed and removed. */
const countsOf = (
  changes: readonly Changed<unknown>[],
): { added: number; removed: number; changed: number } => ({
  added: changes.filter(({ before }) => before === null).length,
  removed: changes.filter(({ after }) => after === null).length,
  changed: changes.filter(({ before, after }) => before !== null && after !== null).length,
});

/** Both sides of a change as text. */
const asText =
  <T,>(of: (one: T) => string) =>
  ({ before, after }: Changed<T>): Changed<string> => ({
    before: before === null ? null : of(before),
    after: after === null ? null : of(after),
  });

function Texts({ diff }: { diff: CorrectionDiffView }) {
  const texts = useTexts();
  const { recalls, asset } = texts;
  const language = useLanguage();
  const { sections } = recalls;
  type Restriction = NonNullable<CorrectionDiffView['restrictions'][number]['after']>;
  const rule = (one: Restriction): string =>
    restrictionLabel(one as Parameters<typeof restrictionLabel>[0], texts, language);
  const captions = ({ language: of, kind }: { language: string; kind: string }): string =>
    `${languageName(of, language)}, ${asset.captionKinds[kind] ?? kind}`;
  const script = diff.script.language;
  return (
    <>
      {diff.headline && <Section changes={[diff.headline]} title={sections.headline} />}
      <Section changes={diff.restrictions.map(asText(rule))} title={sections.restrictions} />
      <Section
        changes={diff.shots.map(asText((shot) => shot.text))}
        captions={diff.shots.map(({ before, after }) => {
          const shot = after ?? before;
          return shot && recalls.shot(shot.n, shot.in);
        })}
        title={sections.shots}
      />
      <Section
        changes={diff.script.paragraphs}
        lang={script}
        title={script === null ? sections.script : recalls.scriptIn(languageName(script, language))}
      />
      <Section changes={diff.captions.map(asText(captions))} title={sections.captions} />
    </>
  );
}

function Section({
  title,
  changes,
  captions = [],
  lang = null,
}: {
  title: string;
  changes: readonly Changed<string>[];
  /** What a change is about, above its lines. */
  captions?: readonly (string | null)[];
  lang?: string | null;
}) {
  const { recalls } = useTexts();
  const language = useLanguage();
  if (changes.length === 0) return null;
  return (
    <section>
      <h3>
        {title}
        <span>{recalls.counts(countsOf(changes))}</span>
      </h3>
      {changes.map(({ before, after }, at) => (
        <DiffBox
          caption={captions[at] ?? null}
          key={`${at} ${before} ${after}`}
          lang={lang}
          said={recalls}
          {...changeOf(before, after, lang ?? language)}
        />
      ))}
    </section>
  );
}

/** A fact of the list: what it is about, and its value. */
type Fact = { id: string; name: ReactNode; value: string; title?: string };

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={css.facts}>
      {facts.map(({ id, name, value, title }) => (
        <div key={id}>
          <dt title={title}>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function FileChanges({ diff: { files } }: { diff: CorrectionDiffView }) {
  const { recalls } = useTexts();
  const language = useLanguage();
  const title = <h3>{recalls.sections.files}</h3>;
  if (!files)
    return (
      <section>
        {title}
        <p className={css.quiet}>{recalls.filesUnknown}</p>
      </section>
    );
  if (files.changes.length === 0) return null;
  const removed = files.changes.filter(({ change }) => change === 'removed');
  const come = files.changes.filter(({ change }) => change !== 'removed');
  const inPieces = come.filter(({ pieces }) => pieces !== null);
  const whole = come.filter(({ pieces }) => pieces === null);
  const facts: Fact[] = [
    ...inPieces.map(({ path, pieces, differentBytes }) => ({
      id: path,
      name: <span dir="auto">{shownName(path)}</span>,
      title: shownName(path),
      value: recalls.pieces(
        formatNumber(pieces?.different ?? 0, language),
        formatNumber(pieces?.total ?? 0, language),
        formatBytes(differentBytes, language),
      ),
    })),
    ...(whole.length === 0
      ? []
      : [
          {
            id: '\nwhole',
            name:
              inPieces.length === 0
                ? recalls.files(whole.length)
                : recalls.otherFiles(whole.length),
            title: whole.map(({ path }) => shownName(path)).join('\n'),
            value: formatBytes(
              whole.reduce((sum, { differentBytes }) => sum + differentBytes, 0),
              language,
            ),
          },
        ]),
    ...(removed.length === 0
      ? []
      : [
          {
            id: '\nremoved',
            name: recalls.removedFiles(removed.length),
            title: removed.map(({ path }) => shownName(path)).join('\n'),
            value: recalls.notNeeded,
          },
        ]),
  ];
  return (
    <section>
      <h3>
        {recalls.sections.files}
        <span>
          {recalls.filesChanged(files.changes.length, files.changes.length + files.unchanged)}
        </span>
      </h3>
      <Facts facts={facts} />
    </section>
  );
}

function Places({ detail }: { detail: RecalledDetail }) {
  const { recalls, errors } = useTexts();
  const recall = useRecall(detail);
  const language = useLanguage();
  const nowMs = useNow(60_000);
  if (!recall) return null;
  const valueOf = ({ kind, notice, error }: RecallView['places'][number]): string => {
    const what = kind === 'copy' ? recalls.copyHere : recalls.packageHere(recall.rev.from);
    if (error?.code === 'not-found') return recalls.placeGone;
    return notice === 'failed' || error
      ? `${what}. ${recalls.noticeFailed(error ? errors[error.code] : '')}`
      : what;
  };
  // What never was complete has no place of its own yet.
  const own =
    recall.places.length > 0 || detail.state.phase !== 'done'
      ? []
      : [{ id: detail.folder, name: detail.folder, value: recalls.packageHere(recall.rev.from) }];
  const facts: Fact[] = [
    ...own,
    ...recall.places.map((place) => ({
      id: `${place.kind} ${place.folder}`,
      name: place.folder,
      title: [place.folder, ...place.files].join('\n'),
      value: valueOf(place),
    })),
    ...(detail.state.phase !== 'done' || detail.finishedAt === null
      ? []
      : [
          {
            id: '\nhanded-out',
            name: recalls.handedOut,
            value: formatMoment(detail.finishedAt, nowMs, language),
          },
        ]),
  ];
  if (facts.length === 0) return null;
  return (
    <section>
      <h3>{recalls.sections.places}</h3>
      <Facts facts={facts} />
      {recall.copies === 'due' && <p className={css.quiet}>{recalls.copiesDue}</p>}
      {recall.copies === 'partial' && <p className={css.quiet}>{recalls.copiesPartial}</p>}
    </section>
  );
}

/** The one thing to do, at the drawer's foot. */
export function RecallActions({ detail }: { detail: RecalledDetail }) {
  const app = useApp();
  const { recalls, transfers } = useTexts();
  const language = useLanguage();
  const actions = useActions();
  const ref = useRef<HTMLElement>(null);
  const { recall, state, assetId, packageId } = detail;
  const { data: diff } = useDiff(detail);
  const ids = recall.isToAcknowledge ? [recall.id] : [];
  /** Its button goes away with what it is for. */
  const focusNext = (): void => ref.current?.querySelector<HTMLElement>('button')?.focus();
  const acknowledge = async (): Promise<void> => {
    if (await actions.acknowledgeRecalls(ids)) setTimeout(focusNext);
  };
  const getNew = async (): Promise<void> => {
    if (assetId !== null) await downloadAsset(app, assetId, packageId);
  };
  return (
    <footer className={css.take} data-docked="narrow" ref={ref}>
      {recall.kind === 'corrected' && (
        <>
          <Button wide icon={Download} tone="main" onPress={() => void getNew()}>
            {diff?.files
              ? recalls.getNew(
                  formatBytes(diff.files.differentBytes, language),
                  formatBytes(diff.files.totalBytes, language),
                )
              : recalls.getNewPlain}
          </Button>
          <p>{recalls.onlyPieces(recall.rev.from, recall.rev.to)}</p>
        </>
      )}
      {isRecalled(recall.kind) && recall.isToAcknowledge && (
        <>
          <Button wide icon={Check} tone="main" onPress={() => void acknowledge()}>
            {recalls.acknowledge}
          </Button>
          <p>{recalls.recordedNote}</p>
        </>
      )}
      <div>
        {state.phase === 'done' && (
          <Button icon={FolderOpen} size={28} onPress={() => actions.reveal(detail)}>
            {transfers.openFolder}
          </Button>
        )}
        {recall.kind === 'corrected' && recall.isToAcknowledge && (
          <Button icon={Check} size={28} onPress={() => void actions.markReviewed(ids)}>
            {recalls.markReviewed}
          </Button>
        )}
      </div>
    </footer>
  );
}
