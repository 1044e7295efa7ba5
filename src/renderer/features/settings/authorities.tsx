import { BadgeCheck, CircleAlert } from 'lucide-react';
import { MAX_CERTIFICATES_CHARACTERS } from '../../../shared/model/document-limits.ts';
import { formatDate } from '../../i18n/format.ts';
import { runConnectionTest } from '../../state/connection-test.ts';
import { useApp, useLanguage, useNow, useTexts } from '../../state/context.tsx';
import { pickFile } from '../../state/document-files.ts';
import { useReportError } from '../../state/errors.ts';
import { useRead } from '../../state/queries.ts';
import type { CertificatesView } from '../../state/views.ts';
import { Button } from '../../ui/controls/button.tsx';
import { EntryList, SettingControls } from '../../ui/layout/setting.tsx';
import css from './settings.module.css';

type CertificateFile = CertificatesView['authorities'][number];

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

/** Names of a file's certificates, and until when they count; or why it isn't used. */
export function useCertificateText(): (file: CertificateFile, names: string) => string {
  const { network: words } = useTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  return ({ validUntil, fault }, names) => {
    if (fault !== null) return fault;
    if (validUntil === null) return names;
    const date = formatDate(validUntil, language);
    return `${names}, ${validUntil < now ? words.ended(date) : words.until(date)}`;
  };
}

export function Authorities() {
  const app = useApp();
  const { network: words } = useTexts();
  const reportError = useReportError();
  const addAuthority = useAddAuthority();
  const textOf = useCertificateText();
  const authorities = useRead('network.certificates', undefined).data?.authorities ?? [];
  const remove = (file: string): void =>
    void app.client.call('network.remove-authority', { file }).catch(reportError);
  return (
    <>
      <SettingControls>
        <Button onPress={addAuthority}>{words.addAuthority}</Button>
        {authorities.length === 0 && <span className={css.muted}>{words.none}</span>}
      </SettingControls>
      {authorities.length > 0 && (
        <EntryList
          label={words.authorities}
          entries={authorities.map((one) => {
            const names = one.names.join(', ');
            return {
              id: one.file,
              icon: one.fault === null ? BadgeCheck : CircleAlert,
              tone: one.fault === null ? undefined : ('danger' as const),
              text: textOf(one, names),
              end: (
                <Button
                  aria-label={words.removeOf(names || one.file)}
                  size={28}
                  tone="quiet"
                  onPress={() => remove(one.file)}
                >
                  {words.remove}
                </Button>
              ),
            };
          })}
        />
      )}
    </>
  );
}
