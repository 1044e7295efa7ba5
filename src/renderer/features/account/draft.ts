import { useState } from 'react';
import type { AppContext } from '../../state/app.ts';

/** Form values shared by the account's screens. Never contains passwords or codes. */
export type Draft = {
  email: string;
  displayName: string;
  organisation: string;
  country: string | null;
  agreed: boolean;
};
export type ScreenProps = { draft: Draft; setDraft: (change: Partial<Draft>) => void };

const EMPTY_DRAFT: Draft = {
  email: '',
  displayName: '',
  organisation: '',
  country: null,
  agreed: false,
};

/**
 * Whether it can be an address; the service decides. Domains may use the full stops of other
 * scripts (UTS 46).
 */
export const isEmail = (text: string): boolean =>
  /^[^\s@]+@[^\s@]+[.。．｡][^\s@.。．｡]+$/u.test(text.trim());

/** Kept while the app is open: opening the inbox must not cost what was typed. */
const drafts = new WeakMap<AppContext, Draft>();

export function useDraft(
  app: AppContext,
  email: string,
): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY_DRAFT, email, ...drafts.get(app) }));
  const change = (part: Partial<Draft>): void => {
    const next = { ...draft, ...part };
    drafts.set(app, next);
    setDraft(next);
  };
  return [draft, change];
}
