import { useEffect, useLayoutEffect, useRef, useState, type FocusEvent } from 'react';
import {
  FILE_TOKENS,
  fileNames,
  fileTemplateFault,
  packageFacts,
  type PackageFacts,
} from '../../../shared/model/file-names.ts';
import {
  FOLDER_TOKENS,
  MAX_TEMPLATE_CHARACTERS,
  folderName,
  templateFault,
  type Steps,
  type TemplateFault,
} from '../../../shared/model/names.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { useRead } from '../../state/queries.ts';
import type { AssetRow, SettingsView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Segmented } from '../../ui/controls/choice.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import css from './settings.module.css';
import { useUpdateSettings } from './parts.tsx';

const FIRST_FOLDER = '{date}/{place} {title} {id}';
const FIRST_FILE = '{date}_{id}_{title}_{language}_{rendition}';

type Token = (typeof FILE_TOKENS)[number];

/** Template for the names of package folders, with a preview while typing. */
export function FolderTemplate({
  settings: { folderTemplate, destination },
}: {
  settings: SettingsView;
}) {
  const app = useApp();
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const separator = app.info.platform === 'win32' ? '\\' : '/';
  return (
    <NameTemplate
      faultOf={templateFault}
      help={words.templateHelp}
      label={words.names}
      noToken={words.noToken}
      preview={(template, examples) =>
        examples.map(({ facts }) =>
          [destination, ...folderName(template, facts).split('/')].join(separator),
        )
      }
      template={folderTemplate}
      tokens={FOLDER_TOKENS}
      onChange={(template) => void set({ folderTemplate: template })}
      onChoose={(isCustom) => void set({ folderTemplate: isCustom ? FIRST_FOLDER : null })}
    />
  );
}

/** The same for the files in them. */
export function FileTemplate({ settings: { fileTemplate } }: { settings: SettingsView }) {
  const app = useApp();
  const { settings: words } = useTexts();
  const set = useUpdateSettings();
  const separator = app.info.platform === 'win32' ? '\\' : '/';
  return (
    <NameTemplate
      faultOf={fileTemplateFault}
      help={words.fileTemplateHelp}
      label={words.fileNames}
      noToken={words.noFileToken}
      preview={(template, examples) =>
        examples.flatMap(({ facts, language }, at) =>
          atOnce(fileNames({ template, facts }, exampleFiles(facts.id, language)))
            // Of one all files, of the others the film.
            .slice(0, at === 0 ? undefined : 1)
            .map((name) => name.replaceAll('/', separator)),
        )
      }
      template={fileTemplate}
      tokens={FILE_TOKENS}
      onChange={(template) => void set({ fileTemplate: template })}
      onChoose={(isCustom) => void set({ fileTemplate: isCustom ? FIRST_FILE : null })}
    />
  );
}

function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Which files a package has is known once it is fetched: as many publishers name them. */
const exampleFiles = (slug: string, language: string) => [
  { path: `${slug}_master.mov`, bytes: 1, role: 'video' },
  { path: `captions/${slug}_${language}.vtt`, bytes: 1, role: 'captions', language },
  { path: `${slug}_rights.html`, bytes: 1, role: 'licence' },
];

type Example = {
  facts: PackageFacts;
  /** Of its captions. */
  language: string;
};

const EXAMPLES_FROM = {
  query: { text: '', sort: 'newest' as const },
  range: { offset: 0, count: 100 },
};
const NOT_LATIN = /(?=\p{L})[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

/** The newest two of the catalogue, the longest title, and one in another script. */
function chosenFrom(rows: readonly AssetRow[]): AssetRow[] {
  const [longest] = rows.toSorted((a, b) => b.headline.length - a.headline.length);
  const other = rows.find(({ headline }) => NOT_LATIN.test(headline));
  return [
    ...new Set([...rows.slice(0, 2), ...(longest ? [longest] : []), ...(other ? [other] : [])]),
  ];
}

function exampleOf(row: AssetRow): Example {
  const offered = row.packages.find(({ purpose }) => purpose === 'broadcast') ?? row.packages[0];
  return {
    facts: packageFacts(row, offered ?? { purpose: 'broadcast', label: '' }),
    language: row.languages[0] ?? 'en',
  };
}

/** Of the catalogue, or made up while it is empty; null while that isn't known. */
function useExamples(): Example[] | null {
  const { settings: words } = useTexts();
  const { data, isPending } = useRead('catalogue.search', EXAMPLES_FROM, { keepPrevious: true });
  if (isPending) return null;
  const chosen = chosenFrom(data?.items ?? []);
  return chosen.length > 0
    ? chosen.map(exampleOf)
    : words.samples.map((sample) => ({
        facts: { ...sample, rendition: '1080i50' },
        language: sample.language.split('+')[0] ?? 'en',
      }));
}

type Kind = {
  label: string;
  tokens: readonly Token[];
  faultOf: (template: string) => TemplateFault | null;
  noToken: string;
  help: string;
  preview: (template: string, examples: readonly Example[]) => string[];
  onChange: (template: string) => void;
};

function NameTemplate({
  template,
  onChoose,
  ...kind
}: Kind & { template: string | null; onChoose: (isCustom: boolean) => void }) {
  const { settings: words } = useTexts();
  return (
    <>
      <SettingControls>
        <Segmented
          label={kind.label}
          segments={[
            { value: 'published', label: words.asPublished },
            { value: 'template', label: words.byTemplate },
          ]}
          value={template === null ? 'published' : 'template'}
          onChange={(chosen) => onChoose(chosen === 'template')}
        />
      </SettingControls>
      {template !== null && <Template {...kind} template={template} />}
    </>
  );
}

function Template({
  template,
  label,
  tokens,
  faultOf,
  noToken,
  help,
  preview,
  onChange,
}: Kind & { template: string }) {
  const { settings: words } = useTexts();
  const examples = useExamples();
  const [typed, setTyped] = useState(template);
  const input = useRef<HTMLInputElement>(null);
  /** Where the next token goes while the field isn't focused; null for its end. */
  const caret = useRef<number | null>(null);
  /** Where the caret goes once a token is in: the field keeps its focus where buttons take none. */
  const moved = useRef<number | null>(null);
  const own = useRef(new Set([template]));
  useEffect(() => {
    // Changed in another window, not the answer to what was typed here.
    if (!own.current.has(template)) setTyped(template);
    own.current.add(template);
  }, [template]);
  useLayoutEffect(() => {
    if (moved.current !== null && isFocused(input.current))
      input.current?.setSelectionRange(moved.current, moved.current);
    moved.current = null;
  });

  const save = (next: string): void => {
    if (faultOf(next) !== null || next === template) return;
    own.current.add(next);
    onChange(next);
  };
  const insert = (token: Token): void => {
    const field = input.current;
    const at = (isFocused(field) ? field?.selectionStart : caret.current) ?? typed.length;
    const next = `${typed.slice(0, at)}{${token}}${typed.slice(at)}`;
    if (next.length > MAX_TEMPLATE_CHARACTERS) return;
    moved.current = at + token.length + 2;
    caret.current = moved.current;
    setTyped(next);
    save(next);
  };
  const fault = faultOf(typed);
  return (
    <Form onSubmit={() => save(typed)}>
      <Field
        error={fault && faultText(fault, words, noToken)}
        hideLabel
        inputRef={input}
        label={`${label}, ${words.template}`}
        maxLength={MAX_TEMPLATE_CHARACTERS}
        small
        spellCheck="false"
        value={typed}
        onBlur={({ target }: FocusEvent<Element>) => {
          if (target instanceof HTMLInputElement) caret.current = target.selectionStart;
          save(typed);
        }}
        onChange={setTyped}
      />
      <div aria-label={`${label}, ${words.tokens}`} className={css.tokens} role="group">
        {tokens.map((token) => (
          <Button key={token} size={28} onPress={() => insert(token)}>
            {words.tokenNames[token]}
          </Button>
        ))}
      </div>
      {fault === null && examples !== null && (
        <ul aria-label={`${label}, ${words.preview}`} aria-live="polite" className={css.preview}>
          {preview(typed, examples).map((line, at) => (
            // Two assets may give the same line.
            <li key={`${at} ${line}`}>{line}</li>
          ))}
        </ul>
      )}
      <p className={css.help}>{help}</p>
    </Form>
  );
}

const isFocused = (field: HTMLInputElement | null): boolean =>
  field !== null && field.ownerDocument.activeElement === field;

type Words = ReturnType<typeof useTexts>['settings'];
function faultText(fault: TemplateFault, words: Words, noToken: string): string {
  if (fault.kind === 'unknown-token') return words.unknownToken(`{${fault.token}}`);
  return fault.kind === 'brace' ? words.unpairedBrace : noToken;
}
