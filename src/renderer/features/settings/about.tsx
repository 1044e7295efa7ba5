import { Package, Type } from 'lucide-react';
import { useApp, useTexts, useUpdates } from '../../state/context.tsx';
import { useOrganisation, usePolicy } from '../../state/policy.ts';
import { saveDocument } from '../../state/document-files.ts';
import { useReportError } from '../../state/errors.ts';
import { useTask } from '../../state/use-task.ts';
import { Button } from '../../ui/controls/button.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import { ViewPolicy } from './managed.tsx';
import { Row, Section } from './parts.tsx';
import { Updates, UPDATES } from './updates.tsx';

/** Software shipped with the app, with its licences. */
const PARTS: readonly [string, string, typeof Package][] = [
  ['Electron', 'MIT', Package],
  ['React', 'MIT', Package],
  ['React Aria Components', 'Apache-2.0', Package],
  ['TanStack Virtual', 'MIT', Package],
  ['Zustand', 'MIT', Package],
  ['Zod', 'MIT', Package],
  ['Media Chrome', 'MIT', Package],
  ['DOMPurify', 'Apache-2.0 / MPL-2.0', Package],
  ['Lucide', 'ISC', Package],
  ['Fastify', 'MIT', Package],
  ['Got', 'MIT', Package],
  ['electron-updater', 'MIT', Package],
  ['Inter', 'OFL-1.1', Type],
  ['Source Serif 4', 'OFL-1.1', Type],
];

export function About() {
  const app = useApp();
  const { settings: words, common, policy: policyWords } = useTexts();
  const policy = usePolicy();
  const organisation = useOrganisation();
  const isPackage = useUpdates()?.state === 'package';
  const { version, shell, platform } = app.info;
  const { run, isPending } = useTask(useReportError());
  const save = (): Promise<boolean> =>
    run(async () => {
      const { name, text } = await app.client.call('app.support-report');
      saveDocument(name, text);
    });
  return (
    <Section of="about" rows={isPackage ? [] : [UPDATES]}>
      <Row text={words.shells[shell]} title={common.product}>
        <SettingControls>
          {words.version(version)},{' '}
          {{ win32: 'Windows', darwin: 'macOS', linux: 'Linux' }[platform]}
        </SettingControls>
      </Row>
      <Updates />
      {policy?.isThere === true && (
        <Row text={policyWords.managedBy(organisation)} title={policyWords.title}>
          <SettingControls>
            <ViewPolicy />
          </SettingControls>
        </Row>
      )}
      <Row text={words.reportText} title={words.report}>
        <SettingControls>
          <Button isPending={isPending} onPress={() => void save()}>
            {words.reportSave}
          </Button>
        </SettingControls>
      </Row>
      <Row text={words.licenceText} title={words.licence}>
        <SettingControls>Apache License 2.0</SettingControls>
      </Row>
      <Row text={words.partsText} title={words.parts}>
        <EntryList
          entries={PARTS.map(([name, licence, icon]) => ({
            id: name,
            icon,
            text: name,
            end: licence,
          }))}
          label={words.parts}
        />
      </Row>
    </Section>
  );
}
