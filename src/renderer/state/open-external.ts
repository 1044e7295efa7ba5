import { externalAddress } from '../../shared/model/url.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { errorText } from './enqueue.ts';

/**
 * Opens an address from content after showing its host: by main in a window, by the page on the
 * station. Refused addresses are reported.
 */
export async function openExternal(app: AppContext, text: string): Promise<void> {
  const address = externalAddress(text);
  const toasts = app.toasts.getState();
  if (!address)
    return toasts.show(texts[app.settings.getState().value?.language ?? 'en'].shell.notOpened);
  if (app.info.shell === 'station') return app.external.setState({ asked: address });
  await app.client
    .call('app.open-external', { url: address.href })
    .catch((error: unknown) => toasts.show(errorText(app, error)));
}
