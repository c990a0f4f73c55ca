/** A tournament as facts: what is recorded of it, to the byte, and that nothing else decides it. */
import { describe, expect, test } from '@jest/globals';
import { runSleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf } from '../../../domain/shared/envelope.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { entrantsOf } from '../../../domain/tournament/entrant.ts';
import { computeTournament, type WalkRunner } from '../../../domain/tournament-run/computed-run.ts';
import { identifyTournament, type TournamentInput } from '../../../domain/tournament-run/identity.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { draftTournament } from '../../../domain/tournament-run/slice.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import golden from '../../golden/tournament/events.json' with { type: 'json' };
import { smallAxes, smallTournament } from '../../support/small-tournament.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const { sha256 } = createNodeCrypto();
const here: WalkRunner = { lanes: 1, selection: async (job) => selectForSleeve(job), sleeve: async (job) => runSleeveJob(job) };

const idOf = (input: TournamentInput): string => identifyTournament(input, sha256).runId;
const hashesOf = async (input: TournamentInput, runner: WalkRunner = here): Promise<string[]> =>
  (await computeTournament(input, sha256, runner)).drafts.map((draft) => contentHashOf(sha256, draft));

/** Runs the walk-forwards of every profile but hrp, which ends with an error. */
const failing = (error: Error): WalkRunner => ({
  ...here,
  sleeve: async (job) => {
    if (job.risk !== 'hrp') return runSleeveJob(job);
    throw error;
  },
});

describe('the facts of a tournament', () => {
  test('are these, to the byte: the golden line of each event', async () => {
    const { runId, drafts, staged } = await computeTournament(smallTournament(), sha256, here);
    expect({
      runId,
      types: drafts.map(({ type }) => type),
      contentHashes: drafts.map((draft) => contentHashOf(sha256, draft)),
      artifacts: staged.contents().length,
      failed: canonicalJson(draftTournament('TournamentFailed', tournamentFacts.failed('funds-2022-12-30-0123456789abcdef'))),
    }).toEqual(golden);
  });

  test('do not depend on who runs the walk-forwards, in which order they end, or on the clones that travel', async () => {
    let asked = 0;
    const elsewhere: WalkRunner = {
      lanes: 3,
      selection: here.selection,
      sleeve: async (job) => {
        // The first asked for ends last.
        await new Promise((resolve) => setTimeout(resolve, asked++ === 0 ? 20 : 0));
        return structuredClone(runSleeveJob(structuredClone(job)));
      },
    };
    expect(await hashesOf(smallTournament(), elsewhere)).toEqual(await hashesOf(smallTournament()));
  });

  test('have an id that follows from definition, entrants and prices, and not from where the prices came from or the rules', () => {
    const plain = smallTournament();
    const files = plain.files.map((file) => ({ ...file, file: 'other.csv' }));
    expect(idOf({ ...plain, files, sourceRunId: 'some-run', rules: plain.rules - 1 })).toBe(idOf(plain));
    const others: Partial<TournamentInput>[] = [
      { sleeve: 'other' },
      { axes: { ...smallAxes, simulators: ['window'] } },
      { axes: { ...smallAxes, costs: [{ slippage: 0, commission: 0 }] } },
      { options: { ...plain.options, from: '2022-05-02' } },
    ];
    const ids = others.map((change) => idOf({ ...plain, ...change }));
    expect(new Set([idOf(plain), ...ids]).size).toBe(others.length + 1);
  });

  test('list an entrant that cannot be run with the reason, and rank the others', async () => {
    const axes = { ...smallAxes, windows: [...smallAxes.windows, { train: 500, test: 10, step: 10 }] };
    const { drafts } = await computeTournament(smallTournament({ axes }), sha256, here);
    const [completed] = dataOf(drafts, 'TournamentCompleted');
    expect(completed!.failed.length).toBe(completed!.entrants.length);
    expect(completed!.failed[0]).toMatchObject({ id: expect.stringContaining(' 500/10/10 '), code: 'HistoryTooShort' });
  });

  test('say why nothing could be compared', async () => {
    const axes = { ...smallAxes, windows: [{ train: 500, test: 10, step: 10 }] };
    const { drafts } = await computeTournament(smallTournament({ axes }), sha256, here);
    expect(drafts[1]).toMatchObject({ type: 'TournamentFailed', data: { reason: 'no entrant could be run' } });
    // Entrants whose training windows end where the others' tests do have no row in common.
    const late = {
      ...smallAxes,
      windows: [
        { train: 30, test: 10, step: 10 },
        { train: 184, test: 4, step: 4 },
      ],
    };
    const apart = await computeTournament(smallTournament({ axes: late }), sha256, here);
    expect(apart.drafts[1]).toMatchObject({ type: 'TournamentFailed', data: { reason: expect.stringContaining('dates in common') } });
  });

  test('list an entrant whose walk-forward fails where it runs, by the error, and end with a fault of this program', async () => {
    const plain = smallTournament({ axes: { ...smallAxes, linkages: ['ward'], simulators: ['window'] } });
    const { drafts } = await computeTournament(plain, sha256, failing(new LedgerError('HistoryTooShort', 'too few rows for it')));
    const [completed] = dataOf(drafts, 'TournamentCompleted');
    expect(completed!.failed).toEqual([
      { id: 'hrp sample ward 30/10/10 0.0005+0.0001 window', code: 'HistoryTooShort', reason: 'too few rows for it' },
    ]);
    expect(completed!.entrants.map(({ profile }) => profile)).toEqual(expect.arrayContaining(['equal_weight', 'market', 'raw_pool_ew']));
    await expect(computeTournament(plain, sha256, failing(new TypeError('lost')))).rejects.toThrow('lost');
    await expect(computeTournament(plain, sha256, failing(new LedgerError('Internal', 'no weights')))).rejects.toThrow('no weights');
  });

  test('tell each outcome of an entrant to who watches the progress', async () => {
    let told = 0;
    await computeTournament(smallTournament(), sha256, here, () => (told += 1));
    expect(told).toBe(entrantsOf(smallAxes).length);
  });

  test('are not computed of prices that the audit refuses, nor under rules that nobody knows: the findings are named', async () => {
    const plain = smallTournament();
    const [file] = plain.files;
    const { table } = file!;
    // Six closes of one symbol are below zero: three are named, the others counted, and of what follows from them the first is named.
    const closes = table.closes.map((column, at) => (at === 0 ? column.map((close, row) => (row % 30 === 20 ? -close : close)) : column));
    const bad = computeTournament({ ...plain, files: [{ ...file!, table: { ...table, closes } }] }, sha256, here);
    const refused = await bad.catch((error: unknown) => error as LedgerError);
    expect(refused).toMatchObject({
      code: 'IntegrityFailed',
      message: expect.stringMatching(
        /^sleeve funds: the integrity audit found 12 errors: non_positive_price: the price of AMEX:EEE on 2022/,
      ),
      at: { path: 'funds' },
      evidence: { sleeve: 'funds', findings: [...Array<string>(4).fill('non_positive_price'), 'ruinous_return'].map((code) => ({ code })) },
    });
    await expect(computeTournament({ ...plain, rules: 999 }, sha256, here)).rejects.toMatchObject({ code: 'RulesUnknown' });
  });

  test('say of figures of few rows that they mean little', async () => {
    const few = { ...smallAxes, profiles: ['equal_weight' as const], windows: [{ train: 184, test: 4, step: 4 }] };
    const { drafts } = await computeTournament(smallTournament({ axes: few }), sha256, here);
    const [completed] = dataOf(drafts, 'TournamentCompleted');
    expect(completed!.rows).toBeLessThan(30);
    expect(completed!.entrants.map(({ metrics }) => metrics.flags)).toEqual(completed!.entrants.map(() => ['not_meaningful']));
  });

  test('tell the raw pool identical to equal_weight where nothing is selected', async () => {
    const { drafts } = await computeTournament(smallTournament(), sha256, here);
    const [completed] = dataOf(drafts, 'TournamentCompleted');
    const pools = completed!.entrants.filter(({ profile }) => profile === 'raw_pool_ew');
    expect(pools.map(({ id, identicalTo }) => identicalTo === id.replace('raw_pool_ew', 'equal_weight'))).toEqual([true, true]);
    expect(completed!.overfitting).toMatchObject({ status: 'refused' });
  });
});
