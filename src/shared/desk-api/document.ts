import { openapiDocument } from '../openapi.ts';
import { apiEndpointNames, apiEndpointOf, apiProblemsOf, typesOf } from './endpoints.ts';
import { apiProblem, statusOf, type ApiProblemName } from './problem.ts';

/** The OpenAPI 3.1 document of the API for newsroom systems, as an object of JSON. */
export const apiDocument = (): Record<string, unknown> =>
  openapiDocument({
    info: {
      title: 'Multimedia Desk API',
      version: '1.0.0',
      description:
        'For systems of a newsroom (MAM, NRCS, ingest) that drive a running station on the same computer. Each has a token of its own (desk api token add, or Settings) with scopes. Unknown members of answers are to be ignored. HEAD is answered wherever GET is. See docs/api.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        description: 'The station',
        variables: { port: { default: '4780', description: 'desk station --port' } },
      },
    ],
    operations: apiEndpointNames.map((name) => {
      const endpoint = apiEndpointOf(name);
      const { method, path, tag, summary, scope, params, query, body, bodyType, answers } =
        endpoint;
      return {
        name,
        method,
        path,
        tag,
        summary,
        security: scope === 'none' ? [] : [{ bearer: scope === 'any' ? [] : [scope] }],
        params,
        query,
        headers:
          method === 'GET'
            ? [
                {
                  name: 'If-None-Match',
                  required: false,
                  description: 'The ETag of what is already there',
                },
              ]
            : [],
        body,
        bodyType,
        answers,
        otherTypes: typesOf(endpoint).slice(1),
        ...(method === 'GET'
          ? { answerHeaders: ['ETag'], others: { 304: 'Not modified' } }
          : method === 'POST' && 201 in answers
            ? { answerHeaders: ['Location'] }
            : {}),
        problems: apiProblemsOf(endpoint),
      };
    }),
    problem: apiProblem,
    statusOf: (name) => statusOf(name as ApiProblemName),
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
  });
