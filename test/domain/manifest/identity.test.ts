import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metaIdentities, metaIdentity, profileIdentity } from '../../../domain/manifest/identity.ts';
import { blocksInLeafTerms, type LeafTerms, membersInLeafTerms, sectionsInSettingTerms } from '../../../domain/manifest/leaf-terms.ts';
import { recordedPortfolio, recordedProfile, statedLeaves } from '../../../domain/manifest/recorded-settings.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { neutralLeaves } from '../../../domain/manifest/neutral-values.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import type { ResolvedProfile } from '../../../domain/manifest/resolved-schema.ts';
import { canonicalJson, type Json, type JsonObject } from '../../../domain/shared/canonical-json.ts';
import { hashOfJson } from '../../../domain/shared/hashing.ts';
import { sortedBy } from '../../../domain/shared/order.ts';
import { manifestOf } from '../../handlers/replay/world.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hash = (value: unknown): string => hashOfJson(sha256, value);

const why = 'nothing was borrowed';
const terms: LeafTerms = {
  renamed: { 'backtest.slippage': 'backtest.backtest_slippage' },
  neutral: [
    { leaf: 'backtest.borrow_fee', since: '0.2.0', neutral: 0, why },
    { leaf: 'risk.hrp.depth', since: '0.2.0', neutral: null, why },
    { leaf: 'overlay.target', since: '0.2.0', neutral: null, why },
    { leaf: 'meta_allocation.step', since: '0.2.0', neutral: [], why },
    ...neutralLeaves,
  ],
};

const resolved = resolveProfile(manifestOf(), 'stocks');
const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

/** The profile as a release resolves it that has settings more. */
function withSettings(change: (blocks: Record<string, Record<string, Json>>) => void): ResolvedProfile {
  const copy = plain(resolved) as unknown as { blocks: Record<string, Record<string, Json>> };
  change(copy.blocks);
  return copy as unknown as ResolvedProfile;
}

const selecting = (backtest: Record<string, boolean>): string => {
  const manifest = manifestOf(({ profiles }) => {
    Object.assign(profiles['stocks']!, { selection: { selection_mode: 'v4' }, backtest });
  });
  return hash(profileIdentity(resolveProfile(manifest, 'stocks')));
};

describe('the identity of a profile', () => {
  const own = hash(profileIdentity(resolved));

  test('omits a leaf that came since only at its neutral value', () => {
    const neutral = withSettings((blocks) => {
      Object.assign(blocks['backtest']!, { borrow_fee: 0 });
      Object.assign(blocks['risk']!['hrp'] as object, { depth: null });
      blocks['overlay'] = { target: null };
    });
    expect(hash(profileIdentity(neutral, terms))).toBe(own);
    const charged = withSettings((blocks) => void Object.assign(blocks['backtest']!, { borrow_fee: 0.01 }));
    expect(hash(profileIdentity(charged, terms))).not.toBe(own);
    const overlaid = withSettings((blocks) => void (blocks['overlay'] = { target: 0.1 }));
    expect(profileIdentity(overlaid, terms)['blocks']).toMatchObject({ overlay: { target: 0.1 } });
  });

  test('writes a leaf of version 1 always, be it the default', () => {
    const blocks = profileIdentity(resolved, terms)['blocks'] as Record<string, JsonObject>;
    expect(blocks['backtest']).toMatchObject({ backtest_slippage: 0.0005, dynamic_universe: false });
    expect([blocks['discovery'], blocks['tournament']]).toEqual([{}, {}]);
  });

  test('does not see that a setting was renamed', () => {
    const renamed = withSettings(({ backtest }) => {
      backtest!['slippage'] = backtest!['backtest_slippage']!;
      delete backtest!['backtest_slippage'];
    });
    expect(hash(profileIdentity(renamed, terms))).toBe(own);
  });

  test('tells a universe that is selected once from one that is selected in each window, which is what absence means', () => {
    const [absent, once, each] = [selecting({}), selecting({ dynamic_universe: false }), selecting({ dynamic_universe: true })];
    expect([absent === each, absent === once]).toEqual([true, false]);
  });

  test('leaves out where a value came from and what was not applied, and nothing else', () => {
    const noted = { ...resolved, description: 'x', provenance: {}, notApplied: [], requested: 'alias', aliases: ['alias'] };
    expect(hash(profileIdentity(noted))).toBe(own);
    const inside = withSettings((blocks) => void Object.assign(blocks['tournament']!, { description: 'x' }));
    expect(hash(profileIdentity(inside))).not.toBe(own);
  });
});

/** Hashes of a portfolio under each version, the newest first. */
const whole = (change: Parameters<typeof manifestOf>[0] = () => undefined): readonly string[] =>
  metaIdentities(resolveMeta(manifestOf(change), 'whole')).map(hash);

const withException =
  (path: string, value: Json): Parameters<typeof manifestOf>[0] =>
  ({ profiles }) =>
    void Object.assign(profiles['whole']!, { parity: { exceptions: [{ sleeve: 'coins', path, value, rationale: 'r' }] } });

const wholeSelecting = (backtest: Record<string, boolean>): readonly string[] =>
  whole(({ profiles }) => void Object.assign(profiles['stocks']!, { selection: { selection_mode: 'v4' }, backtest }));

describe('the identity of a portfolio', () => {
  const [own] = whole();

  test('has one hash under every version where nothing is called as notes are', () => {
    expect(new Set(whole()).size).toBe(1);
  });

  test.each(['description', 'provenance', 'notApplied', 'lowerFrom', 'upperFrom'])(
    'counts a member %s of an opaque block, which version 1 dropped',
    (name) => {
      const [newest, first] = whole(({ profiles }) => void Object.assign(profiles['stocks']!, { tournament: { [name]: 'x' } }));
      expect(newest).not.toBe(own);
      // All that version 1 saw of it was that the block is no longer empty of members it could count: it saw nothing.
      expect(first).toBe(own);
    },
  );

  test('has the hash of version 1 beside it where a sleeve selects, which version 1 read as written', () => {
    const [absent, once] = [wholeSelecting({}), wholeSelecting({ dynamic_universe: false })];
    expect([absent[0] === once[0], absent[1] === once[1], absent[0] === absent[1], once[0] === once[1]]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('counts such a member of the value that an exception allows', () => {
    const [a, b] = [whole(withException('features.x', { description: 'a' })), whole(withException('features.x', { description: 'b' }))];
    expect([a[0] === b[0], a[1] === b[1]]).toEqual([false, true]);
  });

  test('leaves descriptions out where they describe: of a profile, a sleeve, a strategy', () => {
    const strategies = { trend: { scanners: ['s'] } };
    const bare = whole(({ profiles }) => void Object.assign(profiles['stocks']!, { discovery: { strategies } }));
    const described = whole(({ profiles }) => {
      Object.assign(profiles['stocks']!, {
        description: 'x',
        discovery: { strategies: { trend: { ...strategies.trend, description: 'y' } } },
      });
      Object.assign(profiles['whole']!, { description: 'z' });
      Object.assign((profiles['whole']!['sleeves'] as object[])[0]!, { description: 'w' });
    });
    expect(described).toEqual(bare);
  });

  test('names the leaf of an exception, whatever its setting is called', () => {
    const [renamed, named] = ['backtest.slippage', 'backtest.backtest_slippage'].map((path) =>
      hash(metaIdentity(resolveMeta(manifestOf(withException(path, 1)), 'whole'), terms)),
    );
    expect(renamed).toBe(named);
  });
});

describe('a recorded document', () => {
  test('of an earlier release is read with the neutral values and the names of this one', () => {
    const read = recordedProfile(plain(resolved), terms) as unknown as ResolvedProfile & {
      blocks: { backtest: Record<string, Json>; overlay: unknown };
    };
    expect(read.blocks.backtest).toMatchObject({ borrow_fee: 0, slippage: 0.0005 });
    expect(read.blocks.backtest).not.toHaveProperty('backtest_slippage');
    expect([read.blocks.risk.hrp, read.blocks.overlay]).toMatchObject([{ depth: null, linkage: 'ward' }, { target: null }]);
    expect(read.provenance).toHaveProperty(['backtest.slippage']);
    expect(hash(profileIdentity(read, terms))).toBe(hash(profileIdentity(resolved)));
  });

  test('of a portfolio is read so at every depth', () => {
    const node = resolveMeta(manifestOf(), 'nested');
    const read = recordedPortfolio(plain(node), terms) as unknown as typeof node;
    const [listed] = read.sleeves;
    expect(read.allocation).toMatchObject({ step: [] });
    expect(listed).toMatchObject({
      meta: { allocation: { step: [] }, sleeves: [{ resolved: { blocks: { backtest: { borrow_fee: 0 } } } }, {}] },
    });
    expect(hash(metaIdentity(read, terms))).toBe(hash(metaIdentity(node)));
  });

  test('states what it recorded and not what reading added', () => {
    const read = recordedProfile(plain(resolved), terms) as unknown as ResolvedProfile;
    expect(statedLeaves(read, terms)).toEqual(statedLeaves(resolved, { renamed: {}, neutral: [] }));
    const later = {
      ...withSettings((blocks) => void Object.assign(blocks['backtest']!, { borrow_fee: 0 })),
      provenance: { 'backtest.borrow_fee': { layer: 'code' as const, at: null } },
    };
    expect(statedLeaves(later, terms)).toHaveProperty(['backtest.borrow_fee'], 0);
  });
});

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
const members = fc.dictionary(fc.constantFrom('train_window', 'backtest_slippage', 'engines', 'profiles', 'report_mode'), json);
const added = fc.record({ borrow_fee: fc.oneof(fc.constant<Json>(0), json) });

describe('laws', () => {
  test('identity is the same whatever the order of keys', () => {
    const shuffled = (value: Json, seed: number): Json => {
      if (Array.isArray(value)) return value.map((item: Json) => shuffled(item, seed));
      if (value === null || typeof value !== 'object') return value;
      const keys = sortedBy(
        Object.keys(value).map((key) => ({ key, place: hash([key, seed]) })),
        ({ place }) => place,
      );
      return Object.fromEntries(keys.map(({ key }) => [key, shuffled((value as JsonObject)[key]!, seed)]));
    };
    const node = resolveMeta(manifestOf(), 'nested');
    const [hashOfNode, hashOfProfile] = [hash(metaIdentity(node)), hash(profileIdentity(resolved))];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [mixedNode, mixedProfile] = [shuffled(plain(node), seed), shuffled(plain(resolved), seed)];
        expect(hash(metaIdentity(mixedNode as unknown as typeof node))).toBe(hashOfNode);
        expect(hash(profileIdentity(mixedProfile as unknown as ResolvedProfile))).toBe(hashOfProfile);
      }),
      { numRuns: 30 },
    );
  });

  test('omitting neutral leaves loses nothing: reading gives them back', () => {
    const known = { renamed: {}, neutral: terms.neutral.slice(0, 1) };
    fc.assert(
      fc.property(members, added, (before, since) => {
        const backtest = { ...before, ...since };
        const written = { backtest: membersInLeafTerms(backtest, 'backtest', known) };
        expect(canonicalJson(sectionsInSettingTerms(written, () => true, known))).toBe(canonicalJson({ backtest }));
      }),
    );
  });

  test('two blocks have one identity only if they say the same', () => {
    fc.assert(
      fc.property(members, members, added, added, (left, right, one, other) => {
        const [a, b] = [{ backtest: { ...left, ...one } }, { backtest: { ...right, ...other } }];
        expect(canonicalJson(blocksInLeafTerms(a, terms)) === canonicalJson(blocksInLeafTerms(b, terms))).toBe(
          canonicalJson(a) === canonicalJson(b),
        );
      }),
    );
  });
});
