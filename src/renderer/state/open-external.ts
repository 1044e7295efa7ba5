import { externalAddress } from '../../shared/model/url.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { reportError } from './errors.ts';

/**
 * Opens an address from content after showing its host: by main in a window, by the page on the
 * station. Refused addresses are reported.
 */
export async function openExternal(app: AppContext, text: string): Promise<void> {
  const address = externalAddress(text);
  if (!address)
    return app.toasts
      .getState()
      .show(texts[app.settings.getState().value?.language ?? 'en'].shell.notOpened);
  if (app.info.shell === 'station') return app.external.setState({ asked: address });
  await app.client
    .call('app.open-external', { url: address.href })
    .catch((error: unknown) => reportError(app, error));
}
