import { byCodeUnits } from '../../domain/shared/order.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import type { ListedPublication, PublicationsQuestion } from './publications.ts';
import { listPublications } from './publications.ts';

/** Weights of one tier over the publications. */
export interface WeightHistory {
  /** Every name that had a weight in one of them. */
  readonly names: readonly string[];
  /** A row for each publication, a value for each name: 0 where it held nothing of that name. */
  readonly weights: readonly (readonly number[])[];
}

export type HistoryPoint = Pick<
  ListedPublication,
  'number' | 'asOf' | 'recordedAt' | 'runId' | 'risk' | 'definitionNumber' | 'gross' | 'net'
> & { readonly turnoverTwoSided: number | null };

/** What was held over time: of every publication its sleeves and its assets. */
export interface PortfolioHistory {
  readonly meta: string;
  /** By number. */
  readonly publications: readonly HistoryPoint[];
  readonly sleeves: WeightHistory;
  readonly assets: WeightHistory;
}

function historyOf(rows: readonly Readonly<Record<string, number>>[]): WeightHistory {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted(byCodeUnits);
  return { names, weights: rows.map((row) => names.map((name) => (Object.hasOwn(row, name) ? row[name]! : 0))) };
}

function pointOf({ number, asOf, recordedAt, runId, risk, definitionNumber, gross, net, rebalance }: ListedPublication): HistoryPoint {
  return { number, asOf, recordedAt, runId, risk, definitionNumber, gross, net, turnoverTwoSided: rebalance.turnoverTwoSided };
}

/** Errors: PortfolioUndefined. */
export async function portfolioHistory(ports: TilePorts, question: PublicationsQuestion): Promise<PortfolioHistory> {
  const publications = await listPublications(ports, question);
  return {
    meta: question.meta,
    publications: publications.map(pointOf),
    sleeves: historyOf(publications.map(({ sleeves }) => sleeves)),
    assets: historyOf(publications.map(({ weights }) => weights)),
  };
}
