/** Closed forms, hierarchies and everything that follows from them: the last of the ten digits that the goldens carry. */
export const direct = 1e-9;
/** Where a solver stands behind a figure: active sets and Newton steps of different make, each polished to about 1e-11. */
export const iterative = 1e-8;

const iterativeProfiles: ReadonlySet<string> = new Set(['min_variance', 'risk_parity', 'max_sharpe']);

export function toleranceOf(risk: string): number {
  return iterativeProfiles.has(risk) ? iterative : direct;
}

/** What differs between our figures and the other implementation's, in words; a test expects none. */
export class Comparison {
  readonly differences: string[] = [];
  #compared = 0;

  get compared(): number {
    return this.#compared;
  }

  exact(what: string, ours: unknown, theirs: unknown): void {
    this.#compared++;
    const [left, right] = [JSON.stringify(ours), JSON.stringify(theirs)];
    if (left !== right) this.differences.push(`${what}: ours ${left}, theirs ${right}`);
  }

  /** Relative above 1, absolute below. */
  near(what: string, ours: number | null | undefined, theirs: number | null | undefined, tolerance: number): void {
    if (typeof ours !== 'number' || typeof theirs !== 'number') {
      this.exact(what, ours ?? null, theirs ?? null);
      return;
    }
    this.#compared++;
    const gap = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
    if (!(gap <= tolerance)) this.differences.push(`${what}: ours ${ours}, theirs ${theirs}, ${gap.toExponential(1)} apart`);
  }

  allNear(what: string, ours: readonly number[], theirs: readonly number[], tolerance: number): void {
    this.exact(`${what}, how many`, ours.length, theirs.length);
    for (const [index, value] of theirs.entries()) this.near(`${what}[${index}]`, ours[index], value, tolerance);
  }
}
