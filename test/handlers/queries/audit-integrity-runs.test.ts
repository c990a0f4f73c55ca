/** What a recorded run read, judged again: whole answers, and which runs there is nothing to judge of. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { auditRecordedRun } from '../../../handlers/queries/audit-integrity.ts';
import { runEvents } from '../../../handlers/runs/load-sleeve-run.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { fileOf, manifestOf, memoryLedger, produce } from '../replay/world.ts';

const ledger = memoryLedger();
const { ports } = ledger.session;
let runId = '';
let facts: readonly DomainEvent[] = [];

beforeAll(async () => {
  runId = await produce(ledger, manifestOf(), 'funds', [fileOf('funds')]);
  facts = await runEvents(ports, 'sleeveRun', runId);
  const history = new FactHistory()
    .add('backtest-t1', 'BacktestStarted', backtestFacts.started('t1'))
    .add('combination-futures-1', 'PositionsCombined', combinationFacts.combined('futures-1'));
  await recordHistory(ledger.memory, history);
}, 60_000);

/** The ledger with no more than the first so many events of the run. */
const cutAfter = (count: bigint) => ({
  ...ports,
  store: storeLike(ports.store, {
    readStream: async (stream, options) =>
      (await ports.store.readStream(stream, options)).filter(({ revision }) => stream !== `sleeveRun-${runId}` || revision < count),
  }),
});

describe('a run that this program produced', () => {
  test('is judged as it was recorded, of the same rows, under the rules in force', async () => {
    const { verdict } = dataOf(facts, 'IntegrityPassed')[0]!;
    const audit = await auditRecordedRun(ports, runId);
    expect(audit).toMatchObject({
      runId,
      source: 'production',
      recorded: { rules: rulesInForce, grade: 'CERTIFIED', verdict },
      again: { rules: rulesInForce, evidence: [] },
      isFailed: false,
      remedies: [],
    });
    expect(audit.again.verdict).toMatchObject({ errors: verdict.errors });
    for (const { check } of audit.recorded.evidence) expect(['integrity', 'unusual_moves', 'units', 'accepted_moves']).toContain(check);
    expect(audit.recorded.evidence.map(({ check }) => check)).toContain('integrity');
  });

  test('is not judged where its record has no end', async () => {
    for (const count of [1n, BigInt(facts.length - 1)])
      await expect(auditRecordedRun(cutAfter(count), runId)).rejects.toMatchObject({
        code: 'ChainBroken',
        message: `the run ${runId} is incomplete`,
        evidence: { runId },
      });
  });
});

test.each([
  ['t1', 't1 is a backtest: give one of its sleeve runs, which read the data'],
  ['futures-1', 'futures-1 is a combination: give a sleeve run, which read the data'],
])('there is nothing to judge of %s', async (other, message) => {
  await expect(auditRecordedRun(ports, other)).rejects.toMatchObject({ code: 'Usage', message, at: { path: other } });
});
