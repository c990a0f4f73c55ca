import type { DocumentReference } from '../shared/artifact-reference.ts';
import type { AcceptanceVerdict } from './acceptance-verdict.ts';

/** What a meta run allocated to one risk profile, as far as a publication has to know. */
export interface AllocatedWeights {
  /** Of the portfolio's own sleeves, inside their bounds. */
  readonly sleeves: Readonly<Record<string, number>>;
  /** Net weight of each physical symbol. */
  readonly weights: Readonly<Record<string, number>>;
  readonly gross: number;
  readonly net: number;
  /** The assets with their contributors. */
  readonly portfolio: DocumentReference;
  readonly acceptance: readonly AcceptanceVerdict[];
}

/** Why there is no allocation. */
export interface NotAllocated {
  readonly code: string;
  readonly message: string;
  readonly evidence: unknown;
}
