/** Jobs on other machines: who answers, who refuses, and what is computed once. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { JobInput, JobName, JobResult } from '../../../domain/jobs/job.ts';
import type { Compute, JobOptions } from '../../../handlers/ports/ports.ts';
import type { SampleJobs } from '../../support/compute/jobs.ts';
import { sampleCompute } from '../../support/compute/pools.ts';
import { recordingLog } from '../../support/kafka/members.ts';
import { until } from '../../support/kafka/ready.ts';
import { type Machines, place, sampleMachines } from '../../support/remote-jobs/machines.ts';

/** What computes on this thread, and counts. */
function counting(): { readonly compute: Compute<SampleJobs>; readonly asked: string[] } {
  const compute = sampleCompute(0);
  const asked: string[] = [];
  const counted: Compute<SampleJobs> = {
    parallelism: 1,
    run: async <Name extends JobName<SampleJobs>>(name: Name, input: JobInput<SampleJobs, Name>, options?: JobOptions) => {
      asked.push(name);
      const answer: JobResult<SampleJobs, Name> = await compute.run(name, input, options);
      return answer;
    },
    close: () => compute.close(),
  };
  return { compute: counted, asked };
}

/** Fails every job with an error of its own. */
function failing(error: LedgerError): Compute<SampleJobs> {
  return { parallelism: 1, run: () => Promise.reject(error), close: async () => undefined };
}

const outcomes = (machines: Machines): unknown[] => machines.topics.sent(place.resultsTopic).map(({ outcome }) => outcome);
const jobsSent = (machines: Machines): number => machines.topics.sent(place.jobsTopic).length;

describe('a job', () => {
  test('asked twice at once is one message and one computation', async () => {
    const machines = sampleMachines();
    const { compute, asked } = counting();
    const worker = machines.worker({}, compute);
    const asker = machines.asker();
    expect(await Promise.all([asker.run('echo', 'a'), asker.run('echo', 'a'), asker.run('echo', 'b')])).toEqual(['a', 'a', 'b']);
    expect(jobsSent(machines)).toBe(2);
    expect(asked).toEqual(['echo', 'echo']);
    await asker.close();
    await worker.stop();
  });

  test('asked by two processes at once is computed once, and both have the answer', async () => {
    const machines = sampleMachines();
    const askers = [machines.asker(), machines.asker()];
    const answers = askers.map((asker) => asker.run('echo', 'a'));
    await until('both have asked', () => jobsSent(machines) === 2);
    const { compute, asked } = counting();
    const worker = machines.worker({}, compute);
    expect(await Promise.all(answers)).toEqual(['a', 'a']);
    expect(asked).toEqual(['echo']);
    for (const asker of askers) await asker.close();
    await worker.stop();
  });

  test('that was answered before is answered by the store: no worker, no message', async () => {
    const machines = sampleMachines();
    const worker = machines.worker();
    const before = machines.asker();
    await before.run('echo', Float64Array.of(Number.NaN, -0));
    await before.close();
    await worker.stop();
    const again = machines.asker();
    expect(await again.run('echo', Float64Array.of(Number.NaN, -0))).toEqual(Float64Array.of(Number.NaN, -0));
    expect(jobsSent(machines)).toBe(1);
    await again.close();
  });

  test('whose worker fails in the middle goes to another member of the group', async () => {
    const machines = sampleMachines();
    const dying = machines.worker({}, failing(new LedgerError('Interrupted', 'it was killed')));
    const asker = machines.asker();
    const answer = asker.run('echo', 'a');
    expect(await dying.ended).toMatchObject({ code: 'Interrupted' });
    const worker = machines.worker();
    expect(await answer).toBe('a');
    expect(outcomes(machines)).toEqual(['done']);
    await asker.close();
    await worker.stop();
  });

  test('that cannot be sent fails with the error of the broker', async () => {
    const machines = sampleMachines();
    machines.topics.failure = new LedgerError('BrokerUnavailable', 'nobody is there');
    const asker = machines.asker();
    await expect(asker.run('echo', 1)).rejects.toMatchObject({ code: 'BrokerUnavailable', exitStatus: 75 });
    machines.topics.failure = null;
    const worker = machines.worker();
    expect(await asker.run('echo', 1)).toBe(1);
    await asker.close();
    await worker.stop();
  });
});

describe('an answer', () => {
  test('that comes again changes nothing: the first counts', async () => {
    const machines = sampleMachines();
    const worker = machines.worker();
    const asker = machines.asker();
    await asker.run('echo', 1);
    await worker.stop();
    const [job] = machines.topics.sent(place.jobsTopic);
    const again = machines.worker();
    const message = { key: String(job!['key']), value: Buffer.from(''), headers: {} };
    machines.topics.send(place.resultsTopic, message);
    expect(await asker.run('echo', 2)).toBe(2);
    await asker.close();
    await again.stop();
  });

  test('that is damaged in the store is computed again, with a warning', async () => {
    const machines = sampleMachines();
    const worker = machines.worker();
    const asker = machines.asker();
    await asker.run('echo', 1);
    const [{ key }] = machines.topics.sent(place.jobsTopic) as [{ key: string }];
    const record = await machines.store.checkpoints.read(`backtest-answer-${key}`);
    const { sha256 } = await machines.store.artifacts.put(
      Buffer.from('something else, and long enough to have a line of its own\n'.repeat(3)),
    );
    await machines.store.checkpoints.write(`backtest-answer-${key}`, { answer: sha256 }, record!.version);
    const { log, lines } = recordingLog();
    const later = machines.asker({ log });
    expect(await later.run('echo', 1)).toBe(1);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([['warn', 'a kept answer is damaged and is computed again']]);
    const kept = async () => (await machines.store.checkpoints.read(`backtest-answer-${key}`))!.value['answer'];
    await until('the store has another', async () => (await kept()) !== sha256);
    await later.close();
    await asker.close();
    await worker.stop();
  });

  test('that is an error is told to whoever asked, and not kept', async () => {
    const machines = sampleMachines();
    const broken = machines.worker({}, failing(new LedgerError('HistoryTooShort', 'ten rows hold no window', { evidence: { rows: 10 } })));
    const asker = machines.asker();
    await expect(asker.run('echo', 1)).rejects.toMatchObject({ code: 'HistoryTooShort', evidence: { rows: 10 } });
    await broken.stop();
    const worker = machines.worker();
    expect(await asker.run('echo', 1)).toBe(1);
    expect(outcomes(machines)).toEqual(['failed', 'done']);
    await asker.close();
    await worker.stop();
  });
});

describe('a worker', () => {
  test.each([
    ['of another build', { engine: 'other' }, 'it is another build, other, V8 '],
    ['on another ledger', { place: { ledgerId: '00000000-4c7a-5d1e-8f3a-2a6b1c0d9e8f' } }, 'it works on the ledger 00000000'],
  ])('%s refuses, and says so on both sides; it is held against no later run', async (_, options, why) => {
    const machines = sampleMachines();
    const { log, lines } = recordingLog();
    const stranger = machines.worker({ ...options, log });
    const asker = machines.asker();
    const refused = asker.run('echo', 1);
    await expect(refused).rejects.toMatchObject({ code: 'JobRefused', exitStatus: 75, message: expect.stringContaining(why) as unknown });
    expect(lines.map(({ level, message, fields }) => [level, message, String(fields['why']).slice(0, why.length)])).toContainEqual([
      'warn',
      'refused a job',
      why,
    ]);
    await stranger.stop();
    const worker = machines.worker();
    const later = machines.asker();
    expect(await later.run('echo', 1)).toBe(1);
    for (const one of [asker, later]) await one.close();
    await worker.stop();
  });

  test('that lost its threads refuses, and another ask is computed', async () => {
    const machines = sampleMachines();
    const poor = machines.worker({}, failing(new LedgerError('WorkerLost', '2 workers ended')));
    const asker = machines.asker();
    await expect(asker.run('echo', 1)).rejects.toMatchObject({ code: 'JobRefused' });
    await poor.stop();
    const worker = machines.worker();
    expect(await asker.run('echo', 1)).toBe(1);
    await asker.close();
    await worker.stop();
  });

  test('leaves what is no job, with a warning, and works on', async () => {
    const machines = sampleMachines();
    const { log, lines } = recordingLog();
    for (const text of ['no JSON', '{}', JSON.stringify({ specversion: '1.0', id: '1', source: '/a', type: 'b', data: {} })])
      machines.topics.send(place.jobsTopic, {
        key: 'k',
        value: Buffer.from(text),
        headers: { 'content-type': 'application/cloudevents+json' },
      });
    machines.topics.send(place.jobsTopic, { key: 'k', value: Buffer.alloc(70_000), headers: {} });
    const worker = machines.worker({ log });
    await until('all were left', () => lines.length === 4);
    expect(new Set(lines.map(({ level, message }) => `${level} ${message}`))).toEqual(new Set(['warn left a message that is no job']));
    await worker.stop();
    expect(await worker.ended).toBeNull();
  });

  test('that is stopped leaves its job to the group, and does not end with an error', async () => {
    const machines = sampleMachines();
    let begun = false;
    const held: Compute<SampleJobs> = {
      parallelism: 1,
      run: (_name, _input, { signal } = {}) => {
        begun = true;
        return new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => reject(new LedgerError('Interrupted', 'stopped')));
        });
      },
      close: async () => undefined,
    };
    const stopped = machines.worker({}, held);
    const asker = machines.asker();
    const answer = asker.run('echo', 'a');
    await until('it has the job in hand', () => begun);
    await stopped.stop();
    expect(await stopped.ended).toBeNull();
    expect(outcomes(machines)).toEqual([]);
    const worker = machines.worker();
    expect(await answer).toBe('a');
    await asker.close();
    await worker.stop();
  });
});

describe('whoever asks', () => {
  test('says that no worker answers, and goes on waiting for one', async () => {
    const machines = sampleMachines();
    const { log, lines } = recordingLog();
    const asker = machines.asker({ log, silenceMsMax: 100 });
    const answer = asker.run('echo', 'a');
    await until('it says so', () => lines.length > 0);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('no worker answers') as unknown,
        fields: { jobs: 1, seconds: 0, topic: place.jobsTopic, group: place.group },
      },
    ]);
    const worker = machines.worker();
    expect(await answer).toBe('a');
    await asker.close();
    await worker.stop();
  });

  test('ends its waiting when it is interrupted, and a later one has the answer that came meanwhile', async () => {
    const machines = sampleMachines();
    const asker = machines.asker();
    const stop = new AbortController();
    const answer = asker.run('echo', 'a', { signal: stop.signal });
    await until('it has asked', () => jobsSent(machines) === 1);
    stop.abort();
    await expect(answer).rejects.toMatchObject({ code: 'Interrupted', exitStatus: 130 });
    await asker.close();
    const worker = machines.worker();
    await until('it was answered', () => outcomes(machines).length === 1);
    await worker.stop();
    const later = machines.asker();
    expect(await later.run('echo', 'a')).toBe('a');
    expect(jobsSent(machines)).toBe(1);
    await later.close();
  });
});
