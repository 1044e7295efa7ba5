import { MAX_CERTIFICATES_CHARACTERS } from '../../../shared/model/document-limits.ts';
import { runConnectionTest } from '../../state/connection-test.ts';
import { useApp, useTexts } from '../../state/context.tsx';
import { pickFile } from '../../state/document-files.ts';
import { useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import { Button } from '../../ui/controls/button.tsx';
import { SettingControls } from '../../ui/layout/setting.tsx';
import { CertificateList } from './certificate-list.tsx';
import css from './settings.module.css';

/** Lets somebody choose a CA file; a test that was made is made again with it. */
export function useAddAuthority(): () => void {
  const app = useApp();
  const { network: words, feeds } = useTexts();
  const reportError = useReportError();
  const add = async (file: File): Promise<void> => {
    if (file.size > MAX_CERTIFICATES_CHARACTERS) return app.toasts.getState().show(feeds.tooLarge);
    try {
      await app.client.call('network.add-authority', { text: await file.text() });
      app.toasts.getState().show(words.authorityAdded);
      if (app.connectionTests.getState().last) await runConnectionTest(app);
    } catch (thrown) {
      reportError(thrown);
    }
  };
  return () => pickFile('.pem,.crt,.cer', (file) => void add(file));
}

export function Authorities() {
  const app = useApp();
  const { network: words } = useTexts();
  const reportError = useReportError();
  const addAuthority = useAddAuthority();
  const authorities = useRead('network.certificates', undefined).data?.authorities ?? [];
  const remove = (file: string): void =>
    void app.client.call('network.remove-authority', { file }).catch(reportError);
  return (
    <>
      <SettingControls>
        <Button onPress={addAuthority}>{words.addAuthority}</Button>
        {authorities.length === 0 && <span className={css.muted}>{words.none}</span>}
      </SettingControls>
      <CertificateList
        files={authorities.map((one) => ({
          id: one.file,
          of: one,
          name: one.names.join(', '),
          onRemove: () => remove(one.file),
        }))}
        label={words.authorities}
      />
    </>
  );
}
