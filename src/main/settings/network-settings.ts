import path from 'node:path';
import type * as z from 'zod';
import type { settings } from '../../shared/contract/app.ts';
import { AppError } from '../../shared/errors.ts';
import { parseProxy } from '../formats/proxy-route.ts';

/** The settings that say how addresses are reached. */
export type NetworkSettings = Pick<
  z.infer<typeof settings>,
  'proxyMode' | 'proxyAddress' | 'proxyExceptions' | 'pacAddress' | 'caFiles' | 'clientCertificates'
>;

export const usualNetwork = (): NetworkSettings => ({
  proxyMode: 'system',
  proxyAddress: null,
  proxyExceptions: [],
  pacAddress: null,
  caFiles: [],
  clientCertificates: [],
});

/** @throws `usage` for what the network can't be set up with */
export function checkNetwork({
  proxyMode,
  proxyAddress,
  pacAddress,
  caFiles,
  clientCertificates,
}: NetworkSettings): void {
  const proxy = proxyAddress === null ? null : parseProxy(proxyAddress);
  if (proxyAddress === null ? proxyMode === 'manual' : proxy === null)
    throw new AppError(
      'usage',
      'Enter the proxy as host:port, or as an address such as socks5://proxy.example:1080',
    );
  if (proxy?.credentials)
    throw new AppError('usage', 'Leave user name and password out of the proxy’s address');
  const isScript =
    pacAddress !== null &&
    (/^https?:/iu.test(pacAddress)
      ? URL.canParse(pacAddress)
      : /^file:/iu.test(pacAddress) || path.isAbsolute(pacAddress));
  if (pacAddress === null ? proxyMode === 'pac' : !isScript)
    throw new AppError(
      'usage',
      'Enter the address of the proxy script, or the full path of its file',
    );
  if (
    [...caFiles, ...clientCertificates.map(({ file }) => file)].some(
      (file) => !path.isAbsolute(file),
    )
  )
    throw new AppError('usage', 'Use the full path of the certificate’s file');
}
