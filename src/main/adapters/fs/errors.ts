import { AppError, type ErrorCode } from '../../../shared/errors.ts';

/** Error codes by POSIX errno name as Node reports it. */
const CODES: Record<string, ErrorCode> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  ENOENT: 'destination-missing',
  ENOTDIR: 'destination-missing',
  ENODEV: 'destination-missing',
  ESTALE: 'destination-missing',
  EACCES: 'not-permitted',
  EPERM: 'not-permitted',
  EROFS: 'not-permitted',
  ELOOP: 'not-permitted',
  EEXIST: 'exists',
  EFBIG: 'file-too-large',
};

const REASONS: Partial<Record<ErrorCode, string>> = {
  'disk-full': 'no space left',
  'destination-missing': 'not found',
  'not-permitted': 'permission denied',
  exists: 'already exists',
  'file-too-large': 'too large for the file system',
};

/** The errno name of a failed system call, e.g. `ENOENT`; null for anything else. */
export const errnoOf = (thrown: unknown): string | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : null;

export const hasErrno = (thrown: unknown, ...names: string[]): boolean =>
  names.includes(errnoOf(thrown) ?? '');

/** No space or no quota is left. */
export const isDiskFull = (thrown: unknown): boolean => hasErrno(thrown, 'ENOSPC', 'EDQUOT');

/**
 * The `AppError` for a failed system call; anything else is returned unchanged.
 *
 * @param what the path, or the failed operation, in English
 */
export function fsError(thrown: unknown, what: string): unknown {
  const errno = errnoOf(thrown);
  if (thrown instanceof AppError || errno === null) return thrown;
  const code = CODES[errno] ?? 'disk-error';
  const reason = REASONS[code];
  return new AppError(code, `${what}: ${reason ? `${reason} (${errno})` : errno}`, {
    cause: thrown,
  });
}

/** Runs one system call on a path; throws its failure as an `AppError`. */
export async function mapPathErrors<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw fsError(thrown, path);
  }
}

/**
 * The `AppError` for one of the program's own files that could not be written: `disk-full` or
 * `disk-error`; a finer code would not help the user there.
 */
export const saveError = (thrown: unknown, what: string): AppError =>
  new AppError(isDiskFull(thrown) ? 'disk-full' : 'disk-error', what, {
    retryable: true,
    cause: thrown,
  });

/** Errnos of a system that can't open a folder, such as Windows. */
export const UNOPENABLE_FOLDER = ['EISDIR', 'EPERM', 'EACCES'] as const;
/** Errnos of a file system that can't fsync a folder, such as some network ones. */
export const UNSYNCABLE_FOLDER = ['EINVAL', 'ENOTSUP', 'EPERM', 'EBADF'] as const;
