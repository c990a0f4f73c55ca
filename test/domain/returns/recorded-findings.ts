import type { FindingSink, Observation } from '../../../domain/returns/verdict.ts';

/** What checks reported, one by one and in their order. */
export class RecordedFindings implements FindingSink {
  readonly added: (Observation & { readonly code: string })[] = [];
  readonly counts: Record<string, number> = {};

  looked(check: string, count: number): void {
    this.counts[check] = (this.counts[check] ?? 0) + count;
  }

  add(code: string, observation: Observation): void {
    this.added.push({ code, ...observation });
  }
}
