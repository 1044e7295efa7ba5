import type { ApiScope } from '../../../shared/desk-api/scopes.ts';

const scopeNames: Record<ApiScope, string> = {
  'catalogue:read': 'Search the catalogue',
  'downloads:read': 'See downloads and their evidence',
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
  made: (date: string) => `made ${date}`,
  used: (when: string) => `last used ${when}`,
  neverUsed: 'never used',
  expires: (date: string) => `expires ${date}`,
  expired: (date: string) => `expired ${date}`,
  add: 'Add system',
  addTitle: 'Give a system access',
  name: 'Name of the system',
  nameHelp: 'The ledger names it beside everything it confirms.',
  namePlaceholder: 'MAM',
  nameMissing: 'Enter a name.',
  nameTaken:
    'A system of this name has a token already. Use another name, or revoke that one first.',
  scopes: 'What it may do',
  scopesMissing: 'Choose at least one.',
  scopeNames,
  confirmHelp:
    'Let it confirm restrictions only if the people who use it have read them. The ledger records its name with the words.',
  ends: 'Access ends',
  endChoices: { never: 'Never', quarter: 'In 90 days', year: 'In a year' },
  madeTitle: (name: string) => `Token of ${name}`,
  madeText: 'Copy it now: it’s shown only this once.',
  token: 'Token',
  copy: 'Copy',
  copied: 'Token copied',
  done: 'Done',
  revoke: 'Revoke',
  revokeOf: (name: string) => `Revoke the access of ${name}`,
  revokeTitle: (name: string) => `Revoke the access of ${name}?`,
  revokeText:
    'Its next request is refused. What it has queued is still downloaded. To let it in again, give it a new token.',
  revoked: (name: string) => `${name} has no access any more`,
};
