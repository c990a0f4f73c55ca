/** A repository as a witness: it is pushed to and never over, one that was rewritten is seen, and what it remembers is compared. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { gitWitness } from '../../infra/witness/git-witness.ts';
import { type Answer, Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';

type Answered = Answer & { readonly exit: number };

const scratch = scratchDirectory();
let bench: Workbench;
let repository: string;
let url: string;

const git = (...args: string[]): string => execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8' });
const kinds = (answer: Answered): string[] => [...new Set((answer.result['faults'] as { kind: string }[]).map(({ kind }) => kind))];
const named = (folder: string): { environment: Record<string, string> } => ({
  environment: { SLEEVE_LEDGER_WITNESS: `${folder} git+${url}` },
});

/** Another store with the key of the first. */
function copyOf(): { readonly bench: Workbench; readonly options: { environment: Record<string, string> } } {
  const copy = new Workbench(scratch);
  cpSync(bench.store, copy.store);
  cpSync(`${bench.store}.key`, `${copy.store}.key`);
  cpSync(`${bench.store}.witness`, `${copy.store}.witness`, { recursive: true });
  return { bench: copy, options: named(`${copy.store}.witness`) };
}

beforeEach(async () => {
  bench = new Workbench(scratch);
  repository = bench.path('witness.git');
  url = `file://${repository}`;
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', repository]);
  expect(await bench.json(['manifest', 'apply'], named(`${bench.store}.witness`))).toMatchObject({ exit: 0 });
});

/** A note that nobody signed: a repository does not ask. */
const note = (origin: string): string =>
  `${origin}\n5\n${Buffer.alloc(32).toString('base64')}\n\n\u2014 ${origin} ${Buffer.alloc(68).toString('base64')}\n`;

describe('a repository', () => {
  test('holds each sealed checkpoint in a commit of its own, and verification reads it back', async () => {
    const sealed = await bench.json(['ledger', 'seal'], named(`${bench.store}.witness`));
    expect(sealed).toMatchObject({ exit: 0, warnings: [], result: { witnesses: [{ kind: 'git', outcome: 'kept' }] } });
    expect(await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x'], named(`${bench.store}.witness`))).toMatchObject({ exit: 0 });
    expect(git('rev-list', '--count', 'main').trim()).toBe('2');
    const files = git('ls-tree', '-r', '--name-only', 'main').trim().split('\n');
    expect(files).toHaveLength(2);
    const last = git('show', `main:${files.at(-1)!}`);
    expect(last).toBe(readFileSync(join(`${bench.store}.witness`, 'latest.checkpoint'), 'utf8'));
    expect(await bench.json(['ledger', 'verify'], named(`${bench.store}.witness`))).toMatchObject({
      exit: 0,
      warnings: [],
      result: { faults: [], witnessedTo: readUnverifiedCheckpoint(last).size },
    });
  });

  test('remembers a store that was put back together with its folder, and takes no fork', async () => {
    const older = copyOf();
    expect(await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x'], named(`${bench.store}.witness`))).toMatchObject({ exit: 0 });
    const verified = await older.bench.json(['ledger', 'verify'], older.options);
    expect([verified.exit, kinds(verified)]).toEqual([1, ['sealed_tail_cut']]);
    for (const why of ['another way', 'and on'])
      expect(
        (await older.bench.json(['sleeve', why === 'and on' ? 'reinstate' : 'quarantine', 'stocks', '--why', why], older.options)).exit,
      ).toBe(1);
    expect(git('rev-list', '--count', 'main').trim()).toBe('2');
    expect(await bench.json(['ledger', 'verify'], named(`${bench.store}.witness`))).toMatchObject({ exit: 0, result: { faults: [] } });
  });

  test('that was rewritten, or begun anew, is told by a ledger that has pushed to it', async () => {
    expect(await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x'], named(`${bench.store}.witness`))).toMatchObject({ exit: 0 });
    git('update-ref', 'refs/heads/main', 'main~1');
    const sealed = await bench.json(['ledger', 'seal'], named(`${bench.store}.witness`));
    expect(sealed.exit).toBe(0);
    expect(sealed.warnings.join()).toMatch(/refused it \(the branch was rewritten/);
    git('update-ref', '-d', 'refs/heads/main');
    expect((await bench.json(['ledger', 'seal'], named(`${bench.store}.witness`))).warnings.join()).toMatch(/the branch was rewritten/);
  });

  test('that cannot be reached holds up no seal, and one that would run a program is refused', async () => {
    const away = { environment: { SLEEVE_LEDGER_WITNESS: `${bench.store}.witness git+file://${bench.path('nowhere.git')}` } };
    const sealed = await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x'], away);
    expect(sealed.exit).toBe(0);
    expect(sealed.warnings.join()).toMatch(/nowhere\.git is away/);
    const foreign = { environment: { SLEEVE_LEDGER_WITNESS: `${bench.store}.witness git+ext://sh` } };
    expect(await bench.json(['ledger', 'seal'], foreign)).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid' } });
  });

  test('takes what several ledgers push at once, each in a folder of its own', async () => {
    const places = ['one.example/a', '../../evil', 'three.example'].map((origin, index) => ({
      origin,
      witness: gitWitness({ url, branch: 'shared' }, bench.path(`memory-${index}`)),
    }));
    for (const { origin } of places)
      mkdirSync(bench.path(`memory-${places.findIndex((place) => place.origin === origin)}`), { recursive: true });
    const taken = await Promise.all(
      places.map(({ origin, witness }) => witness.take({ old: 0, size: 5, proof: [], note: note(origin) }, origin)),
    );
    expect(taken.map(({ kind }) => kind)).toEqual(['kept', 'kept', 'kept']);
    for (const { origin, witness } of places)
      expect(await witness.show(origin)).toMatchObject({ kind: 'shown', newest: { note: note(origin) } });
    expect(
      git('ls-tree', '-r', '--name-only', 'shared')
        .trim()
        .split('\n')
        .every((path) => path.startsWith('log-')),
    ).toBe(true);
    // Another checkpoint of one size is a split view.
    const [first] = places;
    const other = note(first!.origin).replace('AAAA', 'AAAB');
    expect(await first!.witness.take({ old: 0, size: 5, proof: [], note: other }, first!.origin)).toMatchObject({ kind: 'contradicted' });
  });
});
