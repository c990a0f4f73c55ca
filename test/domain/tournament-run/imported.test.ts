/** Runs of other programs in a tournament: which of them can compete, why the others cannot, and what is recorded of each. */
import { describe, expect, test } from '@jest/globals';
import { runSleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { type ComputedTournament, computeTournament, type WalkRunner } from '../../../domain/tournament-run/computed-run.ts';
import { identifyTournament } from '../../../domain/tournament-run/identity.ts';
import { importedEntrant, importedField, importedHeld, type ImportedStream } from '../../../domain/tournament-run/imported.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { smallAxes, smallTournament } from '../../support/small-tournament.ts';
import { seriesOf } from '../metrics/worked-examples.ts';

const { sha256 } = createNodeCrypto();
const here: WalkRunner = { lanes: 1, selection: async (job) => selectForSleeve(job), sleeve: async (job) => runSleeveJob(job) };
const policy = { annualisationDays: 252, rules: rulesInForce };

function streamOf(runId: string, series: ReturnSeries, digit = '1'): ImportedStream {
  const { dates } = series;
  const returns = {
    kind: 'table' as const,
    sha256: digit.repeat(64),
    bytes: 9,
    rows: dates.length,
    columns: ['return'],
    first: dates[0] ?? null,
    last: dates.at(-1) ?? null,
    calendars: [],
  };
  return { runId, risk: 'hrp', returns, series };
}

const reading = (staged: StagedArtifacts, address: string): string => new TextDecoder().decode(staged.get(address));

describe('imported streams', () => {
  const shared = ['2024-01-02', '2024-01-03', '2024-01-04'];
  // The second own entrant holds one date fewer, and one that the first does not hold.
  const own = [{ dates: shared }, { dates: ['2024-01-03', '2024-01-04', '2024-01-05'] }];

  test('are named after the run and the profile', () => {
    expect(importedEntrant({ runId: 'other-run', risk: 'min_variance' })).toEqual({
      id: 'imported other-run min_variance',
      imported: { runId: 'other-run', risk: 'min_variance' },
    });
  });

  test('compete with two dates that every own entrant holds, and with figures that are numbers', () => {
    const two = streamOf('two', seriesOf({ '2024-01-03': 0.01, '2024-01-04': -0.02 }));
    const one = streamOf('one', seriesOf({ '2024-01-02': 0.01, '2024-01-03': 0.01, '2024-01-05': 0.01 }));
    const none = streamOf('none', seriesOf({ '2019-01-02': 0.01, '2019-01-03': 0.02 }));
    const ruined = streamOf('ruined', seriesOf({ '2024-01-03': 0.01, '2024-01-04': -1 }));
    expect(importedField([two, one, none, ruined], own, policy)).toEqual({
      competing: [{ entrant: { id: 'imported two hrp', imported: { runId: 'two', risk: 'hrp' } }, net: two.series }],
      failed: [
        { id: 'imported one hrp', code: 'OverlapTooShort', reason: "1 of its dates are those of the sleeve's entrants" },
        { id: 'imported none hrp', code: 'OverlapTooShort', reason: "0 of its dates are those of the sleeve's entrants" },
        { id: 'imported ruined hrp', code: 'Bankruptcy', reason: 'the series loses everything on 2024-01-04: its return is -1' },
      ],
    });
  });

  test('are measured by the rules of the tournament: since the second version a figure beyond numbers ends an entrant', () => {
    const dates = Array.from({ length: 30 }, (_, day) => `2024-01-${String(day + 1).padStart(2, '0')}`);
    // Thirty returns of 3,000 grow by 3001^252 a year, which is above 1e308.
    const steep = streamOf('steep', { dates, values: new Float64Array(30).fill(3000) });
    const reason = 'the twrAnnualised of 30 returns is beyond the range of numbers';
    expect(importedField([steep], [{ dates }], { annualisationDays: 252, rules: 2 })).toEqual({
      competing: [],
      failed: [{ id: 'imported steep hrp', code: 'MetricsOverflow', reason }],
    });
    expect(importedField([steep], [{ dates }], { annualisationDays: 252, rules: 1 }).failed).toEqual([]);
    expect(importedField([steep], [{ dates }], { annualisationDays: 1, rules: 2 }).failed).toEqual([]);
  });

  test('share no date with a sleeve that has no entrant of its own', () => {
    const one = streamOf('one', seriesOf({ '2024-01-03': 0.01, '2024-01-04': -0.02 }));
    expect(importedField([one], [], policy).failed.map(({ code }) => code)).toEqual(['OverlapTooShort']);
  });

  test('say of what they held their rows, their ratio and their returns, and nothing that nobody knows', () => {
    const staged = new StagedArtifacts(sha256);
    const held = importedHeld(seriesOf({ '2024-01-02': 0.01, '2024-01-03': 0.03 }), staged);
    expect(held).toEqual({
      windows: null,
      rows: 2,
      first: '2024-01-02',
      last: '2024-01-03',
      partialRows: null,
      turnoverTwoSided: null,
      costFraction: null,
      // Mean 0.02 over deviation 0.02/√2.
      sharpePerRow: expect.closeTo(Math.SQRT2, 12),
      flags: [],
      stream: { kind: 'document', sha256: held.stream.sha256, bytes: 41, mediaType: 'text/csv' },
      weights: null,
    });
    expect(reading(staged, held.stream.sha256)).toBe('date,net\n2024-01-02,0.01\n2024-01-03,0.03\n');
  });
});

const completedOf = ({ drafts }: ComputedTournament) => dataOf(drafts, 'TournamentCompleted')[0]!;

describe('a tournament with imported runs', () => {
  const axes = { ...smallAxes, profiles: ['equal_weight'] as const, linkages: ['ward'] as const, simulators: ['window'] as const };
  const alone = smallTournament({ axes });
  const together = async (imported: readonly ImportedStream[]): Promise<ComputedTournament> =>
    computeTournament({ ...alone, imported }, sha256, here);

  async function ownDates(): Promise<string[]> {
    const { drafts, staged } = await computeTournament(alone, sha256, here);
    const { stream } = dataOf(drafts, 'TournamentCompleted')[0]!.entrants[0]!.held;
    return [...reading(staged, stream.sha256).matchAll(/^\d[^,]+/gm)].map(([date]) => date);
  }

  test('says which runs compete, ranks them, and lists those that cannot be compared behind the own ones', async () => {
    const dates = await ownDates();
    const values = Float64Array.from(dates, (_, row) => 0.05 + 0.01 * Math.sin(row));
    const good = streamOf('good', { dates, values });
    const far = streamOf('far', seriesOf({ '2019-01-02': 0.01, '2019-01-03': 0.02 }), '2');
    const windows = [...axes.windows, { train: 500, test: 10, step: 10 }];
    const computed = await computeTournament({ ...alone, axes: { ...axes, windows }, imported: [good, far] }, sha256, here);
    const [started] = dataOf(computed.drafts, 'TournamentStarted');
    expect(started!.imported).toEqual([
      { runId: 'good', risk: 'hrp', returns: good.returns },
      { runId: 'far', risk: 'hrp', returns: far.returns },
    ]);
    // Two windows of equal weights and of the raw pool; imported runs are not counted among them.
    expect(started!.entrants).toBe(4);
    const completed = completedOf(computed);
    expect(completed.failed.map(({ id, code }) => [id, code])).toEqual([
      ['equal_weight 500/10/10 0.0005+0.0001 window', 'HistoryTooShort'],
      ['raw_pool_ew 500/10/10 0.0005+0.0001 window', 'HistoryTooShort'],
      ['imported far hrp', 'OverlapTooShort'],
    ]);
    const [best, ...others] = completed.entrants;
    expect(best).toEqual({
      profile: 'hrp',
      estimator: null,
      linkage: null,
      window: null,
      cost: null,
      simulator: null,
      imported: { runId: 'good', risk: 'hrp' },
      held: importedHeld({ dates, values }, new StagedArtifacts(sha256)),
      id: 'imported good hrp',
      rank: 1,
      identicalTo: null,
      metrics: best!.metrics,
      sharpePerRow: best!.held.sharpePerRow,
      deflatedSharpe: expect.any(Number),
      againstFirst: { id: 'imported good hrp', difference: 0, z: null },
      againstRawPool: null,
    });
    expect(best!.metrics).toMatchObject({ rows: dates.length, annualisationDays: 252, winRate: 1 });
    expect(others.map((one) => 'imported' in one)).toEqual([false, false]);
    expect(completed.trials!.count).toBe(2);
  });

  test('is another one for other runs, profiles or returns, and says nothing where none is named', async () => {
    const series = seriesOf({ '2019-01-02': 0.01, '2019-01-03': 0.02 });
    const [a, b] = [streamOf('a', series), streamOf('b', series)];
    const fields: ImportedStream[][] = [[], [a], [b], [{ ...a, risk: 'max_sharpe' }], [streamOf('a', series, '2')], [a, b]];
    expect(new Set(fields.map((imported) => identifyTournament({ ...alone, imported }, sha256).runId)).size).toBe(fields.length);
    const { drafts } = await together([]);
    expect(Object.keys(drafts[0]!.data)).not.toContain('imported');
  });
});
