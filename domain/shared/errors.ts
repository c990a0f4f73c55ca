import type { ErrorKind } from './error-kind.ts';
import { combinationErrors } from './error-registry-combination.ts';
import { inputErrors } from './error-registry-inputs.ts';
import { ledgerErrors } from './error-registry-ledger.ts';
import { peopleErrors } from './error-registry-people.ts';
import { runErrors } from './error-registry-runs.ts';
import { scanErrors } from './error-registry-scan.ts';

export { type UnitOfWork, unitsOfWork } from './error-kind.ts';

/**
 * The one registry of errors, joined from its parts. `docs/errors.md` is generated from it; `error-kinds.ts` answers what to do about an
 * error.
 */
export const errorKinds = {
  ...inputErrors,
  ...runErrors,
  ...peopleErrors,
  ...combinationErrors,
  ...scanErrors,
  ...ledgerErrors,
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** Where the offending input stands. */
export interface ErrorLocation {
  readonly file?: string;
  readonly line?: number;
  readonly path?: string;
}

/** Every refusal of this system: a registered code, a sentence, the evidence, and where the input stands. */
export class LedgerError extends Error {
  readonly code: ErrorCode;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly at: ErrorLocation;

  constructor(code: ErrorCode, message: string, detail: { evidence?: Record<string, unknown>; at?: ErrorLocation; cause?: unknown } = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = code;
    this.code = code;
    this.evidence = detail.evidence ?? {};
    this.at = detail.at ?? {};
  }

  get exitStatus(): number {
    return errorKinds[this.code].exit;
  }

  get advice(): string {
    return errorKinds[this.code].advice;
  }
}

/** An invariant of this program: its failure is a bug, not a fault of the input. */
export function invariant(condition: unknown, message: string, evidence: Record<string, unknown> = {}): asserts condition {
  if (!condition) throw new LedgerError('Internal', message, { evidence });
}

/** Closes a switch: a new case without a branch stops compiling. */
export function unreachable(value: never): never {
  throw new LedgerError('Internal', `unreachable: ${JSON.stringify(value)}`);
}
