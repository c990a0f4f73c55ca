import type { Tools } from '../../../presentation/cli/verb.ts';
import { Workbench } from '../cli.ts';
import { programCompute } from './pools.ts';

const now = '2023-01-02T08:00:00.000Z';

/** Facts of runs, each with its stream and the hash of its content, and the artifacts that they refer to. */
export interface RecordedRuns {
  readonly facts: readonly (readonly [string, string])[];
  readonly artifacts: readonly string[];
}

/** Three sleeves and the portfolio above them, of six profiles each, computed by so many threads; 0 is this one. */
export async function recordedWith(below: string, threads: number): Promise<RecordedRuns> {
  const bench = new Workbench(below, ({ defaults }) => {
    defaults['backtest']!['profiles'] = 'min_variance,hrp,risk_parity,max_sharpe,barbell,equal_weight';
  });
  const compute = programCompute(threads);
  // A command ends its pool, and threads take longer to start than these runs.
  const shared = { parallelism: compute.parallelism, run: compute.run.bind(compute), close: async () => undefined };
  const options = { now, tools: (tools: Tools): Tools => ({ ...tools, compute: shared }) };
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve, {}, [], options);
  const answer = await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all', '--no-seal'], options);
  await compute.close();
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  const events = await bench.events();
  return {
    facts: events
      .filter(({ stream }) => /^(sleeveRun|metaRun)-/.test(stream))
      .map(({ stream, type, contentHash }) => [`${stream} ${type}`, contentHash] as const),
    artifacts: events.flatMap(({ bytes }) =>
      [
        ...Buffer.from(bytes)
          .toString('utf8')
          .matchAll(/"sha256":"([0-9a-f]{64})"/g),
      ].map(([, address]) => address!),
    ),
  };
}
