/** `flow meta` with a profile that cannot be allocated, and checks that failed, answered `ok: false` without an `error`. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { errorKinds, type ErrorCode } from '../../../domain/shared/errors.ts';
import { allVerbs } from '../../../presentation/cli/verbs/all.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const verbs = await allVerbs();

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
let meta = '';

beforeAll(async () => {
  // Its results are overdue since the last one.
  bench.writeManifest((manifest) => {
    manifest.profiles['stocks']!['expected_by'] = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' };
  });
  await bench.json(['manifest', 'apply', '--no-seal'], { now: '2022-06-01T00:00:00.000Z' });
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
  meta = (await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all'])).result['runId'] as string;
}, 30_000);

/** What every answer keeps to, whatever it says. */
function expectEnvelope(answer: Answer & { readonly exit: number }, verb: string): void {
  expect(answer).toMatchObject({ command: verb, warnings: expect.any(Array) });
  expect(answer.ok).toBe(answer.error === undefined);
  expect(answer.exit).toBe(answer.error === undefined ? 0 : errorKinds[answer.error.code as ErrorCode].exit);
  if (answer.error !== undefined)
    expect(answer.error).toMatchObject({ message: expect.stringMatching(/./), advice: expect.stringMatching(/./) });
}

const wordsOf = (example: string): string[] =>
  (example.replace(/^(?:source <\()?sleeve-ledger /, '').match(/"[^"]*"|'[^']*'|[^\s)|]+/g) ?? []).map((word) =>
    word.replaceAll(/^["']|["']$/g, ''),
  );

describe('every verb', () => {
  const stop = new AbortController();
  stop.abort();
  test.each(verbs.map((verb) => [verb.path.join(' '), verb] as const))(
    '%s: ok is false exactly where there is an error',
    async (name, verb) => {
      const empty = new Workbench(scratch);
      const words = wordsOf(verb.examples[0]).filter((word) => word !== 'source');
      // A demonstration writes where it stands, and so does an output.
      const placed = words.map((word) =>
        /\.(?:zip|jsonl|csv|parquet|sqlite|json)$/.test(word) || word === 'reports' || word === 'witness-state' ? empty.path(word) : word,
      );
      const argv = name === 'demo' ? ['demo', '-o', empty.path('demo'), '--prices', empty.path('nowhere')] : placed;
      expectEnvelope(await empty.json(argv, { signal: stop.signal }), name);
    },
  );
});

describe('an answer that counts as a failure', () => {
  const failing: readonly (readonly [string, () => readonly string[], string])[] = [
    ['flow meta', () => ['flow', 'meta', '--profile', 'whole', '--risk', 'barbell'], 'ProfilesNotAllocated'],
    ['counterfactual', () => ['counterfactual', meta, '--risk', 'barbell'], 'ProfilesNotAllocated'],
    ['counterfactual', () => ['counterfactual', meta, '--set', 'parity.mandate=enforce'], 'ParityRejected'],
    ['flow meta', () => ['flow', 'meta', '--profile', 'whole', '--risk', 'all', '--strict-acceptance'], 'AcceptanceFailed'],
    ['status', () => ['status', '--check'], 'AttentionNeeded'],
    ['audit verify', () => ['audit', 'verify', bench.write('torn.jsonl', '{"a":1}\n')], 'FaultsFound'],
  ];

  test.each(failing)('%s has an error beside its result', async (verb, argv, code) => {
    const answer = await bench.json(argv());
    expectEnvelope(answer, verb);
    expect(answer).toMatchObject({ ok: false, exit: 1, error: { code } });
    expect(answer.result).not.toBeNull();
    // For people: the answer, and behind it the code.
    const said = await bench.run(argv());
    expect(said.exit).toBe(1);
    expect(said.stdout).not.toBe('');
    expect(said.stderr).toContain(`${code}: `);
  });
});

describe('profiles that cannot be allocated', () => {
  test('all that can be are, and flow meta and counterfactual say alike which cannot and why', async () => {
    const odd = new Workbench(scratch);
    for (const sleeve of ['stocks', 'funds'] as const) await odd.produce(sleeve);
    // The portfolio lists a profile that the runs of its sleeves do not have.
    odd.writeManifest((manifest) => {
      manifest.defaults['backtest'] = { ...manifest.defaults['backtest'], profiles: 'hrp,barbell' };
    });
    const flow = await odd.json(['flow', 'meta', '--profile', 'pair', '--risk', 'all']);
    const failures = flow.result['failures'] as { risk: string; code: string; reason: string }[];
    expect(failures.map(({ risk }) => risk)).toEqual(['barbell']);
    expect(failures[0]!.reason).not.toBe('');
    expect(flow).toMatchObject({ ok: true, exit: 0 });
    const runId = flow.result['runId'] as string;
    for (const asked of [[], ['--risk', 'all']]) {
      const what = await odd.json(['counterfactual', runId, ...asked]);
      expect(what).toMatchObject({ ok: true, exit: 0, result: { failures } });
      expect((await odd.run(['counterfactual', runId, ...asked])).stdout).toContain('barbell: could not be allocated');
    }
    expect((await odd.run(['flow', 'meta', '--profile', 'pair', '--risk', 'all'])).stderr).toContain('barbell was not allocated');
    // Asked for by name it is an error.
    for (const argv of [
      ['flow', 'meta', '--profile', 'pair', '--risk', 'hrp,barbell'],
      ['counterfactual', runId, '--risk', 'hrp,barbell'],
    ])
      expect(await odd.json(argv)).toMatchObject({ ok: false, exit: 1, result: { failures }, error: { code: 'ProfilesNotAllocated' } });
  }, 30_000);
});
