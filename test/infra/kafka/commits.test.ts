import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Commits } from '../../../infra/kafka/commits.ts';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { until } from '../../support/kafka/ready.ts';

interface Sent {
  readonly offsets: Record<number, string>;
  readonly answer: (error?: Error) => void;
}

/** A failure after which nothing is worth repeating. */
const final = new Error('final');

/** A broker that answers commits when told to. */
function setUp(): { commits: Commits; sent: Sent[]; failures: unknown[] } {
  const sent: Sent[] = [];
  const failures: unknown[] = [];
  const commits = new Commits(
    (offsets) =>
      new Promise((resolve, reject) =>
        sent.push({ offsets: Object.fromEntries(offsets), answer: (error) => (error === undefined ? resolve() : reject(error)) }),
      ),
    (error) => failures.push(error) > 0 && error !== final,
    { ...defaultTuning, backoffMsMin: 1 },
  );
  return { commits, sent, failures };
}

/** Long enough for every promise that can settle. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('commits behind the work', () => {
  test('go one at a time, the next carrying all that was done meanwhile', async () => {
    const { commits, sent } = setUp();
    commits.done(0, '1');
    commits.done(0, '2');
    commits.done(1, '7');
    expect(sent.map(({ offsets }) => offsets)).toEqual([{ 0: '1' }]);
    sent[0]!.answer();
    await turn();
    expect(sent.map(({ offsets }) => offsets)).toEqual([{ 0: '1' }, { 0: '2', 1: '7' }]);
    expect(commits.waiting).toBe(2);
    sent[1]!.answer();
    await commits.settled();
    expect(commits.waiting).toBe(0);
  });

  test('are repeated after a failure, with what was done since', async () => {
    const { commits, sent, failures } = setUp();
    const passing = new Error('passing');
    commits.done(0, '1');
    commits.done(1, '5');
    commits.done(0, '2');
    sent[0]!.answer(passing);
    await until('it is repeated', () => sent.length === 2);
    expect(sent.map(({ offsets }) => offsets)).toEqual([{ 0: '1' }, { 0: '2', 1: '5' }]);
    expect(commits.waiting).toBe(3);
    sent[1]!.answer(passing);
    await until('it is repeated', () => sent.length === 3);
    expect(sent[2]!.offsets).toEqual({ 0: '2', 1: '5' });
    sent[2]!.answer();
    await commits.settled();
    expect([commits.waiting, failures]).toEqual([0, [passing, passing]]);
  });

  test('end at a failure that is final', async () => {
    const { commits, sent, failures } = setUp();
    commits.done(0, '1');
    commits.done(0, '2');
    sent[0]!.answer(final);
    await commits.settled();
    commits.done(0, '3');
    await turn();
    expect(failures).toEqual([final]);
    expect(sent).toHaveLength(1);
    expect(commits.waiting).toBe(0);
  });

  test('send nothing more once the partitions may be another member’s', async () => {
    const { commits, sent } = setUp();
    commits.done(0, '1');
    commits.done(0, '2');
    commits.end();
    sent[0]!.answer();
    await commits.settled();
    expect(sent).toHaveLength(1);
    expect(commits.waiting).toBe(0);
  });

  test('commit the last offset of every partition and never step back, however the answers come', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ partition: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.constant('answer' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { commits, sent } = setUp();
        const next: Record<number, number> = {};
        let answered = 0;
        const answer = async (): Promise<void> => {
          sent[answered++]?.answer();
          await turn();
        };
        for (const one of steps) {
          if (one === 'answer') {
            if (answered < sent.length) await answer();
          } else {
            next[one.partition] = (next[one.partition] ?? 0) + 1;
            commits.done(one.partition, String(next[one.partition]));
          }
          expect(sent.length - answered).toBeLessThanOrEqual(1);
        }
        while (answered < sent.length) await answer();
        const last: Record<number, number> = {};
        for (const { offsets } of sent) {
          for (const [partition, offset] of Object.entries(offsets)) {
            expect(Number(offset)).toBeGreaterThan(last[Number(partition)] ?? 0);
            last[Number(partition)] = Number(offset);
          }
        }
        expect(last).toEqual(next);
        expect(commits.waiting).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
