import type { SelectionMode } from './settings.ts';

/** What the stages need to know of a contestant. */
export interface Contestant {
  readonly symbol: number;
  readonly cluster: number;
  /** The account whose quota a win uses up. */
  readonly account: string;
  readonly identity: string;
  /** Vetoes it meets, of any kind; after the thresholds of stage 2; and those that nothing lifts. */
  readonly isVetoed: boolean;
  readonly isVetoedRelaxed: boolean;
  readonly isVetoedHard: boolean;
  /** Its recent return reaches the gate. */
  readonly passesGate: boolean;
  /** Entropy above .999, which not even stage 3 takes. */
  readonly isNoise: boolean;
}

/** Who was admitted, and when. */
export interface Admission {
  readonly symbol: number;
  readonly stage: number;
  /** Admitted although the quota of its cluster was used up. */
  readonly isQuotaWaived: boolean;
}

export interface StagePlan {
  readonly mode: SelectionMode;
  readonly isOrigin: boolean;
  /** Winners at which the relaxation ends. */
  readonly target: number;
  readonly winnersMin: number;
  /** Winners that each account may have. */
  readonly quotas: ReadonlyMap<string, number>;
}

export interface Staged {
  readonly admissions: readonly Admission[];
  /** Winners after each stage that the mode has. */
  readonly afterStage: readonly number[];
}

/** Most winners of v4. */
const winnersMax = 25;
const originTarget = 15;

/** Winners at which the relaxation ends: half of the candidates, but no fewer than are needed and no more than 15. */
export function relaxationTarget(candidates: number, winnersMin: number, isOrigin: boolean): number {
  return isOrigin ? originTarget : Math.min(originTarget, Math.max(winnersMin, Math.ceil(candidates / 2)));
}

/** Admits contestants, best first: one for an identity, and no more for an account than its quota. */
class Roll {
  readonly admissions: Admission[] = [];
  private readonly identities = new Set<string>();
  private readonly symbols = new Set<number>();
  private readonly clusters = new Set<number>();
  private readonly used = new Map<string, number>();

  constructor(
    private readonly ranked: readonly Contestant[],
    private readonly quotas: ReadonlyMap<string, number>,
  ) {}

  hasWinnerIn(cluster: number): boolean {
    return this.clusters.has(cluster);
  }

  /** Goes through all contestants once, until there are so many winners. */
  admit(stage: number, winners: number, isEligible: (contestant: Contestant) => boolean, waivesQuota = false): void {
    for (const contestant of this.ranked) {
      if (this.admissions.length >= winners) return;
      const { symbol, cluster, account, identity } = contestant;
      if (this.symbols.has(symbol) || this.identities.has(identity) || !isEligible(contestant)) continue;
      const used = this.used.get(account) ?? 0;
      const isFull = used >= (this.quotas.get(account) ?? 0);
      if (isFull && !waivesQuota) continue;
      this.symbols.add(symbol);
      this.identities.add(identity);
      this.clusters.add(cluster);
      this.used.set(account, used + 1);
      this.admissions.push({ symbol, stage, isQuotaWaived: isFull });
    }
  }
}

/**
 * Staged relaxation over contestants ranked by score. v3 and v3.2 have the strict stage alone. Stages add and never displace; from stage 3
 * on, soft vetoes and the gate are not asked, hard ones always (docs/explanation/selection.md#stages).
 */
export function runStages(ranked: readonly Contestant[], { mode, isOrigin, target, winnersMin, quotas }: StagePlan): Staged {
  const roll = new Roll(ranked, quotas);
  const afterStage: number[] = [];
  const close = (): unknown => afterStage.push(roll.admissions.length);
  const isShort = (): boolean => roll.admissions.length < target;
  roll.admit(1, mode === 'v4' ? winnersMax : Infinity, ({ isVetoed, passesGate }) => !isVetoed && passesGate);
  close();
  if (mode !== 'v4') return { admissions: roll.admissions, afterStage };
  if (isShort()) roll.admit(2, winnersMax, ({ isVetoedRelaxed, passesGate }) => !isVetoedRelaxed && passesGate);
  close();
  if (isShort()) roll.admit(3, target, ({ cluster, isVetoedHard, isNoise }) => !isVetoedHard && !isNoise && !roll.hasWinnerIn(cluster));
  close();
  if (isShort()) roll.admit(4, target, ({ isVetoedHard }) => !isVetoedHard, isOrigin);
  close();
  if (!isOrigin) {
    roll.admit(5, winnersMin, ({ isVetoedHard }) => !isVetoedHard, true);
    close();
  }
  return { admissions: roll.admissions, afterStage };
}
