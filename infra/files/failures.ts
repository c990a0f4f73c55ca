import { LedgerError, type ErrorCode } from '../../domain/shared/errors.ts';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'FileMissing',
  ENOTDIR: 'FileMissing',
  ENOSPC: 'StoreFull',
  EDQUOT: 'StoreFull',
  EFBIG: 'StoreFull',
  EIO: 'StoreIo',
  ENAMETOOLONG: 'Usage',
};

/** Turns a failure of the operating system into a registered error that names the file; anything else passes through. */
export function fileFailure(error: unknown, file: string): unknown {
  if (
    error instanceof LedgerError ||
    typeof error !== 'object' ||
    error === null ||
    !('syscall' in error && 'code' in error) ||
    typeof error.code !== 'string'
  )
    return error;
  const code = codes[error.code] ?? 'FileUnreadable';
  const what = code === 'FileMissing' ? 'no such file or directory' : code === 'StoreFull' ? 'no space left' : error.code;
  return new LedgerError(code, `${file}: ${what}`, { evidence: { errno: error.code }, at: { file }, cause: error });
}

/** Runs an operation on a file and translates its failure. */
export async function withFileErrors<T>(file: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw fileFailure(error, file);
  }
}
