import { isLoopbackHost } from '../../shared/model/url.ts';
import { AppError } from '../../shared/errors.ts';
import { createServiceClient } from '../adapters/service/client.ts';
/**
 * @returns the address of a service as it is kept, without `/v1`. @throws `usage` when it is none,
 * `https-required` when passwords would be sent in the clear.
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
  return `${url.origin}${url.pathname.replace(/\/(?:v1\/?)?$/, '')}`;
}

/**
 * @returns the address as it is kept. @throws `usage`, or `service-error` when what answers there
 * is not such a service.
 */
export async function checkServiceAddress(typed: string, version: string): Promise<string> {
  const origin = serviceOrigin(typed);
  const client = createServiceClient({ origin, version, language: () => 'en' });
  try {
    await client.api.getMeta({});
    return origin;
  } finally {
    client.close();
  }
}
