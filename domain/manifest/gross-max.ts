import { grossMaxDefault } from '../risk/gross.ts';

/** What a profile may declare of its gross exposure. */
export interface GrossSettings {
  readonly gross_max?: number | null | undefined;
  readonly leverage?: number | null | undefined;
}

/** The bound that a profile declares: `risk.gross_max`, else its `risk.leverage`; null where it declares neither. */
export function declaredGrossMax({ gross_max: grossMax, leverage }: GrossSettings): number | null {
  return grossMax ?? leverage ?? null;
}

/** The bound in force, declared or not. */
export function grossMaxOf(declared: number | null): number {
  return declared ?? grossMaxDefault;
}

const isWritten = (value: number | null | undefined): boolean => value !== null && value !== undefined;

/** The settings that decide on the bound, without those that are not written: what a job carries. */
export function writtenGross({ gross_max: grossMax, leverage }: GrossSettings): GrossSettings {
  return { ...(isWritten(grossMax) ? { gross_max: grossMax } : {}), ...(isWritten(leverage) ? { leverage } : {}) };
}
