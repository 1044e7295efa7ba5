import { CircleAlert, CircleCheck, Download, RefreshCw, RotateCw } from 'lucide-react';
import { formatPercent, formatWhen } from '../../i18n/format.ts';
import {
  useApp,
  useLanguage,
  useNow,
  useSettings,
  useTexts,
  useUpdates,
} from '../../state/context.tsx';
import { useReportError } from '../../state/errors.ts';
import { useManaged } from '../../state/policy.ts';
import { useCall } from '../../state/projection.ts';
import type { UpdatesView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { Select } from '../../ui/controls/select.tsx';
import type { LucideIcon, Tone } from '../../ui/display/icon.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import { ManagedValues } from './managed.tsx';
import { Row, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

/** The settings of its row. */
export const UPDATES = ['updates', 'updateChannel'] as const;

/** Whether and how this program is updated. */
export function Updates() {
  const { updates: words } = useTexts();
  const view = useUpdates();
  if (!view) return null;
  if (view.state === 'package')
    return (
      <Row title={words.title}>
        <SettingControls>{words.states.package}</SettingControls>
      </Row>
    );
  return (
    <Row text={words.text} title={words.title}>
      <Choice />
      <State view={view} />
    </Row>
  );
}

/** Off, or which versions: what an administrator leaves open of it. */
function Choice() {
  const { updates: words } = useTexts();
  const settings = useSettings();
  const set = useUpdateSettings();
  const isSwitchManaged = useManaged('updates');
  const isChannelManaged = useManaged('updateChannel');
  if (!settings) return null;
  const { updates, updateChannel } = settings;
  const channels = isChannelManaged ? [updateChannel] : (['stable', 'beta'] as const);
  const choices = isSwitchManaged
    ? updates === 'off'
      ? []
      : channels
    : ([...channels, 'off'] as const);
  if (choices.length < 2) return <ManagedValues of={UPDATES} />;
  return (
    <SettingControls>
      <Select
        hideLabel
        label={words.versions}
        look="button"
        options={choices.map((value) => ({ value, label: words.choices[value] }))}
        value={updates === 'off' ? 'off' : updateChannel}
        onChange={(choice) =>
          void set(choice === 'off' ? { updates: 'off' } : { updates: 'on', updateChannel: choice })
        }
      />
    </SettingControls>
  );
}

const ICONS: Partial<Record<UpdatesView['state'], [LucideIcon, Tone]>> = {
  current: [CircleCheck, 'success'],
  ready: [CircleCheck, 'success'],
  found: [Download, 'info'],
  downloading: [Download, 'info'],
  failed: [CircleAlert, 'warning'],
};

function State({ view }: { view: UpdatesView }) {
  const app = useApp();
  const { updates: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const reportError = useReportError();
  const check = useCall(app.updates, 'updates.check', reportError);
  const install = useCall(app.updates, 'updates.install', reportError);
  const { state, version, percent, checkedAt, note, fault, isBusy } = view;
  if (state === 'off') return <p className={css.help}>{words.states.off}</p>;
  const [icon, tone] = ICONS[state] ?? [RefreshCw, undefined];
  const title = (): string => {
    switch (state) {
      case 'package':
      case 'idle':
      case 'checking':
        return words.states[state];
      case 'current':
        return checkedAt === null
          ? words.states.current
          : words.checkedAt(words.states.current, formatWhen(checkedAt, now, language));
      case 'found':
        return words.found(version ?? '');
      case 'downloading':
        return words.downloading(version ?? '', formatPercent((percent ?? 0) / 100, language));
      case 'ready':
        return words.ready(version ?? '');
      case 'failed':
        return words.failed;
    }
    return state satisfies never;
  };
  const help = (): string | null => {
    if (fault !== null) return words.later(words.faults[fault]);
    if (note !== null) return words.notes[note](version ?? '');
    if (state === 'found') return words.foundText;
    if (state === 'ready') return isBusy ? words.busyText : words.readyText;
    return null;
  };
  const text = help();
  return (
    <>
      <EntryList
        label={words.title}
        entries={[
          {
            id: 'state',
            icon,
            tone,
            text: <span role="status">{title()}</span>,
            end:
              state === 'ready' ? (
                <Button
                  icon={RotateCw}
                  isDisabled={isBusy}
                  isPending={install.isPending}
                  size={28}
                  onPress={() => void install.run()}
                >
                  {words.restart}
                </Button>
              ) : state === 'checking' || state === 'downloading' ? null : (
                <Button isPending={check.isPending} size={28} onPress={() => void check.run()}>
                  {state === 'found' ? words.download : words.check}
                </Button>
              ),
          },
        ]}
      />
      {text !== null && <p className={css.help}>{text}</p>}
    </>
  );
}
