import { useDisk } from '../../state/queries.ts';
import { Folder as FolderIcon } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '../../i18n/format.ts';
import { useApp, useLanguage, useSettings, useTexts } from '../../state/context.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Form } from '../../ui/layout/form-layout.tsx';
import { Field } from '../../ui/controls/field.tsx';
import { Select } from '../../ui/controls/select.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { Beside } from './beside.tsx';
import { Limit } from './limit.tsx';
import { FileTemplate, FolderTemplate } from './name-templates.tsx';
import { Row, Section, useUpdateSettings } from './parts.tsx';
import css from './settings.module.css';

const LIMIT = ['limitBytesPerSecond', 'schedule'] as const;
/** What an administrator may fix here. */
const ROWS = [
  'destination',
  'folderTemplate',
  'fileTemplate',
  'activeTransfers',
  'connectionsPerFile',
  'connectionsPerHost',
  LIMIT,
  'notify',
] as const;
const DESKTOP_ROWS = ['tray', 'keepAwake'] as const;

const NUMBERS = [1, 2, 3, 4, 6, 8, 12, 16];

export function Downloads() {
  const app = useApp();
  const { settings: words } = useTexts();
  const settings = useSettings();
  const set = useUpdateSettings();
  if (!settings) return null;
  return (
    <Section of="downloads" rows={[...ROWS, ...(app.info.shell === 'desktop' ? DESKTOP_ROWS : [])]}>
      <Row of="destination" text={words.folderText} title={words.folder}>
        <Folder key={settings.destination} folder={settings.destination} />
      </Row>
      <Row of="folderTemplate" text={words.namesText} title={words.names}>
        <FolderTemplate settings={settings} />
      </Row>
      <Row of="fileTemplate" text={words.fileNamesText} title={words.fileNames}>
        <FileTemplate settings={settings} />
      </Row>
      <Row of="activeTransfers" text={words.activeText} title={words.simultaneous}>
        <Count
          label={words.simultaneous}
          value={settings.activeTransfers}
          onChange={(activeTransfers) => void set({ activeTransfers })}
        />
      </Row>
      <Row of="connectionsPerFile" text={words.connectionsText} title={words.connections}>
        <Count
          label={words.connections}
          value={settings.connectionsPerFile}
          onChange={(connectionsPerFile) => void set({ connectionsPerFile })}
        />
      </Row>
      <Row of="connectionsPerHost" text={words.hostText} title={words.host}>
        <Count
          label={words.host}
          value={settings.connectionsPerHost}
          onChange={(connectionsPerHost) => void set({ connectionsPerHost })}
        />
      </Row>
      <Row of={LIMIT} text={words.limitText} title={words.limit}>
        <Limit settings={settings} />
      </Row>
      <Beside settings={settings} />
    </Section>
  );
}

function Count({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  const options = [...new Set([...NUMBERS, value])]
    .toSorted((a, b) => a - b)
    .map((n) => ({ value: String(n), label: String(n) }));
  return (
    <SettingControls>
      <Select
        hideLabel
        label={label}
        look="button"
        options={options}
        value={String(value)}
        onChange={(next) => onChange(Number(next))}
      />
    </SettingControls>
  );
}

/**
 * The system's folder dialog on the desktop. On the station the path is typed, because it is one of
 * another computer.
 */
function Folder({ folder }: { folder: string }) {
  const app = useApp();
  const { settings: words } = useTexts();
  const language = useLanguage();
  const set = useUpdateSettings();
  const [typed, setTyped] = useState(folder);
  const disk = useDisk(folder);
  const save = async (destination: string): Promise<void> => {
    if (destination !== '' && destination !== folder && (await set({ destination })))
      app.toasts.getState().show(words.folderSaved(destination));
  };
  const choose = async (): Promise<void> => {
    const chosen = await app.client.call('app.choose-folder', { current: folder });
    if (chosen !== null) await save(chosen);
  };
  const isDesktop = app.info.shell === 'desktop';
  return (
    <Form onSubmit={() => void save(typed.trim())}>
      <div className={css.path}>
        <Field
          hideLabel
          icon={FolderIcon}
          label={words.folder}
          small
          spellCheck="false"
          value={typed}
          onChange={setTyped}
        />
        {isDesktop && <Button onPress={() => void choose()}>{words.choose}</Button>}
        {(!isDesktop || typed.trim() !== folder) && (
          <Button isDisabled={typed.trim() === folder || typed.trim() === ''} type="submit">
            {words.save}
          </Button>
        )}
      </div>
      {disk && (
        <p className={css.help}>
          {words.freeOf(
            formatBytes(disk.freeBytes, language),
            formatBytes(disk.totalBytes, language),
          )}
        </p>
      )}
      {disk === null && <p className={css.warning}>{words.folderGone}</p>}
    </Form>
  );
}
