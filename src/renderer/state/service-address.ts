import type { AppError } from '../../shared/errors.ts';
import type { Texts } from '../i18n/index.ts';

/** What is wrong with an address of a service, in words that fit beside the field. */
export function addressError({ code }: AppError, { welcome, errors }: Texts): string {
  if (code === 'usage' || code === 'invalid-payload') return welcome.notAnAddress;
  if (code === 'offline' || code === 'service-unreachable' || code === 'timeout')
    return welcome.noAnswer;
  if (code === 'not-found' || code === 'service-error') return welcome.notAService;
  return errors[code];
}

/** As people write it: without a scheme it is https. */
export const withScheme = (address: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
