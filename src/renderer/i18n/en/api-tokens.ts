import type { ApiScope } from '../../../shared/desk-api/scopes.ts';

const scopeNames: Record<ApiScope, string> = {
  'catalogue:read': 'Search the catalogue',
  'downloads:read': 'See downloads and their evidence reports',
  'downloads:write': 'Add and control downloads',
  'downloads:confirm': 'Confirm restrictions',
  'events:read': 'Be told what happens',
  'recalls:read': 'See recalls',
  'recalls:write': 'Acknowledge recalls',
  'articles:read': 'Search and copy articles',
};

export const apiTokens = {
  title: 'Newsroom systems',
  text: 'A MAM, an NRCS or an ingest script can search, download and follow through the API of “desk station”. Each has a token of its own.',
  list: 'Systems with access',
  none: 'No system has access.',
  made: (date: string) => `created ${date}`,
  used: (when: string) => `last used ${when}`,
  neverUsed: 'never used',
  expires: (date: string) => `expires ${date}`,
  expired: (date: string) => `expired ${date}`,
  add: 'Add system',
  addTitle: 'Give a system access',
  give: 'Give access',
  name: 'Name of the system',
  nameHelp: 'The ledger names it beside everything it confirms.',
  namePlaceholder: 'MAM',
  nameMissing: 'Enter a name.',
  nameTaken:
    'A system with this name already has a token. Use another name, or revoke that token first.',
  scopes: 'What it may do',
  scopesMissing: 'Choose at least one.',
  scopeNames,
  confirmHelp:
    'Let it confirm restrictions only if the people who use it have read them. The ledger records its name with the exact text.',
  ends: 'Access ends',
  endChoices: { never: 'Never', quarter: 'In 90 days', year: 'In a year' },
  madeTitle: (name: string) => `Token for ${name}`,
  madeText: 'Copy it now: it’s shown only this once.',
  token: 'Token',
  copied: 'Token copied',
  revoke: 'Revoke',
  revokeOf: (name: string) => `Revoke access for ${name}`,
  revokeTitle: (name: string) => `Revoke access for ${name}?`,
  revokeText:
    'Its next request is refused. What it has queued is still downloaded. To let it in again, give it a new token.',
  revoked: (name: string) => `${name} no longer has access`,
};
