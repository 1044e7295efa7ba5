import { useCallback } from 'react';
import { AppError, ERROR_CODES, type ErrorCode, type WireError } from '../../shared/errors.ts';
import { texts } from '../i18n/index.ts';
import type { AppContext } from './app.ts';
import { useApp } from './context.tsx';

const isWireError = (error: unknown): error is WireError =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  ERROR_CODES.some((code) => code === error.code);

export const errorCode = (error: unknown): ErrorCode =>
  error instanceof AppError || isWireError(error) ? error.code : 'bug';

/** Who has set what can't be changed; null for any other error. */
function organisationOf(error: unknown): string | null {
  if (errorCode(error) !== 'managed') return null;
  const { organisation = null } = error instanceof AppError ? error.detail : (error as WireError);
  return organisation;
}

/** @param error a thrown value, or an error received as data */
export function errorText(app: AppContext, error: unknown): string {
  const { errors, policy } = texts[app.settings.getState().value?.language ?? 'en'];
  const organisation = organisationOf(error);
  return organisation === null ? errors[errorCode(error)] : policy.setBy(organisation);
}

/** Shows an error as a toast. */
export const reportError = (app: AppContext, error: unknown): void =>
  app.toasts.getState().show(errorText(app, error));

/** `reportError` for components; stable. */
export function useReportError(): (error: unknown) => void {
  const app = useApp();
  return useCallback((error: unknown) => reportError(app, error), [app]);
}
