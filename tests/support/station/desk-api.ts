import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type * as z from 'zod';
import type { Application, AppOptions } from '../../../src/main/app/services.ts';
import { StationApi } from '../../../src/main/station/api.ts';
import { Station } from '../../../src/main/station/server.ts';
import type { Schema } from '../../../src/shared/api/endpoint.ts';
import {
  apiEndpointOf,
  apiProblemsOf,
  type ApiEndpoint,
  type ApiEndpointName,
  type ApiEndpoints,
} from '../../../src/shared/desk-api/endpoints.ts';
import { apiProblem, statusOf, type ApiProblem } from '../../../src/shared/desk-api/problem.ts';
import { API_SCOPES, type ApiScope } from '../../../src/shared/desk-api/scopes.ts';
import { openApplication } from '../app/application.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export type Asked = {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /** That of all scopes without it; null for none. */
  token?: string | null;
};
type BodyOf<N extends ApiEndpointName> =
  ApiEndpoints[N]['answers'] extends Readonly<Record<number, infer A>>
    ? A extends Schema
      ? z.output<A>
      : never
    : never;
type Answered<N extends ApiEndpointName> = {
  status: number;
  /** Of JSON; null for another type. */
  body: BodyOf<N>;
  text: string;
  headers: Headers;
};

export type OpenStation = {
  application: Application;
  station: Station;
  origin: string;
  /** Of a system with all scopes. */
  token: string;
  bugs: unknown[];
  tokenOf(name: string, scopes: ApiScope[], expiresAt?: number | null): Promise<string>;
  /** Asks for what is answered, and checks that with the declaration. */
  ask<N extends ApiEndpointName>(name: N, asked?: Asked): Promise<Answered<N>>;
  /** Asks for what is refused, and checks that the endpoint says so. */
  refused(name: ApiEndpointName, asked: Asked): Promise<ApiProblem & { headers: Headers }>;
  close(): Promise<void>;
};

/** What a declaration doesn't foresee in an answer; null for nothing. */
export function faultOf(endpoint: ApiEndpoint, response: Response, text: string): string | null {
  const { status, headers } = response;
  if (status === 304) return endpoint.method === 'GET' ? null : 'an undeclared 304';
  const type = headers.get('content-type') ?? '';
  if (type === 'application/problem+json') {
    const { data } = apiProblem.strict().safeParse(JSON.parse(text));
    if (!data) return 'a problem with members that nobody declared';
    if (data.status !== status || statusOf(data.code) !== status) return 'another status';
    return apiProblemsOf(endpoint).includes(data.code) ||
      // Where the id fills no segment, it is another path.
      data.code === 'not-found'
      ? null
      : `the undeclared problem ${data.code}`;
  }
  const declared = endpoint.answers[status];
  if (declared === undefined) return `the undeclared status ${status}`;
  if (declared === null) return text === '' ? null : 'a body where there should be none';
  if (type !== 'application/json')
    return endpoint.otherTypes?.includes(type.split(';')[0] ?? '') ? null : `the type ${type}`;
  const body: unknown = JSON.parse(text);
  const { data, error } = declared.safeParse(body);
  if (error) return error.message;
  return isDeepStrictEqual(data, body) ? null : 'members that nobody declared';
}

const pathOf = (template: string, params: Record<string, string> = {}): string =>
  template.replaceAll(/\{(\w+)\}/gu, (_all, name: string) =>
    encodeURIComponent(params[name] ?? 'none'),
  );

/** The station with its API on a port of its own, and a system that may do everything. */
export async function openStation(
  home: string,
  options: Partial<AppOptions> = {},
  {
    token: known,
    ...limits
  }: {
    requestMs?: number;
    maxConnections?: number;
    /** One that the home has already; a new one is made without it. */
    token?: string;
  } = {},
): Promise<OpenStation> {
  const application = await openApplication(home, { background: true, ...options });
  const { apiTokens } = application.services;
  const root = path.join(temporaryFolder(), 'renderer');
  mkdirSync(root);
  writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>desk</title>');
  const api = new StationApi(application.services);
  const bugs: unknown[] = [];
  const station = new Station({
    root,
    port: 0,
    api,
    invoke: application.invoke,
    media: application.media,
    onBug: (_where, thrown) => bugs.push(thrown),
    ...limits,
  });
  await station.listen();
  const { origin } = new URL(station.link());
  const tokenOf: OpenStation['tokenOf'] = async (name, scopes, expiresAt = null) =>
    (await apiTokens.add({ name, scopes, expiresAt })).token;
  const token = known ?? (await tokenOf('Everything', [...API_SCOPES]));
  const send = async (name: ApiEndpointName, asked: Asked) => {
    const { method, path: template, bodyType = 'application/json' } = apiEndpointOf(name);
    const query = new URLSearchParams(asked.query).toString();
    const shown = asked.token === undefined ? token : asked.token;
    const response = await fetch(
      `${origin}${pathOf(template, asked.params)}${query === '' ? '' : `?${query}`}`,
      {
        method,
        headers: {
          ...(shown === null ? {} : { authorization: `Bearer ${shown}` }),
          ...(asked.body === undefined ? {} : { 'content-type': bodyType }),
          ...asked.headers,
        },
        ...(asked.body === undefined
          ? {}
          : { body: typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body) }),
      },
    );
    const text = await response.text();
    expect(
      faultOf(apiEndpointOf(name), response, text),
      `${name}: ${text.slice(0, 400)}`,
    ).toBeNull();
    return { response, text };
  };
  return {
    application,
    station,
    origin,
    token,
    bugs,
    tokenOf,
    async ask(name, asked = {}) {
      const { response, text } = await send(name, asked);
      expect(response.status, `${name}: ${text}`).toBeLessThan(400);
      const isJson = response.headers.get('content-type') === 'application/json';
      return {
        status: response.status,
        body: (isJson ? JSON.parse(text) : null) as never,
        text,
        headers: response.headers,
      };
    },
    async refused(name, asked) {
      const { response, text } = await send(name, asked);
      expect(response.status, `${name}: ${text}`).toBeGreaterThanOrEqual(400);
      return { ...apiProblem.parse(JSON.parse(text)), headers: response.headers };
    },
    async close() {
      await station.close();
      api.close();
      await application.close();
    },
  };
}
