import type { AppError } from '../../../shared/errors.ts';

/** What the service found wrong, by the field it names. */
export const faultsOf = (failed: AppError | null): Partial<Record<string, string>> =>
  Object.fromEntries(
    (failed?.detail.fields ?? []).map(({ field, code }) => [
      field.split(/[./]/).find(Boolean) ?? field,
      code,
    ]),
  );
