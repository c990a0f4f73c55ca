/**
 * Somebody who acts under the name of another: the ledger says that it is a claim, beside the user whom the system names. As the command
 * line has it, up to the exported evidence.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../bin/open-ledger.ts';
import { type Answer, projectRoot, Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';

const bench = new Workbench(scratchDirectory(), (manifest) => {
  manifest.profiles['pair']!['publication'] = { maker_checker: true };
});
const asUser = (user: string, actor: string, ...argv: string[]): Promise<Answer> => bench.json([...argv, '--actor', actor], { user });
const shown = async (...argv: string[]): Promise<string> => (await bench.run(argv)).stdout;
let runId = '';

beforeAll(async () => {
  await asUser('root', 'mallory', 'manifest', 'apply');
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
});

const approveFirst = (): Promise<Answer> => asUser('bob', 'cio', 'manifest', 'approve', 'pair/1', '--why', 'agreed');

const python = (path: string) => spawnSync('python3', ['-I', join(projectRoot, 'examples/verify_audit.py'), path], { encoding: 'utf8' });

describe('a proposed definition', () => {
  test('is shown with who claims to have proposed it, and is not in force', async () => {
    expect(await shown('status')).toContain('manifest approve pair/1 --why TEXT');
    expect(await shown('status')).toContain('proposed by mallory (claimed; local user root)');
    expect(await bench.json(['status', '--check'])).toMatchObject({
      exit: 1,
      error: { message: expect.stringContaining('definition pair/1 waits') },
    });
  });

  test.each([
    ['MALLORY', 1, 'ApproverIsProposer'],
    ['mаllory', 1, 'ActorConfusable'],
    ['Unnamed', 2, 'ActorUnnamed'],
    ['mal\u200blory', 2, 'ConfigInvalid'],
    ['\u202eyrollam', 2, 'ConfigInvalid'],
  ])('is not put in force as %j', async (actor, exit, code) => {
    expect(await asUser('root', actor, 'manifest', 'approve', 'pair/1', '--why', 'mine')).toMatchObject({ exit, error: { code } });
    expect((await bench.events()).filter(({ type }) => type === 'DefinitionApproved')).toEqual([]);
  });

  test('of which there is none is not approved', async () => {
    for (const [proposal, exit, code] of [
      ['pair/2', 66, 'NothingProposed'],
      ['pair', 2, 'Usage'],
      ['other/1', 66, 'NothingProposed'],
    ] as const)
      expect(await asUser('bob', 'cio', 'manifest', 'approve', proposal, '--why', 'x')).toMatchObject({ exit, error: { code } });
  });

  test('is put in force by another person, once', async () => {
    expect(await approveFirst()).toMatchObject({ exit: 0, result: { proposal: 'pair/1', number: 1, proposer: 'mallory', already: false } });
    expect(await approveFirst()).toMatchObject({ exit: 0, result: { already: true } });
  });
});

describe('an approved rebalance', () => {
  beforeAll(async () => {
    const ledger = await openLedger({ store: bench.store, logLevel: 'silent', actor: 'worker' });
    await ledger.reallocate('pair');
    runId = (await ledger.status({ meta: 'pair' })).portfolios[0]!.held!.runId;
    expect(() => ledger.as('wo\u00adrker')).toThrow(expect.objectContaining({ code: 'Usage' }));
    await expect(ledger.as('Worker').approve(runId, 'mine')).rejects.toMatchObject({ code: 'ApproverIsProposer' });
    await ledger.close();
    expect(await asUser('root', 'alice', 'approve', runId, '--why', 'looked at')).toMatchObject({ exit: 0 });
  });

  test('says in every answer that the name is claimed, and whose process it was', async () => {
    const claimed = 'alice (claimed; local user root)';
    expect(await shown('publications', '--meta', 'pair')).toContain(`${claimed}: looked at`);
    expect(await shown('timeline', runId)).toContain(`by ${claimed}, proposed by worker: looked at`);
    const { result } = await bench.json(['timeline', runId]);
    expect((result['decisions'] as { type: string; claimedBy?: string }[]).find(({ type }) => type === 'RebalanceApproved')).toMatchObject({
      claimedBy: claimed,
    });
  });

  test('says so in the exported evidence, which both verifiers derive anew', async () => {
    const file = bench.path('audit.jsonl');
    await bench.json(['audit', 'export', '--all', '-o', file]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const by = lines
      .map((line) => JSON.parse(line) as { type: string; context?: { by?: string } })
      .flatMap(({ type, context }) => (context?.by === undefined ? [] : [`${type}: ${context.by}`]));
    expect(by).toEqual([
      'DefinitionProposed: mallory (claimed; local user root)',
      'DefinitionApproved: cio (claimed; local user bob)',
      expect.stringMatching(/^RebalanceHeld: worker \(claimed; local u/),
      'RebalanceApproved: alice (claimed; local user root)',
    ]);
    expect(await bench.json(['audit', 'verify', file])).toMatchObject({ exit: 0 });
    expect(python(file).status).toBe(0);
    const another = bench.write('another.jsonl', readFileSync(file, 'utf8').replace('cio (claimed; local user bob)', 'cio'));
    expect(await bench.json(['audit', 'verify', another])).toMatchObject({ exit: 1 });
    expect(python(another).status).toBe(1);
  });
});
