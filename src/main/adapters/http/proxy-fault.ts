/** Why a proxy didn't lead to an address. */
type ProxyFaultKind = 'unreachable' | 'auth' | 'refused';

/** A proxy can't be reached, wants to know who we are, or refuses an address. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault';
  readonly code: `EPROXY_${Uppercase<ProxyFaultKind>}`;
  /** `host:port` */
  readonly proxy: string;

  constructor(kind: ProxyFaultKind, proxy: string, why: string, cause?: unknown) {
    super(why, cause === undefined ? {} : { cause });
    this.code = `EPROXY_${kind.toUpperCase() as Uppercase<ProxyFaultKind>}`;
    this.proxy = proxy;
  }
}
