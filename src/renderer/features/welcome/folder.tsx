import { useApp, useSettings, useTexts } from '../../state/context.tsx';
import { chooseFolder } from '../../state/enqueue.ts';
import { useReportError } from '../../state/errors.ts';
import { LinkButton } from '../../ui/controls/button.tsx';
import { FormLayoutFooter } from '../../ui/layout/form-layout.tsx';
import css from './welcome.module.css';

export function Folder() {
  const app = useApp();
  const { welcome } = useTexts();
  const reportError = useReportError();
  const folder = useSettings()?.destination ?? '';
  const save = (destination: string): void =>
    void app.settings.call('settings.set', { destination }).catch(reportError);
  const change = async (): Promise<void> => {
    const chosen = await chooseFolder(app, folder);
    if (chosen !== null) save(chosen);
  };
  return (
    <FormLayoutFooter>
      <span>{welcome.folder}</span>
      <b className={css.folder} title={folder}>
        {folder}
      </b>
      <LinkButton onPress={() => void change()}>{welcome.change}</LinkButton>
    </FormLayoutFooter>
  );
}
