import type { Answered, Body, Params, Query } from '../../shared/api/endpoint.ts';
import type { EndpointName, endpoints } from '../../shared/api/endpoints.ts';
import type { AccountRecord, SessionRecord } from '../store/ports.ts';
import type { Language } from './language.ts';

export type Authenticated = { account: AccountRecord; session: SessionRecord };
type AuthOf<A> = A extends 'bearer'
  ? Authenticated
  : A extends 'optional'
    ? Authenticated | null
    : null;

/** A request as its handler gets it: parsed, and authenticated as far as the endpoint requires. */
export type Call<N extends EndpointName> = {
  params: Params<(typeof endpoints)[N]>;
  query: Query<(typeof endpoints)[N]>;
  body: Body<(typeof endpoints)[N]>;
  auth: AuthOf<(typeof endpoints)[N]['auth']>;
  language: Language;
  ip: string;
  /** Empty where the endpoint takes none. */
  idempotencyKey: string;
  header(name: string): string | undefined;
};
export type Handler<N extends EndpointName> = (
  call: Call<N>,
) => Promise<Answered<(typeof endpoints)[N]>>;
export type Handlers<N extends EndpointName = EndpointName> = { [K in N]: Handler<K> };
