/**
 * Whoever may write the store puts it back to an older copy, and the verification is run from another folder than the ledger was made in.
 * The witness must be found all the same, or its absence be a fault: it is never a fresh start.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const home = process.cwd();
afterAll(() => process.chdir(home));

/** Commands that name the store as somebody in this folder does. */
const relative = { environment: { SLEEVE_LEDGER_STORE: 'ledger.sqlite' } };
let bench: Workbench;

async function verified(options = relative, more: readonly string[] = []): Promise<Answer & { readonly exit: number }> {
  return bench.json(['ledger', 'verify', ...more], options);
}

/** Each checkpoint of the witness is a fault: the latest stands there twice. */
const kinds = (answer: Answer): string[] => [...new Set((answer.result['faults'] as { kind: string }[]).map(({ kind }) => kind))];

/** A folder elsewhere, and the way from there to the store. */
function elsewhere(): typeof relative {
  const folder = join(bench.directory, 'elsewhere');
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  return { environment: { SLEEVE_LEDGER_STORE: '../ledger.sqlite' } };
}

/** What the key file of an older build says: the path as it was typed. */
function nameWitness(path: string): void {
  const file = join(bench.directory, 'ledger.sqlite.key');
  const key = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, `${JSON.stringify({ ...key, witness: path }, null, 2)}\n`);
}

function putBack(): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${bench.store}${suffix}`, { force: true });
  copyFileSync(bench.path('older.sqlite'), bench.store);
}

/** A ledger with two seals, made in its own folder, and a copy of it between them. */
beforeEach(async () => {
  bench = new Workbench(scratch);
  process.chdir(bench.directory);
  for (const argv of [
    ['manifest', 'apply'],
    ['ledger', 'backup', '--to', 'older.sqlite'],
    ['sleeve', 'quarantine', 'stocks', '--why', 'prices'],
  ])
    expect(await bench.json(argv, relative)).toMatchObject({ exit: 0 });
});

describe('the witness of a ledger that was made with relative paths', () => {
  test('is found from every folder, where a store that was put back is a cut tail', async () => {
    const key = JSON.parse(readFileSync('ledger.sqlite.key', 'utf8')) as { witness: string };
    expect(key.witness).toBe(join(process.cwd(), 'ledger.sqlite.witness'));
    const there = elsewhere();
    expect(await verified(there)).toMatchObject({ exit: 0, result: { faults: [] }, warnings: [] });
    putBack();
    const answer = await verified(there);
    expect([answer.exit, kinds(answer)]).toEqual([1, ['sealed_tail_cut']]);
  });

  test('is found from every folder too where an older build wrote its path as it was typed, and the answer says so', async () => {
    nameWitness('ledger.sqlite.witness');
    expect(await verified()).toMatchObject({ exit: 0, warnings: [] });
    const there = elsewhere();
    const honest = await verified(there);
    expect(honest).toMatchObject({ exit: 0, result: { faults: [] } });
    expect(honest.warnings.join()).toMatch(
      /ledger\.sqlite\.witness, a path that depends on the folder.* taken for .*\/ledger\.sqlite\.witness/,
    );
    putBack();
    expect(kinds(await verified(there))).toEqual(['sealed_tail_cut']);
  });

  test('is asked for where an older path means two folders', async () => {
    nameWitness('ledger.sqlite.witness');
    const there = elsewhere();
    mkdirSync('ledger.sqlite.witness');
    expect(await verified(there)).toMatchObject({
      exit: 2,
      error: { code: 'ConfigInvalid', message: expect.stringMatching(/two|--witness/) as unknown },
    });
    const named = await verified(there, ['--witness', '../ledger.sqlite.witness']);
    expect(named).toMatchObject({ exit: 0, result: { faults: [] } });
  });
});

describe('a witness that is expected and not there', () => {
  const attempts: readonly (readonly [string, () => void])[] = [
    ['missing', () => rmSync('ledger.sqlite.witness', { recursive: true })],
    ['empty', () => readdirSync('ledger.sqlite.witness').forEach((name) => unlinkSync(join('ledger.sqlite.witness', name)))],
    ['named by a path of an older build that leads nowhere', () => nameWitness('nowhere')],
    ['named by a flag and new', () => undefined],
  ];

  test.each(attempts)('%s: verification has a fault, and nothing is sealed', async (what, attempt) => {
    attempt();
    const flags = what.includes('flag') ? ['--witness', 'another'] : [];
    const answer = await verified(relative, flags);
    expect([answer.exit, kinds(answer)]).toEqual([1, ['witness_missing']]);
    const events = (await bench.events()).length;
    const sealed = await bench.json(['ledger', 'seal', ...flags], relative);
    expect(sealed).toMatchObject({
      exit: 1,
      error: { code: 'WitnessMissing', advice: expect.stringContaining('ledger witness') as unknown },
    });
    expect(sealed.error!.message).toMatch(/remembers no checkpoint/);
    expect((await bench.events()).length).toBe(events);
  });

  test('is none for a ledger that nobody has sealed', async () => {
    const fresh = new Workbench(scratch);
    expect(await fresh.json(['manifest', 'apply', '--no-seal'])).toMatchObject({ exit: 0 });
    expect(await fresh.json(['ledger', 'verify'])).toMatchObject({ exit: 0, result: { faults: [], sealedTo: 0 } });
    expect(await fresh.json(['ledger', 'seal'])).toMatchObject({ exit: 0 });
  });

  test('is none for a reader without the key, who is told of no witness', async () => {
    const copy = bench.path('copy.sqlite');
    copyFileSync(bench.path('older.sqlite'), copy);
    expect(await verified({ environment: { SLEEVE_LEDGER_STORE: copy } })).toMatchObject({
      exit: 0,
      result: { faults: [], witnessedTo: 0 },
    });
  });
});

describe('naming another witness', () => {
  test('takes along what the one before remembers, and is recorded', async () => {
    const named = await bench.json(['ledger', 'witness', '--to', 'elsewhere', '--why', 'a disk of its own'], relative);
    expect(named).toMatchObject({ exit: 0, warnings: [], result: { witness: join(process.cwd(), 'elsewhere') } });
    expect(named.result['remembered']).toBe(named.result['sealedTo']);
    expect(readdirSync('elsewhere')).toEqual(expect.arrayContaining(readdirSync('ledger.sqlite.witness')));
    rmSync('ledger.sqlite.witness', { recursive: true });
    expect(await verified()).toMatchObject({ exit: 0, result: { faults: [] }, warnings: [] });
    putBack();
    expect(kinds(await verified())).toEqual(['sealed_tail_cut']);
  });

  test('in the place of one that is lost is possible, and the ledger says for ever that it was lost and why', async () => {
    rmSync('ledger.sqlite.witness', { recursive: true });
    const named = await bench.json(['ledger', 'witness', '--to', 'ledger.sqlite.witness', '--why', 'the disk burnt'], relative);
    expect(named).toMatchObject({ exit: 0, result: { remembered: null } });
    expect(named.warnings.join()).toMatch(/remembered nothing.*its own word, and recorded/);
    expect(await verified()).toMatchObject({ exit: 0, result: { faults: [] }, warnings: [] });
    const recorded = (await bench.events()).find(({ type }) => type === 'WitnessNamed')!;
    expect(JSON.parse(Buffer.from(recorded.bytes).toString('utf8'))).toMatchObject({
      stream: 'ledger',
      data: { why: 'the disk burnt', remembered: null, cosigners: [], quorum: null },
    });
    expect(await bench.json(['ledger', 'witness', '--to', 'w'], relative)).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });
});
