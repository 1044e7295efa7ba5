import { useState } from 'react';
import type { AppContext } from '../../state/app.ts';

/**
 * What was filled in on the account's screens, kept from one to the next. Passwords and codes are
 * never part of it.
 */
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
 * Whether it may be an address; the service decides. Domains may be typed with the full stops of
 * other scripts (UTS 46).
 */
export const isEmail = (text: string): boolean =>
  /^[^\s@]+@[^\s@]+[.。．｡][^\s@.。．｡]+$/u.test(text.trim());

/** As long as the app is open: a look into the inbox must not cost what was typed. */
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
