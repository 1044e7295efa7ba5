import { environmentNetwork, type Network } from '../../../src/main/adapters/http/network.ts';

/** Whatever the environment of the tests says: without a proxy. */
export const DIRECT: Network = environmentNetwork({});

/** As `DIRECT`, with a certificate authority in place of the system's; null keeps that. */
export const trusting = (ca: string | null): Network =>
  environmentNetwork({}, ca === null ? {} : { ca: [ca] });
