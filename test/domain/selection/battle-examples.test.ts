/*
 * Worked example of the reference (battle.json): twelve ETFs in three windows, long only and with shorts; scipy's linkage and fcluster and
 * a second implementation of the stages stand behind it. Distances and scores to 1e-9 relative, everything else exactly.
 */
import { describe, expect, test } from '@jest/globals';
import { condensedOffset } from '../../../domain/risk/distance.ts';
import { select, type Selection } from '../../../domain/selection/select.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';
import { matrixOf, poolOf } from './pools.ts';
import { usual } from '../../support/selection-settings.ts';

interface Expected {
  readonly direction: Readonly<Record<string, string>>;
  readonly quadrant: string;
  readonly order: readonly string[];
  readonly distance: readonly (readonly number[])[];
  readonly linkage: readonly (readonly number[])[];
  readonly cut: readonly [string, number];
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly quotas: Readonly<Record<string, { readonly n: number; readonly mean_rho: number | null }>>;
  readonly ret60: Readonly<Record<string, number>>;
  readonly gate: Readonly<Record<string, boolean>>;
  readonly vetoes: Readonly<Record<string, readonly string[]>>;
  readonly score: Readonly<Record<string, number>>;
  readonly stage: Readonly<Record<string, number>>;
  readonly after_stage: readonly number[];
  readonly winners: readonly string[];
  readonly veto_share: number;
  readonly histogram: Readonly<Record<string, number>>;
  readonly abort: readonly string[];
}

interface Case {
  readonly rows: readonly [string, string];
  readonly short: boolean;
  /** `as above`: the returns of the case before. */
  readonly input: Readonly<Record<string, number[]>> | string;
  readonly expected: Expected;
}

const { cases } = workedExample('battle') as { readonly cases: readonly Case[] };

function inputOf(index: number): Readonly<Record<string, number[]>> {
  const { input } = cases[index]!;
  return typeof input === 'string' ? inputOf(index - 1) : input;
}

function selected(one: Case): Selection {
  return select(poolOf(matrixOf(inputOf(cases.indexOf(one)))), { ...usual, short_direction: one.short });
}

const bySymbol = <Value>({ symbols }: Selection, values: Iterable<Value>): Record<string, Value> =>
  Object.fromEntries([...values].map((value, i) => [symbols[i]!, value]));

describe.each(cases.map((one) => [one.rows.join(' to '), one.short ? 'with shorts' : 'long only', one] as const))(
  '%s, %s',
  (_, _side, one) => {
    const { expected } = one;
    const selection = selected(one);
    const { symbols, clusters, scores } = selection;

    test('has the directions and the quadrant', () => {
      expect(bySymbol(selection, selection.directions)).toEqual(expected.direction);
      expect(selection.quadrant).toBe(expected.quadrant);
      expect(symbols).toEqual(expected.order);
    });

    test('has the distances, the dendrogram and the cut', () => {
      symbols.forEach((_name, i) => {
        for (let j = i + 1; j < symbols.length; j++)
          expectClose(clusters.distances[condensedOffset(symbols.length, i) + j]!, expected.distance[i]![j]!, 1e-9);
      });
      clusters.linkage.forEach((row, k) => row.forEach((value, i) => expectClose(value, expected.linkage[k]![i]!, 1e-9)));
      expect([clusters.cut.criterion, clusters.cut.value]).toEqual(expected.cut);
    });

    test('has the members of the clusters and their quotas', () => {
      const members = Object.fromEntries(clusters.members.map((cluster, k) => [k + 1, cluster.map((i) => symbols[i])]));
      expect(members).toEqual(expected.members);
      selection.quotas.forEach(({ winnersMax, meanCorrelation }, k) => {
        const { n, mean_rho: mean } = expected.quotas[k + 1]!;
        expect(winnersMax).toBe(n);
        if (mean === null) expect(meanCorrelation).toBeNull();
        else expectClose(meanCorrelation!, mean, 1e-9);
      });
    });

    test('has the scores, the vetoes and the gate', () => {
      symbols.forEach((symbol, i) => expectClose(scores.score[i]!, expected.score[symbol]!, 1e-9, symbol));
      const vetoed = symbols.flatMap((symbol, i) => {
        const codes = selection.judgements[i]!.vetoes.map(({ code }) => code);
        return codes.length === 0 ? [] : [[symbol, codes] as const];
      });
      expect(Object.fromEntries(vetoed)).toEqual(expected.vetoes);
      expect(bySymbol(selection, selection.gates)).toEqual(expected.gate);
    });

    test('has the winners, the stages that admitted them, and no abort', () => {
      const stages = Object.fromEntries(selection.staged.admissions.map(({ symbol, stage }) => [symbols[symbol]!, stage]));
      expect(stages).toEqual(expected.stage);
      expect(selection.staged.afterStage).toEqual(expected.after_stage);
      expect(selection.winners.map((i) => symbols[i])).toEqual(expected.winners);
      expect(selection.vetoCount.share).toBe(expected.veto_share);
      expect(Object.fromEntries(selection.vetoCount.histogram.map(({ code, count }) => [code, count]))).toEqual(expected.histogram);
      expect(selection.aborts).toEqual(expected.abort);
    });
  },
);
