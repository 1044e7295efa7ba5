import * as z from 'zod';
import type { Answers, Schema } from '../api/endpoint.ts';
import type { ApiProblemName } from './problem.ts';
import type { ApiScope } from './scopes.ts';
import * as api from './schemas.ts';

/**
 * One operation of the API for newsroom systems. Routes, validation, desk-api.yaml and the tests'
 * checks are derived from it.
 */
export type ApiEndpoint = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path template with `{name}` parameters, each one segment. */
  path: string;
  tag: string;
  summary: string;
  /** What the token must allow; `any` token, or `none` is needed. */
  scope: ApiScope | 'any' | 'none';
  params?: Schema;
  query?: Schema;
  body?: Schema;
  /** Media type of the request body if not application/json. */
  bodyType?: string;
  answers: Answers;
  /** Media types of its answers beside application/json. */
  otherTypes?: readonly string[];
  /** Its own problems, beside those that any request may have. */
  problems?: readonly ApiProblemName[];
};

const endpoint = <const E extends ApiEndpoint>(declared: E): E => declared;

const RIGHTS = [
  'withdrawn',
  'on-hold',
  'expired',
  'embargoed',
  'territory-restricted',
  'platform-restricted',
  'restriction-unacknowledged',
  'terms-not-accepted',
] as const satisfies readonly ApiProblemName[];
/** Where the service or another source may be asked. */
const NETWORK = [
  'offline',
  'service-unreachable',
  'service-error',
  'timeout',
] as const satisfies readonly ApiProblemName[];

/** A command on one download. */
const command = <const Name extends string>(name: Name, summary: string) =>
  endpoint({
    method: 'POST',
    path: `/api/v1/downloads/{id}/${name}`,
    tag: 'downloads',
    summary,
    scope: 'downloads:write',
    params: api.idParams,
    answers: { 200: api.downloadDetail },
    problems: ['not-found'],
  });

export const apiEndpoints = {
  getDocument: endpoint({
    method: 'GET',
    path: '/api/v1/openapi.json',
    tag: 'status',
    summary: 'This document',
    scope: 'none',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  }),
  getStatus: endpoint({
    method: 'GET',
    path: '/api/v1/status',
    tag: 'status',
    summary: 'State of the station, its account, its disk and its downloads',
    scope: 'any',
    answers: { 200: api.status },
  }),
  searchAssets: endpoint({
    method: 'GET',
    path: '/api/v1/assets',
    tag: 'catalogue',
    summary: 'Search the catalogue',
    scope: 'catalogue:read',
    query: api.assetsQuery,
    answers: { 200: api.assetPage },
    problems: ['usage'],
  }),
  getAsset: endpoint({
    method: 'GET',
    path: '/api/v1/assets/{id}',
    tag: 'catalogue',
    summary: 'An asset by id or slug, with its packages, its rights, and what has to be confirmed',
    scope: 'catalogue:read',
    params: api.idParams,
    answers: { 200: api.assetDetail },
    problems: ['not-found', 'usage', ...NETWORK],
  }),
  listDownloads: endpoint({
    method: 'GET',
    path: '/api/v1/downloads',
    tag: 'downloads',
    summary: 'List downloads',
    scope: 'downloads:read',
    query: api.downloadsQuery,
    answers: { 200: api.downloadPage },
  }),
  addDownload: endpoint({
    method: 'POST',
    path: '/api/v1/downloads',
    tag: 'downloads',
    summary:
      'Download an asset, a package or a URL. 201 for a new download; 200 for one that was there, on its way or complete, which is never downloaded twice into the same folder',
    scope: 'downloads:write',
    body: api.order,
    answers: { 200: api.downloadDetail, 201: api.downloadDetail },
    problems: [
      'not-found',
      'usage',
      'managed',
      'disk-full',
      'not-permitted',
      'disk-error',
      ...RIGHTS,
      ...NETWORK,
    ],
  }),
  getDownload: endpoint({
    method: 'GET',
    path: '/api/v1/downloads/{id}',
    tag: 'downloads',
    summary: 'A download with its files and their hashes',
    scope: 'downloads:read',
    params: api.idParams,
    answers: { 200: api.downloadDetail },
    problems: ['not-found'],
  }),
  changeDownload: endpoint({
    method: 'PATCH',
    path: '/api/v1/downloads/{id}',
    tag: 'downloads',
    summary: 'Change deadline, limit or urgency (merge patch, RFC 7396)',
    scope: 'downloads:write',
    params: api.idParams,
    body: api.downloadPatch,
    bodyType: 'application/merge-patch+json',
    answers: { 200: api.downloadDetail },
    problems: ['not-found'],
  }),
  removeDownload: endpoint({
    method: 'DELETE',
    path: '/api/v1/downloads/{id}',
    tag: 'downloads',
    summary:
      'Remove one that has ended from the list; finished files stay, partial ones are deleted',
    scope: 'downloads:write',
    params: api.idParams,
    answers: { 204: null },
    problems: ['not-found', 'usage'],
  }),
  pauseDownload: command('pause', 'Pause it'),
  resumeDownload: command('resume', 'Go on with one that is paused'),
  retryDownload: command('retry', 'Try one that failed or was cancelled again'),
  cancelDownload: command('cancel', 'Cancel it; what has arrived stays until it is removed'),
  getEvidence: endpoint({
    method: 'GET',
    path: '/api/v1/downloads/{id}/evidence',
    tag: 'downloads',
    summary:
      'The evidence report: origins, verification, and who confirmed which restrictions. As JSON, or as a page with Accept: text/html',
    scope: 'downloads:read',
    params: api.idParams,
    query: api.evidenceQuery,
    answers: { 200: api.evidence },
    otherTypes: ['text/html'],
    problems: ['not-found'],
  }),
  listEvents: endpoint({
    method: 'GET',
    path: '/api/v1/events',
    tag: 'events',
    summary:
      'What has happened since: packages that are ready, failed, recalled, released or corrected. Waits for the next one if asked to',
    scope: 'events:read',
    query: api.eventsQuery,
    answers: { 200: api.eventPage },
    problems: ['disk-error'],
  }),
  listRecalls: endpoint({
    method: 'GET',
    path: '/api/v1/recalls',
    tag: 'recalls',
    summary: 'What publishers have withdrawn, put on hold or corrected after it was downloaded',
    scope: 'recalls:read',
    query: api.recallsQuery,
    answers: { 200: api.recallPage },
  }),
  acknowledgeRecall: endpoint({
    method: 'POST',
    path: '/api/v1/recalls/{id}/acknowledge',
    tag: 'recalls',
    summary: 'Record that the system has taken notice of it; deletes nothing',
    scope: 'recalls:write',
    params: api.idParams,
    answers: { 200: api.recall },
    problems: ['not-found'],
  }),
  searchArticles: endpoint({
    method: 'GET',
    path: '/api/v1/articles',
    tag: 'articles',
    summary: 'Search the articles, newest first',
    scope: 'articles:read',
    query: api.articlesQuery,
    answers: { 200: api.articlePage },
    problems: ['usage'],
  }),
  getArticle: endpoint({
    method: 'GET',
    path: '/api/v1/articles/{id}',
    tag: 'articles',
    summary:
      'An article that may be copied, which counts as an export. As JSON, or as a page with its pictures with Accept: text/html',
    scope: 'articles:read',
    params: api.idParams,
    answers: { 200: api.articleDetail },
    otherTypes: ['text/html'],
    problems: [
      'not-found',
      'managed',
      'withdrawn',
      'on-hold',
      'expired',
      'copies-refused',
      ...NETWORK,
    ],
  }),
} as const;

export type ApiEndpoints = typeof apiEndpoints;
export type ApiEndpointName = keyof ApiEndpoints;
const isName = (name: string): name is ApiEndpointName => Object.hasOwn(apiEndpoints, name);
export const apiEndpointNames: readonly ApiEndpointName[] =
  Object.keys(apiEndpoints).filter(isName);
/** The declaration with its general type, for generic code. */
export const apiEndpointOf = (name: ApiEndpointName): ApiEndpoint => apiEndpoints[name];

/** Media types of its answers, the first by default. */
export const typesOf = ({ otherTypes = [] }: ApiEndpoint): readonly string[] => [
  'application/json',
  ...otherTypes,
];

/** All that a request to it may be refused with. */
export const apiProblemsOf = ({
  method,
  scope,
  params,
  query,
  body,
  problems = [],
}: ApiEndpoint): readonly ApiProblemName[] => [
  ...problems,
  'malformed-request',
  'forbidden',
  'method-not-allowed',
  'not-acceptable',
  'bug',
  'managed',
  ...(scope === 'none' ? [] : (['invalid-token', 'rate-limited'] as const)),
  ...(scope === 'none' || scope === 'any' ? [] : (['insufficient-scope'] as const)),
  ...(params || query || body ? (['validation-failed'] as const) : []),
  ...(method === 'GET' ? [] : (['body-too-large'] as const)),
  ...(body ? (['unsupported-media-type'] as const) : []),
];
