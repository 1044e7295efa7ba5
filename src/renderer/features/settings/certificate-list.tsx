import { BadgeCheck, CircleAlert } from 'lucide-react';
import { formatDate } from '../../i18n/format.ts';
import { useLanguage, useNow, useTexts } from '../../state/context.tsx';
import type { CertificatesView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { EntryList } from '../../ui/layout/setting.tsx';

type CertificateFile = CertificatesView['authorities'][number];
type Listed = {
  id: string;
  of: CertificateFile;
  /** What it is called. */
  name: string;
  onRemove: () => void;
};

/** Files of certificates: until when they count, or why they aren't used. Nothing for none. */
export function CertificateList({ label, files }: { label: string; files: readonly Listed[] }) {
  const { network: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const textOf = ({ validUntil, fault }: CertificateFile, name: string): string => {
    if (fault !== null) return fault;
    if (validUntil === null) return name;
    const date = formatDate(validUntil, language);
    return `${name}, ${validUntil < now ? words.ended(date) : words.until(date)}`;
  };
  if (files.length === 0) return null;
  return (
    <EntryList
      label={label}
      entries={files.map(({ id, of, name, onRemove }) => ({
        id,
        icon: of.fault === null ? BadgeCheck : CircleAlert,
        tone: of.fault === null ? undefined : ('danger' as const),
        text: textOf(of, name),
        end: (
          <Button
            aria-label={words.removeOf(name || of.file)}
            size={28}
            tone="quiet"
            onPress={onRemove}
          >
            {words.remove}
          </Button>
        ),
      }))}
    />
  );
}
