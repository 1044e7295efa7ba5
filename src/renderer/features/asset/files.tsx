import { ChevronDown, ChevronRight, Copy, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { idsToAcknowledge, restrictionAcknowledgement } from '../../../shared/api/rights.ts';
import { formatBytes, languageName } from '../../i18n/format.ts';
import { ownKeys } from '../../i18n/own-keys.ts';
import { capitalised, restrictionLabel } from '../../state/asset-labels.ts';
import { useApp, useConnection, useLanguage, useTexts } from '../../state/context.tsx';
import { copyText } from '../../state/copy-text.ts';
import { useRead } from '../../state/queries.ts';
import type { ShownWords } from '../../state/queue-plan.ts';
import type { AssetView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { InlineAlert } from '../../ui/display/inline-alert.tsx';
import { Skeleton } from '../../ui/display/progress.tsx';
import { isPreviewFile } from './copy.ts';
import css from './asset.module.css';

type Offer = AssetView['packageContents'][number];
type PackageFile = Offer['components'][number];

/**
 * What the chosen package holds: every file with what it is, its language and its size. Texts are
 * read in place.
 */
export function Files({ asset, offer }: { asset: AssetView; offer: Offer | null }) {
  const { asset: words } = useTexts();
  const [openId, setOpenId] = useState<string | null>(null);
  const [confirmed, setConfirmed] = useState<readonly ShownWords[]>([]);
  const { columns } = words.fileTable;
  if (!offer) return <p className={css.quiet}>{words.noFiles}</p>;
  return (
    <table aria-label={words.filesOf(offer.label)} className={css.files}>
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.role}</th>
          <th scope="col">{columns.language}</th>
          <th scope="col">{columns.bytes}</th>
        </tr>
      </thead>
      {offer.components.map((file) => {
        const isOpen = openId === file.fileId;
        return (
          <tbody key={file.fileId}>
            <FileRow
              file={file}
              isOpen={isOpen}
              onToggle={() => setOpenId(isOpen ? null : file.fileId)}
            />
            {isOpen && (
              <tr ref={showFromItsTop}>
                <td className={css.fileCell} colSpan={4}>
                  <FileText
                    asset={asset}
                    confirmed={confirmed}
                    file={file}
                    packageId={offer.packageId}
                    onConfirm={setConfirmed}
                  />
                </td>
              </tr>
            )}
          </tbody>
        );
      })}
    </table>
  );
}

/** What is opened stands under its name, however low the table is. */
const showFromItsTop = (row: HTMLTableRowElement | null): void =>
  row?.parentElement?.scrollIntoView({ block: 'start' });

const nameOf = ({ path, fileId }: PackageFile): string => path ?? fileId;

function FileRow({
  file,
  isOpen,
  onToggle,
}: {
  file: PackageFile;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const { asset: words } = useTexts();
  const language = useLanguage();
  const roles: Record<string, string> = ownKeys(words.fileRoles);
  const role = isPreviewFile(file) ? words.fileRoles.preview : (roles[file.role] ?? file.role);
  const size =
    file.bytes === null
      ? file.isMade
        ? words.sizeMade
        : words.sizeUnknown
      : formatBytes(file.bytes, language);
  return (
    <tr>
      <th scope="row">
        {file.isText ? (
          <AriaButton aria-expanded={isOpen} className={css.fileName ?? ''} onPress={onToggle}>
            <Icon of={isOpen ? ChevronDown : ChevronRight} size={14} />
            <bdi>{nameOf(file)}</bdi>
          </AriaButton>
        ) : (
          <bdi className={css.fileName}>{nameOf(file)}</bdi>
        )}
      </th>
      <td>{role}</td>
      <td>
        {file.language === null || file.language === 'und'
          ? ''
          : capitalised(languageName(file.language, language))}
      </td>
      <td>{size}</td>
    </tr>
  );
}

type TextProps = {
  asset: AssetView;
  packageId: string;
  file: PackageFile;
  confirmed: readonly ShownWords[];
  onConfirm: (confirmed: ShownWords[]) => void;
};

/** A text as it is, never as a page; what keeps it from being read is said in its place. */
function FileText({ asset, packageId, file, confirmed, onConfirm }: TextProps) {
  const app = useApp();
  const { asset: words, common, errors } = useTexts();
  const language = useLanguage();
  const isOffline = useConnection()?.state === 'offline';
  const { data, error, isFetching, refetch } = useRead(
    'catalogue.file-text',
    { assetId: asset.id, packageId, fileId: file.fileId, confirmed: [...confirmed] },
    { isForgotten: true },
  );
  if (isFetching)
    return (
      <div className={css.fileText} role="status">
        <span className={css.quiet}>{words.readingFile}</span>
        <Skeleton height="3rem" />
      </div>
    );
  if (error?.code === 'restriction-unacknowledged')
    return <ConfirmFirst asset={asset} onConfirm={onConfirm} />;
  if (error)
    return (
      <InlineAlert
        action={
          <Button icon={RotateCw} size={28} onPress={() => void refetch()}>
            {common.retry}
          </Button>
        }
        title={words.fileErrors[error.code] ?? errors[error.code]}
        tone="warning"
      >
        {isOffline ? words.fileOffline : undefined}
      </InlineAlert>
    );
  if (data?.kind !== 'text')
    return (
      <InlineAlert title={data?.kind === 'too-large' ? words.fileTooLarge : words.fileNotText} />
    );
  return (
    <div className={css.fileText}>
      <p className={css.fileFacts}>
        {[
          words.fileFrom[data.from],
          words.fileVouched[data.vouched],
          formatBytes(data.bytes, language),
        ]
          .filter((fact) => fact !== '')
          .join(' · ')}
        <Button
          icon={Copy}
          size={28}
          tone="quiet"
          onPress={() => void copyText(app, data.text, words.copied)}
        >
          {words.copy}
        </Button>
      </p>
      {/* Focusable, so that keys scroll it. */}
      <pre aria-label={nameOf(file)} dir="auto" lang={file.language ?? undefined} tabIndex={0}>
        {data.text}
      </pre>
    </div>
  );
}

/** The words that are shown are those that are recorded. */
function ConfirmFirst({ asset, onConfirm }: Pick<TextProps, 'asset' | 'onConfirm'>) {
  const texts = useTexts();
  const language = useLanguage();
  const { asset: words } = texts;
  const asked = new Set(idsToAcknowledge(asset.verdict));
  const shown = asset.restrictions.flatMap((restriction): ShownWords[] => {
    const id = restrictionAcknowledgement(restriction.id);
    const { kind, mode, values, note } = restriction;
    return asked.has(id)
      ? [
          {
            id,
            text: restrictionLabel(restriction, texts, language),
            rule: { kind, mode, values, note },
          },
        ]
      : [];
  });
  return (
    <InlineAlert
      action={
        <Button size={28} onPress={() => onConfirm(shown)}>
          {words.confirmAndRead}
        </Button>
      }
      title={words.confirmToRead}
      tone="restricted"
    >
      {shown.map(({ id, text }) => (
        <span className={css.reason} key={id}>
          {text}
        </span>
      ))}
    </InlineAlert>
  );
}
