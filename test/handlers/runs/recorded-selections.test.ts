/** The decisions of a recorded run on who enters, and what is said where the asked one is not there. */
import { describe, expect, test } from '@jest/globals';
import { decisionIn, selectionsOf, type WhichDecision } from '../../../handlers/runs/recorded-selections.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { selectionFacts } from '../../support/selection-facts.ts';

const { opened, selected, aborted } = selectionFacts;
/** A decision whose document has an address of its own. */
const kept = <Decision extends { readonly record: object }>(decision: Decision, digit: string): Decision => ({
  ...decision,
  record: { ...decision.record, sha256: digit.repeat(64) },
});
const history = new FactHistory()
  .add('sleeveRun-p1', 'SleeveRunOpened', opened('p1'))
  .add('sleeveRun-p1', 'AssetsSelected', kept(selected('window', 0), '1'))
  .add('sleeveRun-p1', 'SelectionAborted', kept(aborted('window', 1), '2'))
  .add('sleeveRun-p1', 'AssetsSelected', kept(selected('live'), '3'))
  .add('sleeveRun-p2', 'SleeveRunOpened', opened('p2'))
  .add('sleeveRun-p2', 'AssetsSelected', kept({ ...selected('live'), scope: 'static' }, '4'))
  .add('sleeveRun-p3', 'SleeveRunOpened', opened('p3'));

const of = async (runId: string) => {
  const { ports } = await ledgerHolding(history);
  return { ports, run: await selectionsOf(ports, { runId, asOf: null, knownAt: null }) };
};

describe('the selections of a run', () => {
  test('are its facts on who enters, in order', async () => {
    const { run } = await of('p1');
    expect({ ...run, facts: run.facts.map(({ type, data }) => [type, data.scope, data.window]) }).toEqual({
      runId: 'p1',
      sleeve: 'bonds',
      facts: [
        ['AssetsSelected', 'window', 0],
        ['SelectionAborted', 'window', 1],
        ['AssetsSelected', 'live', null],
      ],
    });
  });

  test('are none of a run that selects nothing', async () => {
    await expect(of('p3')).rejects.toMatchObject({
      code: 'SelectionNotRecorded',
      message: 'run p3 of bonds selects nothing: every symbol of its universe enters',
      evidence: { runId: 'p3', sleeve: 'bonds' },
      at: { path: 'p3' },
    });
  });

  const windows = 'it has windows 0 to 1, and the live decision';
  const once = 'it decided once, for all windows (--static)';
  test.each<[string, WhichDecision, string, string, number]>([
    ['p1', 2, `run p1 has no window 2: ${windows}`, '--window', 2],
    ['p1', 'static', `run p1 has no static decision: ${windows}`, '--static', 2],
    ['p2', 0, `run p2 has no window 0: ${once}`, '--window', 0],
    ['p2', 'live', `run p2 has no live decision: ${once}`, '--live', 0],
  ])('of %s have no %p', async (runId, which, message, path, count) => {
    const { ports, run } = await of(runId);
    await expect(decisionIn(ports, run, which)).rejects.toMatchObject({
      code: 'SelectionNotRecorded',
      message,
      evidence: { runId, windows: count },
      at: { path },
    });
  });

  test.each<[string, WhichDecision, string]>([
    ['p1', 0, '1'],
    ['p1', 1, '2'],
    ['p1', 'live', '3'],
    ['p1', 'current', '3'],
    ['p2', 'static', '4'],
    ['p2', 'current', '4'],
  ])('of %s have %p, whose document is looked for', async (runId, which, digit) => {
    const { ports, run } = await of(runId);
    const missing = { code: 'ArtifactMissing', message: expect.stringContaining(digit.repeat(64)) };
    await expect(decisionIn(ports, run, which)).rejects.toMatchObject(missing);
  });
});
