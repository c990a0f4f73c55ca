/** Ids that release 0.1.0 gave, recorded literally by that release: they are frozen, and what it recorded is found under them forever. */
import { describe, expect, test } from '@jest/globals';
import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { applyManifest } from '../../handlers/commands/apply-manifest.ts';
import { importSleeveRun } from '../../handlers/commands/import-sleeve-run.ts';
import { flowMeta, metaRunRequest } from '../../handlers/commands/flow-meta.ts';
import { identifyMetaRun, runDefinitionHashes } from '../../domain/meta-run/identity.ts';
import { identifyResultRun } from '../../handlers/messages/reported-run.ts';
import { toDomainEvents } from '../../handlers/runtime/record.ts';
import { hashOfJson } from '../../domain/shared/hashing.ts';
import { metaIdentities } from '../../domain/manifest/identity.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { memorySession, wholeRun } from '../support/imported-run.ts';
import { vagueManifest, writeRunDirectory } from '../support/run-directory.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { sleeveResult } from '../support/sleeve-results.ts';
import { fileOf, type Ledger, ledgerWithSleeves, manifestOf, produce } from './replay/world.ts';

const scratch = scratchDirectory();
const asDefined = { risks: null, join: null, projection: null, proxies: null, asOf: null, restateWhy: null } as const;

async function sleeveIds(ledger: Ledger, manifest: Manifest): Promise<string[]> {
  const ids: string[] = [];
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) ids.push(await produce(ledger, manifest, sleeve, [fileOf(sleeve)]));
  const options = { from: '2022-02-01', asOf: '2022-12-01', exclude: ['NYSE:DDD'], repair: 'drop-off-calendar' } as const;
  // The third of three: corrections are numbered without gaps.
  const numbered: string[] = [];
  for (const correction of [0, 1, 2]) numbered.push(await produce(ledger, manifest, 'stocks', [fileOf('stocks')], options, correction));
  ids.push(numbered[2]!);
  return ids;
}

/** Settings with members that are called as notes are, where anything may stand. */
const described = manifestOf(({ profiles }) => {
  Object.assign(profiles['whole']!, {
    tournament: { description: 'a', provenance: { of: 1 } },
    parity: { exceptions: [{ sleeve: 'coins', path: 'features.x', value: { description: 'b', n: 1 }, rationale: 'r' }] },
  });
  Object.assign(profiles['stocks']!, {
    description: 'A profile',
    discovery: { strategies: { trend: { description: 'c', scanners: ['s'] } } },
    tournament: { description: 'd' },
  });
});

describe('a definition without members that are called as notes are', () => {
  test('has the ids of release 0.1.0: sleeve runs, meta runs, definitions', async () => {
    const manifest = manifestOf();
    const ledger = await ledgerWithSleeves(manifest);
    expect(await sleeveIds(ledger, manifest)).toEqual([
      'stocks-2022-12-30-dca174f2ade9efa4',
      'funds-2022-12-30-c6378771f8741adf',
      'coins-2022-12-30-cc4101f024055923',
      'stocks-2022-12-01-c9fa5469b32b7f39',
    ]);
    const ids: string[] = [];
    for (const meta of ['whole', 'nested', 'listed']) ids.push((await flowMeta(ledger.session, { manifest, meta, ...asDefined })).runId);
    const flags = {
      risks: 'all',
      join: 'drop',
      projection: 'proportional',
      proxies: { hrp: ['equal_weight'] },
      asOf: '2022-12-30',
      restateWhy: null,
    } as const;
    ids.push((await flowMeta(ledger.session, { manifest, meta: 'nested', ...flags, proxies: { hrp: ['equal_weight'] } })).runId);
    expect(ids).toEqual([
      'whole-2022-12-30-b4435741087dcb4f',
      'nested-2022-12-30-e7f8b26a5bdde33d',
      'listed-2022-12-30-f08db0f45afad4bf',
      'nested-2022-12-30-6481ffa8a0032667',
    ]);
    await applyManifest(ledger.session, manifest, null);
    const defined = toDomainEvents(await ledger.memory.store.readAll({ after: null, maxCount: 1000, types: ['MetaPortfolioDefined'] }));
    expect(
      Object.fromEntries(defined.map(({ data }) => [(data as { meta: string }).meta, (data as { definitionHash: string }).definitionHash])),
    ).toEqual({
      listed: 'c43a3ed8d14004f5eb2117f53328859f7f683ad4b12241652e822b4762321292',
      nested: '2c908c233de9f1de00e86ed964e45564eb9076b28d294817a06319fad9b0412d',
      whole: '10e3d36ad2be69c9c32cf7c44293b3deb743e87e2f1ecde8b8d35b26122ac9a2',
    });
  });

  test('imports have the ids and payload hashes of release 0.1.0', async () => {
    const { ports } = memorySession();
    const run = await importSleeveRun(ports, {
      run: writeRunDirectory(scratch, { ...wholeRun(), manifest: vagueManifest }),
      profile: null,
      map: {},
      correction: 0,
    });
    expect([run.runId, run.payloadHash]).toEqual([
      'crypto_long-2024-03-30-a53a6b2f865480ec',
      'f52d230ba81d8265f9c68ae43657b47ac3999249d96a37a302ccfcefd181d6d0',
    ]);
    expect(run.names).toHaveLength(1);
  });

  test('a reported result is named by its data alone', () => {
    const { sha256 } = memorySession().ports.crypto;
    const { names } = identifyResultRun(sleeveResult(), sha256);
    expect(names.map(({ payloadHash }) => payloadHash)).toEqual([hashOfJson(sha256, sleeveResult())]);
  });
});

describe('a definition with members that are called as notes are', () => {
  test('has, of a sleeve, the id of release 0.1.0, which counted them', async () => {
    const ledger = await ledgerWithSleeves(described);
    expect(await sleeveIds(ledger, described)).toEqual([
      'stocks-2022-12-30-04a05ef15aff244b',
      'funds-2022-12-30-c6378771f8741adf',
      'coins-2022-12-30-cc4101f024055923',
      'stocks-2022-12-01-297c58aa8b71c3b5',
    ]);
  });

  test('counts them in a portfolio from version 2 on, and is looked up under the id of release 0.1.0', async () => {
    const ledger = await ledgerWithSleeves(described);
    const { sha256 } = ledger.session.ports.crypto;
    const old = {
      whole: 'whole-2022-12-30-b847eb1c44e734b2',
      nested: 'nested-2022-12-30-ca45bcd39b6c7f12',
      listed: 'listed-2022-12-30-9e4e770e6eacf4f3',
    };
    for (const [meta, id] of Object.entries(old)) {
      const { names } = identifyMetaRun(await metaRunRequest(ledger.session, { manifest: described, meta, ...asDefined }), sha256);
      expect(names.map(({ runId }) => runId)).toEqual([expect.not.stringContaining(id), id]);
    }
  });

  test('a definition hash of release 0.1.0 is the second of its hashes', () => {
    const { sha256 } = memorySession().ports.crypto;
    const hashes = ['listed', 'nested', 'whole'].map(
      (meta) => metaIdentities(resolveMeta(described, meta)).map((identity) => hashOfJson(sha256, identity))[1],
    );
    expect(hashes).toEqual([
      'd1ae34475873df95fc5e07ea85a1c6d5e4235c3b6c6c3971ba3b33c4cd8df00b',
      '70850fb045ba1ac96d5434c8005e734dc0f546450b2422d4aae33b58aaa26c57',
      '57236800360eec8eb0ba7b524236d8912a79bda61d076f2ebd6fa4145c41165d',
    ]);
    const options = { risks: ['hrp' as const], risksFrom: 'flag' as const, join: null, projection: null, proxies: {}, asOf: null };
    expect(new Set(runDefinitionHashes(sha256, resolveMeta(described, 'whole'), options)).size).toBe(2);
    expect(new Set(runDefinitionHashes(sha256, resolveMeta(manifestOf(), 'whole'), options)).size).toBe(1);
  });
});
