/** What differs between two meta runs before anything is computed: every changed leaf, and no other. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MetaRunRequest } from '../../../domain/meta-run/identity.ts';
import { changedInputs } from '../../../handlers/comparison/diff-inputs.ts';
import { overrideNode, withoutSleeves } from '../../../handlers/comparison/override-node.ts';
import { allocate, fileOf, manifestOf, memoryLedger, produce } from '../replay/world.ts';

let request: MetaRunRequest;

beforeAll(async () => {
  const ledger = memoryLedger();
  const manifest = manifestOf();
  for (const sleeve of ['stocks', 'funds'] as const) await produce(ledger, manifest, sleeve, [fileOf(sleeve)]);
  ({ request } = await allocate(ledger, manifest, 'listed'));
}, 60_000);

const nothing = { sleeveRuns: [], definition: [], waivers: { onlyBefore: [], onlyAfter: [] } };
const waiver = (waiverId: string) => ({ waiverId }) as MetaRunRequest['waivers'][number];

describe('the inputs of two meta runs', () => {
  test('that are the same differ in nothing, whatever the order of the sleeves', () => {
    expect(changedInputs(request, request)).toEqual(nothing);
    const { node } = request;
    const turned = { ...node, sleeves: node.sleeves.toReversed(), bounds: node.bounds.toReversed() };
    expect(changedInputs(request, { ...request, node: turned }).definition).toEqual([]);
  });

  test('differ in each setting that was changed and in the bounds that follow from it, by path', () => {
    const node = overrideNode(request.node, {
      'meta_allocation.max_weight': 0.6,
      'sleeves.funds.weight_limit': [0.1, 0.55],
      'risk.ridge': 0.01,
    });
    const { ridge } = request.node.blocks.risk;
    const { definition } = changedInputs(request, { ...request, node });
    expect(definition).toEqual(
      expect.arrayContaining([
        { path: 'allocation.max_weight', before: 0.7, after: 0.6 },
        { path: 'bounds.funds.lower', before: 0.05, after: 0.1 },
        { path: 'bounds.funds.upper', before: 0.7, after: 0.55 },
        { path: 'bounds.stocks.upper', before: 0.7, after: 0.6 },
      ]),
    );
    expect(definition.find(({ path }) => path.endsWith('risk.ridge'))).toMatchObject({ before: ridge, after: 0.01 });
    expect(definition.map(({ path }) => path)).toEqual(definition.map(({ path }) => path).toSorted());
    // Turned round, what was before is after.
    expect(changedInputs({ ...request, node }, request).definition).toEqual(
      definition.map(({ path, before, after }) => ({ path, before: after, after: before })),
    );
  });

  test('differ in the options of the runs', () => {
    const options = { ...request.options, join: 'drop' } as const;
    const { definition, ...rest } = changedInputs(request, { ...request, options });
    expect(definition).toEqual([{ path: 'options.join', before: request.options.join, after: 'drop' }]);
    expect({ ...rest, definition: [] }).toEqual(nothing);
  });

  test('differ in sleeves that one of them does not have, and in the runs of those that both have', () => {
    const leaves = new Map([...request.leaves].map(([path, run]) => [path, path === 'stocks' ? { ...run, runId: 'another' } : run]));
    const other = { ...request, leaves };
    const { runId } = request.leaves.get('stocks')!;
    expect(changedInputs(request, other)).toEqual({ ...nothing, sleeveRuns: [{ path: 'stocks', before: runId, after: 'another' }] });
    const fewer = {
      ...request,
      node: withoutSleeves(request.node, ['funds']),
      leaves: new Map([['stocks', request.leaves.get('stocks')!]]),
    };
    const gone = changedInputs(request, fewer);
    expect(gone.sleeveRuns).toEqual([{ path: 'funds', before: request.leaves.get('funds')!.runId, after: null }]);
    expect(gone.definition.every(({ path, after }) => /^(?:bounds|sleeves)\.funds\./.test(path) && after === null)).toBe(true);
    expect(gone.definition.map(({ path }) => path)).toEqual(expect.arrayContaining(['bounds.funds.lower', 'bounds.funds.upper']));
  });

  test('differ in waivers that only one of them was given', () => {
    const with1 = { ...request, waivers: [waiver('w1'), waiver('w2')] };
    const with2 = { ...request, waivers: [waiver('w2'), waiver('w3')] };
    expect(changedInputs(with1, with2)).toEqual({ ...nothing, waivers: { onlyBefore: ['w1'], onlyAfter: ['w3'] } });
  });
});
