import type { Network } from '../adapters/http/network.ts';
import { isLoopbackHost, serviceBase } from '../../shared/model/url.ts';
import { AppError } from '../../shared/errors.ts';

/**
 * Normalises the address of a service.
 *
 * @returns the origin and path without `/v1`
 * @throws `usage` if it is not an address, `https-required` if passwords would be sent in the clear
 */
export function serviceOrigin(typed: string): string {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed.trim())
    ? typed.trim()
    : `https://${typed.trim()}`;
  if (!URL.canParse(text)) throw new AppError('usage', 'This isn’t an address');
  const url = new URL(text);
  if (!['https:', 'http:'].includes(url.protocol))
    throw new AppError('usage', 'This isn’t a service address');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    throw new AppError(
      'https-required',
      'The address must start with https://. Over http, others can read your password.',
    );
  return serviceBase(url);
}

/**
 * Checks that a service answers at the address.
 *
 * @returns the normalised address
 * @throws what `serviceOrigin` throws, `service-error` if something else answers
 */
export async function checkServiceAddress(
  typed: string,
  { version, network }: { version: string; network: Network },
): Promise<string> {
  const origin = serviceOrigin(typed);
  const { createServiceClient } = await import('../adapters/service/client.ts');
  const client = createServiceClient({ origin, version, network, language: () => 'en' });
  try {
    await client.api.getMeta({});
    return origin;
  } finally {
    client.close();
  }
}
