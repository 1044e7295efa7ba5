import type { AppError } from '../../shared/errors.ts';
import type { Texts } from '../i18n/index.ts';

/** Error text for a service address, short enough for the field. */
export function addressError({ code }: AppError, { welcome, errors }: Texts): string {
  if (code === 'usage' || code === 'invalid-payload') return welcome.notAnAddress;
  if (code === 'offline' || code === 'service-unreachable' || code === 'timeout')
    return welcome.noAnswer;
  if (code === 'not-found' || code === 'service-error') return welcome.notAService;
  return errors[code];
}

/** Adds https:// to an address without a scheme. */
export const withScheme = (address: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
