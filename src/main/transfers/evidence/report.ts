import type * as z from 'zod';
import type { evidenceReport } from '../../../shared/contract/transfers.ts';
import type { StoredFile, StoredTransfer } from '../ports.ts';
import { ordinalDay } from '../../../shared/model/figures.ts';
import { recordText } from '../../../shared/model/integrity.ts';
import { shownName } from '../../../shared/model/names.ts';
import { isEmbargoAcknowledgement } from '../../../shared/api/rights.ts';
import { evidenceWords } from './texts.ts';
import { redactUrl } from '../../../shared/model/url.ts';

type EvidenceDocument = { name: string; text: string };
export type EvidenceReport = z.infer<typeof evidenceReport>;

const stateOf = ({ state }: StoredTransfer): string =>
  state.phase === 'failed'
    ? `failed (${state.code})`
    : state.phase === 'waiting'
      ? `waiting (${state.reason})`
      : state.phase;

function fileOf({
  path,
  given,
  bytes,
  sha256,
  done,
  verified,
  error,
  evidence,
}: StoredFile): EvidenceReport['files'][number] {
  const state = done ? (verified ? 'verified' : 'unverified') : error ? 'failed' : 'missing';
  return { path, given, bytes, sha256, state, error: error?.code ?? null, evidence };
}

/** What can be shown of how this transfer came, from what was recorded on the way. */
export function evidenceOf(
  transfer: StoredTransfer,
  files: readonly StoredFile[],
  nowMs: number,
): EvidenceReport {
  const {
    id,
    title,
    label,
    kind,
    source,
    packageId,
    assetId,
    rev,
    folder,
    destination,
    totalBytes,
    addedAtMs,
    finishedAtMs,
    resumes,
    refetchedBytes,
    evidence,
  } = transfer;
  return {
    format: 'multimedia-desk-evidence',
    version: 1,
    generatedAtMs: nowMs,
    id,
    title,
    label,
    kind,
    state: stateOf(transfer),
    source: kind === 'package' ? null : redactUrl(source),
    packageId,
    assetId,
    rev,
    folder: folder ?? destination,
    bytes: totalBytes,
    addedAtMs,
    finishedAtMs,
    resumes,
    refetchedBytes,
    ...evidence,
    files: files.map(fileOf),
  };
}

/** Fit for a file's name on any system. */
const evidenceName = ({ title, packageId, id }: EvidenceReport, extension: string): string =>
  `evidence-${(packageId ?? title).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || id}.${extension}`;

/** A time as RFC 3339, under its name without the unit. */
function writtenTime([name, value]: [string, unknown]): [string, unknown] {
  if (name !== 'atMs' && !name.endsWith('AtMs')) return [name, value];
  return [name.slice(0, -2), typeof value === 'number' ? new Date(value).toISOString() : null];
}

const written = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(writtenTime))
    : value;

/** For other tools. */
export const evidenceJson = (report: EvidenceReport): EvidenceDocument => ({
  name: evidenceName(report, 'json'),
  text: `${JSON.stringify(report, written, 2)}\n`,
});

type Language = keyof typeof evidenceWords;
type File = EvidenceReport['files'][number];
type Words = (typeof evidenceWords)[Language];

/** Text of a page: everything in a report may come from elsewhere. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);

/**
 * No script, nothing from elsewhere: it may be kept and opened for as long as there are browsers.
 */
const HEAD =
  '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'"><meta name="viewport" content="width=device-width">';
const STYLE = `
body { font: 14px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #16191d; background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #cfd4da; overflow-wrap: anywhere; }
th + th, td + td { min-width: 6rem; } th[scope=row] { width: 11rem; font-weight: 600; } code { font-size: .8rem; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } tr { break-inside: avoid; } }`;

/** Day before month and 24 hours in both. */
const LOCALES: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };

class Page {
  readonly #words: Words;
  readonly #language: Language;

  constructor(language: Language) {
    this.#words = evidenceWords[language];
    this.#language = language;
  }

  time(ms: number | null): string {
    return ms === null
      ? ''
      : `${ordinalDay(new Intl.DateTimeFormat(LOCALES[this.#language], { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }).format(ms), this.#language)} UTC`;
  }

  /** The catalogue’s own words, except for an embargo: that is known by its time. */
  term(id: string, text: string): string {
    const liftsAtMs = isEmbargoAcknowledgement(id)
      ? Date.parse(id.slice(id.indexOf(':') + 1))
      : NaN;
    return Number.isNaN(liftsAtMs) ? text : this.#words.embargo(this.time(liftsAtMs));
  }

  bytes(bytes: number | null): string {
    return bytes === null
      ? ''
      : new Intl.NumberFormat(this.#language, {
          style: 'unit',
          unit: 'byte',
          unitDisplay: 'long',
        }).format(bytes);
  }

  /** The first word of a state or an end; a code after it is the same in every language. */
  phase(state: string): string {
    return state.replace(/^[a-z]+$|^[a-z]+(?= )/u, (word) => this.#words.phases[word] ?? word);
  }

  facts(report: EvidenceReport): string {
    const words = this.#words;
    const times = (n: number) => (n === 0 ? words.never : words.times(n));
    const rows: [string, string | null][] = [
      [words.made, this.time(report.generatedAtMs)],
      [words.state, this.phase(report.state)],
      [words.source, report.source],
      [words.service, report.service],
      [words.account, report.account],
      [
        words.packageId,
        report.packageId && `${report.packageId}, ${words.revision} ${report.rev ?? '?'}`,
      ],
      [words.assetId, report.assetId],
      [words.manifest, this.manifest(report)],
      [words.folder, report.folder],
      [words.size, this.bytes(report.bytes)],
      [words.added, this.time(report.addedAtMs)],
      [words.finished, this.time(report.finishedAtMs)],
      [words.resumes, times(report.resumes)],
      [
        words.refetched,
        report.refetchedBytes === 0 ? words.none : this.bytes(report.refetchedBytes),
      ],
    ];
    return `<table>${rows.map(([name, value]) => (value ? `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>` : '')).join('')}</table>`;
  }

  manifest({ kind, keyId, recorded }: EvidenceReport): string {
    const { signed, unsigned, unrecorded } = this.#words;
    if (keyId !== null) return signed(keyId);
    if (recorded !== null) return recordText(recorded, this.#language);
    return kind === 'package' ? unrecorded : unsigned;
  }

  /** Whether a file is verified, and by what. */
  verification({ state, evidence }: File, recorded: EvidenceReport['recorded']): string {
    const { by, states } = this.#words;
    const how = evidence?.verifiedBy ?? null;
    if (how === null || (state !== 'verified' && state !== 'unverified')) return states[state];
    if (how === 'written') return by[how];
    if (how === 'recorded' && recorded !== null)
      return recordText({ ...recorded, hash: null }, this.#language);
    if (how === 'published' && recorded !== null) return recordText(recorded, this.#language);
    return how === 'recorded'
      ? by[how]
      : state === 'verified'
        ? `${states[state]}, ${by[how]}`
        : states[state];
  }

  table(heading: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
    const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
    return `<h2>${escaped(heading)}</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
  }

  file(file: File, recorded: EvidenceReport['recorded']): string[] {
    const { path, given, bytes, sha256, state, error, evidence } = file;
    const words = this.#words;
    const lines = [
      `${this.verification(file, recorded)}${error === null ? '' : ` (${error})`}`,
      this.time(evidence?.finishedAtMs ?? null),
    ];
    return [
      `${escaped(shownName(path))}${given === null ? '' : `<br>${escaped(words.given(shownName(given)))}`}${sha256 === null ? '' : `<br><code>SHA-256 ${escaped(sha256)}</code>`}`,
      bytes === null ? '' : escaped(new Intl.NumberFormat(this.#language).format(bytes)),
      lines
        .filter((line) => line !== '')
        .map(escaped)
        .join('<br>'),
      this.origins(evidence, state).map(escaped).join('<br>'),
    ];
  }

  origins(evidence: File['evidence'], state: File['state']): string[] {
    const words = this.#words;
    if (!evidence) return state === 'verified' || state === 'unverified' ? [words.inPlace] : [];
    const used = evidence.origins.map(
      ({ host, bytes, answers, redirectedTo, route, faults, dropped }) =>
        [
          words.origin(host, this.bytes(bytes), answers),
          redirectedTo === null ? '' : words.redirected(redirectedTo),
          route ? words.routes[route.why] : '',
          faults.length === 0 ? '' : words.faults([...new Set(faults)].join(', ')),
          dropped ? words.dropped : '',
        ]
          .filter((part) => part !== '')
          .join(words.separator),
    );
    return [
      ...used,
      ...(evidence.copiedFrom === null ? [] : [words.copied(evidence.copiedFrom)]),
      ...(evidence.repairedPieces.length === 0
        ? []
        : [words.repaired(evidence.repairedPieces.length, evidence.repairedPieces.join(', '))]),
      ...(evidence.refetchedBytes === 0
        ? []
        : [words.labelled(words.refetched, this.bytes(evidence.refetchedBytes))]),
    ];
  }
}

/** The report as one page that can be printed and kept. */
export function evidencePage(report: EvidenceReport, language: Language): EvidenceDocument {
  const words = evidenceWords[language];
  const page = new Page(language);
  const terms =
    report.acknowledged.length === 0
      ? `<h2>${escaped(words.terms)}</h2><p>${escaped(words.noTerms)}</p>`
      : page.table(
          words.terms,
          [words.termId, words.termText, words.termWhen],
          report.acknowledged.map(({ id, text, atMs }) => [
            escaped(id),
            escaped(page.term(id, text)),
            escaped(page.time(atMs)),
          ]),
        );
  const runs = page.table(
    words.runs,
    [words.started, words.ended, words.end],
    report.runs.map(({ startedAtMs, endedAtMs, end }) =>
      [
        page.time(startedAtMs),
        page.time(endedAtMs),
        end === null ? words.cutOff : page.phase(end),
      ].map(escaped),
    ),
  );
  const files = page.table(
    words.files,
    [words.file, words.bytes, words.verified, words.from],
    report.files.map((file) => page.file(file, report.recorded)),
  );
  const title = escaped(
    words.title(report.label === '' ? report.title : `${report.title} (${report.label})`),
  );
  const text = `<!doctype html>\n<html lang="${language}"><head>${HEAD}<title>${title}</title><style>${STYLE}</style></head>\n<body><h1>${title}</h1><p>${escaped(words.intro)}</p>${page.facts(report)}\n${terms}\n${runs}\n${files}</body></html>\n`;
  return { name: evidenceName(report, 'html'), text };
}
