/** A witness among clients that lie, hurry, flood and dawdle: it never cosigns two trees of one log of which neither extends the other. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCosignature, parseCosignerKey } from '../../domain/audit/cosignature.ts';
import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { limits } from '../../domain/shared/limits.ts';
import { openWitnessMemory } from '../../infra/witness/witness-memory.ts';
import { sha256, verifySignature } from '../support/audit-log.ts';
import { Workbench } from '../support/cli.ts';
import { rawClient } from '../support/raw-http.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { posted, SomeLog, startWitness, type WitnessProcess } from '../support/witness-program.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const state = join(scratch, 'state');
const logs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => new SomeLog(`${name}.example/log`));
const known = logs.map(({ vkey }) => vkey);
const [first, hurried, crossed, killed, abused, cosigned] = logs as [SomeLog, SomeLog, SomeLog, SomeLog, SomeLog, SomeLog];
let witness: WitnessProcess;
let twin: WitnessProcess;

beforeAll(async () => {
  witness = await startWitness(bench, state, known, ['--name', 'witness.example/w1']);
  twin = await startWitness(bench, state, known);
}, 60_000);
afterAll(async () => {
  await witness.stop();
  await twin.stop();
});

const cosignedBy = (note: string, lines: string): unknown =>
  openCosignature(note + lines, parseCosignerKey(sha256, witness.verifierKey), verifySignature);

describe('a witness', () => {
  test('cosigns growth, again the same checkpoint, and tells whoever asks what it cosigned last', async () => {
    const tree = cosigned.tree('main', 0, 40);
    for (const [old, size] of [
      [0, 7],
      [7, 7],
      [7, 32],
      [32, 40],
    ] as const) {
      const answer = await posted(witness.url, cosigned.request(tree, old, size));
      expect([answer.status, answer.type]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(cosignedBy(cosigned.note(tree, size), answer.text)).toMatchObject({ name: 'witness.example/w1' });
    }
    const last = await (await fetch(`${twin.url}/checkpoint?origin=${encodeURIComponent(cosigned.key.name)}`)).text();
    expect(readUnverifiedCheckpoint(last)).toEqual({ origin: cosigned.key.name, size: 40, root: tree.root() });
    expect(cosignedBy(last, '')).not.toBeNull();
  });

  test('answers a fork, a rollback and a split view with the statuses of the protocol, and keeps what convicts the log', async () => {
    const [main, fork] = [first.tree('main', 10, 10), first.tree('fork', 10, 20)];
    expect((await posted(witness.url, first.request(main, 0))).status).toBe(200);
    expect(await posted(witness.url, first.request(fork, 10, 30))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '20\n' });
    expect(await posted(witness.url, first.request(fork, 20, 30))).toMatchObject({ status: 422 });
    expect(await posted(witness.url, first.request(fork, 20, 20))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '20\n' });
    expect(await posted(witness.url, first.request(main, 5, 15))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '20\n' });
    expect((await posted(witness.url, first.request(main, 0, 5).replace('old 0', 'old 6'))).status).toBe(400);
    const memory = openWitnessMemory(join(state, 'witness.sqlite'));
    expect(
      memory
        .refused(first.key.name)
        .map((note) => readUnverifiedCheckpoint(note).size)
        .toSorted((one, other) => one - other),
    ).toEqual([20, 30]);
    memory.close();
    expect(witness.logged()).toContain('contradicts what was cosigned');
  });

  test('looks after nobody whom it was not told of, and believes no other key', async () => {
    const stranger = new SomeLog('stranger.example/log');
    expect((await posted(witness.url, stranger.request(stranger.tree('x', 0, 3), 0))).status).toBe(404);
    const impostor = new SomeLog(first.key.name);
    expect((await posted(witness.url, impostor.request(impostor.tree('x', 0, 3), 0))).status).toBe(403);
    expect((await fetch(`${witness.url}/checkpoint?origin=nobody`)).status).toBe(404);
  });

  test('as two processes asked by many hands at once cosigns one of the trees that contradict each other', async () => {
    const branches = Array.from({ length: 24 }, (_, branch) => hurried.tree(`branch ${branch}`, 0, 5 + (branch % 3)));
    const answers = await Promise.all(branches.map((tree, index) => posted([witness, twin][index % 2]!.url, hurried.request(tree, 0))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    // Nor is any of the others a way round: whatever it extends, it does not extend the one.
    const size = readUnverifiedCheckpoint(await (await fetch(`${witness.url}/checkpoint?origin=${hurried.key.name}`)).text()).size;
    const again = await Promise.all(
      branches.map(async (tree) => (tree.size < size ? null : posted(twin.url, hurried.request(tree, size)))),
    );
    expect(again.filter((answer) => answer?.status === 200)).toHaveLength(1);
  });

  test('cosigns in order what grows while two processes are asked', async () => {
    const tree = crossed.tree('main', 0, 200);
    let accepted = 0;
    for (let old = 0; old < 200; old += 20) {
      const both = await Promise.all([witness, twin].map(({ url }) => posted(url, crossed.request(tree, old, old + 20))));
      accepted += both.filter(({ status }) => status === 200).length;
      expect(both.map(({ status }) => status)).toContain(200);
    }
    expect(accepted).toBeGreaterThanOrEqual(10);
  });

  test('killed the moment it has answered, remembers what it cosigned', async () => {
    const own = join(scratch, 'killed');
    let mortal = await startWitness(bench, own, [killed.vkey]);
    const [main, fork] = [killed.tree('main', 10, 10), killed.tree('fork', 10, 20)];
    expect((await posted(mortal.url, killed.request(main, 0))).status).toBe(200);
    await mortal.stop('SIGKILL');
    mortal = await startWitness(bench, own, [killed.vkey]);
    expect(await posted(mortal.url, killed.request(fork, 0))).toMatchObject({ status: 409, text: '20\n' });
    expect(await posted(mortal.url, killed.request(fork, 20))).toMatchObject({ status: 422 });
    expect(statSync(join(own, 'witness.key')).mode & 0o777).toBe(0o600);
    await mortal.stop();
  }, 60_000);

  test('that has lost its memory or its key does not begin again as if it had not', async () => {
    const own = join(scratch, 'lost');
    const begun = await startWitness(bench, own, [killed.vkey]);
    expect((await posted(begun.url, killed.request(killed.tree('main', 0, 3), 0))).status).toBe(200);
    await begun.stop();
    const argv = ['witness', 'serve', '--state', own, '--http', '127.0.0.1:0', '--log', killed.vkey];
    const stop = new AbortController();
    stop.abort();
    expect(await bench.json(argv, { signal: stop.signal })).toMatchObject({ exit: 0, result: { cosigned: 0 } });
    const key = readFileSync(join(own, 'witness.key'));
    rmSync(join(own, 'witness.key'));
    expect(await bench.json(argv, { signal: stop.signal })).toMatchObject({ exit: 66, error: { code: 'KeyMissing' } });
    bench.write('../lost/witness.key', key);
    for (const name of ['witness.sqlite', 'witness.sqlite-wal', 'witness.sqlite-shm']) rmSync(join(own, name), { force: true });
    expect(await bench.json(argv, { signal: stop.signal })).toMatchObject({ exit: 1, error: { code: 'WitnessMissing' } });
    // Asking did not make what is missing: it is refused every time.
    expect(existsSync(join(own, 'witness.sqlite'))).toBe(false);
    expect(await bench.json(argv, { signal: stop.signal })).toMatchObject({ exit: 1, error: { code: 'WitnessMissing' } });
  }, 60_000);
});

const small = (): string => abused.request(abused.tree('main', 0, 3), 0);
const head = (length: number): string => `POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

describe('abuse of a witness', () => {
  const client = rawClient(() => Number(new URL(witness.url).port));
  afterAll(() => client.destroyAll());

  test.each([
    ['a body that is too large', 413, () => `old 0\n${'A'.repeat(limits.witnessBodyBytesMax)}`],
    ['no request at all', 400, () => 'hello'],
    ['bytes that are no text', 400, () => `old 0\n\n\u0000\u0001`],
    ['a checkpoint without a signature', 400, () => small().replace(/\u2014.*\n/u, '')],
    ['a hundred and one signatures', 400, () => small() + `\u2014 x AAAAAAAA\n`.repeat(101)],
  ])('%s is refused', async (_, status, body) => {
    expect((await posted(witness.url, body())).status).toBe(status);
  });

  test('a body without an end and one that trickles are cut off, and others are served meanwhile', async () => {
    const slow = client.exchange(`${head(200)}old 0\n`);
    const endless = client.exchange('POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nold 0\r\n');
    expect((await posted(witness.url, small())).status).toBe(200);
    for (const cut of [await slow, await endless]) expect(cut).toMatch(/^HTTP\/1\.1 408 /);
    expect(await client.exchange(head(10_000_000))).toMatch(/^HTTP\/1\.1 413 /);
  }, 30_000);

  test('only the two paths are there', async () => {
    expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${witness.url}/checkpoint`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await fetch(`${witness.url}/metrics`)).status).toBe(404);
  });
});
