import { byCodeUnits } from '../shared/order.ts';

export type CheckStatus = 'passed' | 'warned' | 'failed' | 'not_evaluated';
export type FindingLevel = 'error' | 'warning';

/** One thing found. `count` stands on a line that speaks for several: the occurrences of its kind not listed one by one. */
export interface Finding {
  readonly level: FindingLevel;
  readonly code: string;
  readonly file: string;
  readonly line: number | null;
  readonly symbol: string | null;
  readonly date: string | null;
  readonly value: number | null;
  readonly message: string;
  readonly count?: number | undefined;
}

export interface CheckResult {
  readonly name: string;
  readonly status: CheckStatus;
  /** How many things were looked at; none looked at is `not_evaluated`, never passed. */
  readonly checked: number;
}

/** What an audit found, as plain JSON. `errors` and `warnings` count every occurrence, listed or not. */
export interface Verdict<Policy> {
  readonly policy: Policy;
  readonly checks: readonly CheckResult[];
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly Finding[];
  /** Rows, and faults of order among them, that the run does not use; left out where everything was judged, or before rules 2. */
  readonly notJudged?: { readonly rows: number; readonly defects: number } | undefined;
}

/** A verdict as it was recorded, under whatever thresholds held then. */
export type RecordedVerdict = Verdict<Readonly<Record<string, string | number>>>;

/** What was not judged, in words. */
export function notJudgedText({ rows, defects }: NonNullable<RecordedVerdict['notJudged']>): string {
  const faults = defects === 0 ? '' : `; ${defects} out of order or twice among them`;
  return `${rows} ${rows === 1 ? 'row' : 'rows'} outside the range that is used, not judged${faults}.`;
}

/** Which check a code belongs to, and how grave it is. */
export type FindingKinds = Readonly<Record<string, { readonly check: string; readonly level: FindingLevel }>>;

export interface Observation {
  readonly file: string;
  readonly line?: number | null;
  readonly symbol?: string | null;
  readonly date?: string | null;
  readonly value?: number | null;
  readonly message: string;
}

interface Group {
  readonly level: FindingLevel;
  readonly code: string;
  readonly file: string;
  readonly symbol: string | null;
  readonly listed: Finding[];
  count: number;
}

export interface ListingCaps {
  /** Findings listed one by one for each (code, file, symbol). */
  readonly findingsPerSymbolMax: number;
  /** Lines for each code, over all files and symbols. */
  readonly findingsPerCodeMax: number;
}

function byGroup(left: Group, right: Group): number {
  return (
    byCodeUnits(left.level, right.level) ||
    byCodeUnits(left.code, right.code) ||
    byCodeUnits(left.file, right.file) ||
    byCodeUnits(left.symbol ?? '', right.symbol ?? '')
  );
}

function byFinding(left: Finding, right: Finding): number {
  return byCodeUnits(left.date ?? '', right.date ?? '') || (left.line ?? 0) - (right.line ?? 0);
}

/** Where checks report to. */
export interface FindingSink {
  /** Notes that a check looked at some more things. */
  readonly looked: (check: string, count: number) => void;
  readonly add: (code: string, observation: Observation) => void;
}

/** Gathers observations and closes them into a verdict whose order and size depend on what was found alone. */
export class Findings implements FindingSink {
  private readonly groups = new Map<string, Group>();
  private readonly checkedBy = new Map<string, number>();
  private readonly kinds: FindingKinds;
  private readonly caps: ListingCaps;

  constructor(kinds: FindingKinds, caps: ListingCaps) {
    this.kinds = kinds;
    this.caps = caps;
    for (const { check } of Object.values(kinds)) this.checkedBy.set(check, 0);
  }

  looked(check: string, count: number): void {
    this.checkedBy.set(check, this.checkedBy.get(check)! + count);
  }

  /** `level` is that of the code, unless what it was found in stops nothing. */
  add(code: string, observation: Observation, level: FindingLevel = this.kinds[code]!.level): void {
    const { file, message } = observation;
    const symbol = observation.symbol ?? null;
    const key = JSON.stringify([level, code, file, symbol]);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { level, code, file, symbol, listed: [], count: 0 };
      this.groups.set(key, group);
    }
    group.count += 1;
    if (group.listed.length >= this.caps.findingsPerSymbolMax) return;
    const value = observation.value ?? null;
    group.listed.push({
      level,
      code,
      file,
      line: observation.line ?? null,
      symbol,
      date: observation.date ?? null,
      value: value !== null && Number.isFinite(value) ? value : null,
      message,
    });
  }

  close<Policy>(policy: Policy): Verdict<Policy> {
    const groups = [...this.groups.values()].toSorted(byGroup);
    let errors = 0;
    let warnings = 0;
    for (const group of groups) {
      if (group.level === 'error') errors += group.count;
      else warnings += group.count;
    }
    return { policy, checks: this.results(groups), errors, warnings, findings: this.listing(groups) };
  }

  private results(groups: readonly Group[]): CheckResult[] {
    return [...this.checkedBy].map(([name, checked]) => {
      const levels = groups.filter((group) => this.kinds[group.code]!.check === name).map((group) => group.level);
      if (levels.includes('error')) return { name, status: 'failed', checked };
      if (levels.includes('warning')) return { name, status: 'warned', checked };
      return { name, status: checked > 0 ? 'passed' : 'not_evaluated', checked };
    });
  }

  private listing(groups: readonly Group[]): Finding[] {
    const findings: Finding[] = [];
    for (const name of new Set(groups.map(({ level, code }) => `${level} ${code}`))) {
      const ofCode = groups.filter(({ level, code }) => `${level} ${code}` === name);
      const lines = ofCode.flatMap((group) => linesOf(group));
      if (lines.length <= this.caps.findingsPerCodeMax) {
        findings.push(...lines);
        continue;
      }
      const shown = lines.slice(0, this.caps.findingsPerCodeMax - 1);
      const omitted = lines.slice(shown.length);
      const count = omitted.reduce((sum, line) => sum + (line.count ?? 1), 0);
      const { level, code, file } = omitted[0]!;
      findings.push(...shown, {
        level,
        code,
        file,
        line: null,
        symbol: null,
        date: null,
        value: null,
        message: `and ${count} more ${code}, not listed`,
        count,
      });
    }
    return findings;
  }
}

function linesOf(group: Group): Finding[] {
  const lines = group.listed.toSorted(byFinding);
  const rest = group.count - lines.length;
  if (rest === 0) return lines;
  const { level, code, file, symbol } = group;
  const whose = symbol === null ? '' : ` of ${symbol}`;
  return [
    ...lines,
    { level, code, file, line: null, symbol, date: null, value: null, message: `and ${rest} more ${code}${whose}`, count: rest },
  ];
}
