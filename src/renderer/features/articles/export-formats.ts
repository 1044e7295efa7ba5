import { BookOpen, FileCode, FileText, Globe } from 'lucide-react';
import type { ArticleFormat } from '../../state/article-export.ts';
import type { MenuEntry } from '../../ui/controls/select.tsx';

const FORMATS = [
  ['pdf', FileText],
  ['epub', BookOpen],
  ['markdown', FileCode],
  ['html', Globe],
] as const satisfies readonly (readonly [ArticleFormat, unknown])[];

/** Entries of a menu that save articles in a format. */
export const exportEntries = (
  labels: Record<ArticleFormat, string>,
  save: (format: ArticleFormat) => void,
): MenuEntry[] =>
  FORMATS.map(([format, icon]) => ({
    id: format,
    label: labels[format],
    icon,
    onAction: () => save(format),
  }));
