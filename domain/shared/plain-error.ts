import { type ErrorCode, type ErrorLocation, LedgerError } from './errors.ts';

/** A refusal as plain data, to cross from one process or thread to another: a clone of an error keeps neither its class nor its code. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly at: ErrorLocation;
}

export function plainError({ code, message, evidence, at }: LedgerError): PlainError {
  return { code, message, evidence, at };
}

/** The refusal again, on the other side. */
export function refusalOf({ code, message, ...detail }: PlainError): LedgerError {
  return new LedgerError(code, message, detail);
}
