import { numberIn, type ScanRow } from '../scan/response.ts';
import { categoryLines, type CategoryLine, categoryOf, inOrderOfId } from './category-map.ts';
import { medianOf } from './statistics.ts';

/** When a category counts: fewer rows say nothing of it. */
const rowsMin = 3;
/** Least median traded value that is acceptable. */
const valueTradedMin = 2_000_000;

export interface JudgedCategory extends CategoryLine {
  /** Median performance above that of all rows, and median traded value acceptable. */
  readonly isHighAndLiquid: boolean;
  /** Whether some scanner asks for it; null where categories are texts. */
  readonly isTargeted: boolean | null;
  readonly isGap: boolean | null;
  /** Scanners that selected a member. */
  readonly selectedBy: readonly string[];
}

export interface Gaps {
  readonly state: 'evaluated' | 'not_evaluated';
  /** Median performance of all rows, percent: a category is high strictly above it. */
  readonly perfCut: number | null;
  readonly valueTradedMin: number;
  readonly rowsMin: number;
  /** By median performance, the best first. */
  readonly categories: readonly JudgedCategory[];
}

export interface GapsInput {
  readonly rows: readonly ScanRow[];
  /** Category ids that some scanner asks for. */
  readonly targeted: readonly string[];
  /** Scanners by the symbols that they selected. */
  readonly selectedBy: ReadonlyMap<string, readonly string[]>;
}

/** Whether categories are ids: at least one row has a text of digits. */
export function hasCategoryIds(rows: readonly ScanRow[]): boolean {
  return rows.some((row) => /^\d+$/.test(categoryOf(row) ?? ''));
}

/** Categories that do well and trade, which no scanner asks for. Where categories are texts nobody can say who asks for them. */
export function gapsOf({ rows, targeted, selectedBy }: GapsInput): Gaps {
  const perfCut = medianOf(rows.flatMap((row) => numberIn(row, 'Perf.1M') ?? []));
  const isEvaluated = hasCategoryIds(rows);
  const selectedIn = (category: string): string[] => {
    const members = rows.filter((row) => categoryOf(row) === category);
    return [...new Set(members.flatMap(({ symbol }) => selectedBy.get(symbol) ?? []))].toSorted();
  };
  const judged = categoryLines(rows).flatMap((line): JudgedCategory[] => {
    const { category, count, medianPerf1m, medianValueTraded } = line;
    if (category === null || count < rowsMin) return [];
    const isHigh = perfCut !== null && medianPerf1m !== null && medianPerf1m > perfCut;
    const isHighAndLiquid = isHigh && medianValueTraded !== null && medianValueTraded >= valueTradedMin;
    const isTargeted = isEvaluated ? targeted.includes(category) : null;
    const isGap = isTargeted === null ? null : isHighAndLiquid && !isTargeted;
    return [{ ...line, isHighAndLiquid, isTargeted, isGap, selectedBy: selectedIn(category) }];
  });
  const categories = judged.toSorted(
    (left, right) => (right.medianPerf1m ?? -Infinity) - (left.medianPerf1m ?? -Infinity) || inOrderOfId(left.category, right.category),
  );
  return { state: isEvaluated ? 'evaluated' : 'not_evaluated', perfCut, valueTradedMin, rowsMin, categories };
}
