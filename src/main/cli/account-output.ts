import type { Command } from 'commander';
import type { AccountView } from '../account/account.ts';
import type { Composed } from '../app/services.ts';
import type { Output } from './output.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The result line of every command that changes the account. */
export function statusOf(view: AccountView): Record<string, unknown> {
  const flow = view.pendingFlow;
  return {
    signedIn: view.status === 'signed-in',
    email: view.profile?.email ?? null,
    newsletter: view.profile?.newsletter ?? null,
    keychain: view.keychain,
    pendingFlow: flow && { purpose: flow.purpose, codeExpiresAt: iso(flow.codeExpiresAt) },
  };
}

export const codeSent = (output: Output, view: AccountView): number =>
  output.done(
    statusOf(view),
    `A code was sent to ${view.pendingFlow?.email ?? ''}. Enter it with: desk account verify --code CODE`,
  );

type Work = (
  composed: Composed,
  options: Record<string, string & boolean>,
  output: Output,
  args: string[],
) => Promise<number>;
/** One subcommand that works on the account of the service. */
export type Add = (name: string, description: string, work: Work) => Command;
