import { CircleAlert, CircleCheck, CircleDashed, Folder as FolderIcon } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { ErrorCode } from '../../../shared/errors.ts';
import { formatMoment, formatNumber } from '../../i18n/format.ts';
import type { Texts } from '../../i18n/index.ts';
import { useApp, useLanguage, useNow, useSettings, useTexts } from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useSwitchedOff } from '../../state/policy.ts';
import { useCall } from '../../state/projection.ts';
import type { WatchFolderView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Icon } from '../../ui/display/icon.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import { cx } from '../../ui/styles/cx.ts';
import { SwitchedOff } from './managed.tsx';
import { Row } from './parts.tsx';
import css from './settings.module.css';

/** So many lists are shown; the command line has the others. */
const MAX_SHOWN = 8;

/** The folder that lists are taken from, and what has become of them. */
export function WatchFolder() {
  const app = useApp();
  const { automation: words } = useTexts();
  const switchedOff = useSwitchedOff('watch-folder', 'get-by-address');
  const view = useStore(app.watchFolder, ({ value }) => value);
  if (!view) return null;
  const { setting } = view;
  return (
    <>
      <Row text={words.watchText} title={words.folders}>
        {switchedOff !== null ? (
          <SettingControls>
            <SwitchedOff text={switchedOff} />
          </SettingControls>
        ) : (
          <Choice
            key={JSON.stringify(setting)}
            folder={setting?.folder ?? ''}
            saveTo={setting?.destination ?? ''}
          />
        )}
      </Row>
      {(switchedOff === null || setting !== null) && (
        <Row title={words.state}>
          <SettingControls>
            <State view={view} />
          </SettingControls>
        </Row>
      )}
      {view.lists.length > 0 && (
        <Row title={words.lists}>
          <Lists view={view} />
        </Row>
      )}
    </>
  );
}

/** Both paths are saved together: each is refused by what the other is. */
function Choice({ folder, saveTo }: { folder: string; saveTo: string }) {
  const app = useApp();
  const { automation: words } = useTexts();
  const settings = useSettings();
  const reportError = useReportError();
  const [refused, setRefused] = useState<string | null>(null);
  const set = useCall(app.watchFolder, 'watch-folder.set', (error) => {
    const [field] = error.detail.fields ?? [];
    const text = words.folderRefusals[field?.code ?? ''] ?? words.listFaults[error.code] ?? null;
    setRefused(text);
    if (text === null) reportError(error);
  });
  const [typed, setTyped] = useState({ folder, saveTo });
  const isDesktop = app.info.shell === 'desktop';
  const isChanged = typed.folder.trim() !== folder || typed.saveTo.trim() !== saveTo;
  const choose = async (of: 'folder' | 'saveTo'): Promise<void> => {
    const current = typed[of].trim() === '' ? (settings?.destination ?? '') : typed[of].trim();
    const chosen = await app.client.call('app.choose-folder', { current });
    if (chosen !== null) setTyped((before) => ({ ...before, [of]: chosen }));
  };
  const save = async (): Promise<void> => {
    const wanted = typed.folder.trim();
    if (wanted === '' || !isChanged) return;
    setRefused(null);
    const destination = typed.saveTo.trim() === '' ? null : typed.saveTo.trim();
    if (await set.run({ folder: wanted, destination }))
      app.toasts.getState().show(words.saved(wanted));
  };
  const stop = async (): Promise<void> => {
    if (await set.run(null)) app.toasts.getState().show(words.stopped);
  };
  const field = (of: 'folder' | 'saveTo', label: string, help: string) => (
    <Field
      error={of === 'folder' ? refused : null}
      help={help}
      icon={FolderIcon}
      label={label}
      small
      spellCheck="false"
      value={typed[of]}
      onChange={(next) => setTyped((before) => ({ ...before, [of]: next }))}
      {...(isDesktop && {
        aside: (
          <Button
            aria-label={words.of(words.choose, label)}
            size={28}
            tone="quiet"
            onPress={() => void choose(of)}
          >
            {words.choose}
          </Button>
        ),
      })}
    />
  );
  return (
    <Form onSubmit={() => void save()}>
      {field('folder', words.folder, words.folderText)}
      {field('saveTo', words.saveTo, words.saveToText)}
      <SettingControls>
        <Button
          isDisabled={!isChanged || typed.folder.trim() === ''}
          isPending={set.isPending}
          type="submit"
        >
          {words.save}
        </Button>
        {folder !== '' && (
          <Button tone="quiet" onPress={() => void stop()}>
            {words.stop}
          </Button>
        )}
      </SettingControls>
    </Form>
  );
}

const faultOf = (code: ErrorCode, { automation, errors }: Texts): string =>
  automation.listFaults[code] ?? errors[code];

const STATE_ICONS = { success: CircleCheck, warning: CircleAlert, none: CircleDashed } as const;

function State({ view }: { view: WatchFolderView }) {
  const [tone, text] = stateOf(view, useTexts());
  return (
    <p className={cx(css.sourceState, tone !== 'none' && css[tone])}>
      <Icon of={STATE_ICONS[tone]} size={14} />
      <span>{text}</span>
    </p>
  );
}

function stateOf(
  { state, fault }: WatchFolderView,
  texts: Texts,
): [tone: keyof typeof STATE_ICONS, text: string] {
  const { states } = texts.automation;
  const reason = fault === null ? '' : faultOf(fault.code, texts);
  if (state === 'away')
    return ['warning', fault?.code === 'usage' ? states.unfit : states.away(reason)];
  if (fault !== null) return ['warning', states.waits(reason)];
  return [state === 'watching' ? 'success' : 'none', states[state]];
}

function Lists({ view: { lists } }: { view: WatchFolderView }) {
  const texts = useTexts();
  const { automation: words } = texts;
  const language = useLanguage();
  const now = useNow(60_000);
  return (
    <EntryList
      label={words.lists}
      entries={lists.slice(0, MAX_SHOWN).map(({ name, at, queued, fault }, index) => ({
        id: String(index),
        icon: fault === null ? CircleCheck : CircleAlert,
        tone: fault === null ? ('success' as const) : ('danger' as const),
        text: words.listed(
          name,
          formatMoment(at, now, language),
          fault === null
            ? words.queued(formatNumber(queued, language))
            : faultOf(fault.code, texts),
        ),
        end: null,
      }))}
    />
  );
}
