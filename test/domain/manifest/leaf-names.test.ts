/** Every setting has a leaf: of identity version 1, or with the neutral value of its absence before it existed. */
import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { blockSchemas } from '../../../domain/manifest/blocks.ts';
import { codeDefaults } from '../../../domain/manifest/defaults.ts';
import {
  blocksOfVersion1,
  isSection,
  leavesOfVersion1,
  renamedSettings,
  settingsOutsideIdentity,
} from '../../../domain/manifest/leaf-names.ts';
import { leafOfSetting } from '../../../domain/manifest/leaf-terms.ts';
import {
  acceptanceBlockSchema,
  atomicSleeveSchema,
  metaAllocationObjectSchema,
  nestedSleeveSchema,
  parityBlockSchema,
} from '../../../domain/manifest/meta-blocks.ts';
import { neutralLeaves } from '../../../domain/manifest/neutral-values.ts';
import { metaProfileKeys, profileKeys } from '../../../domain/manifest/schema.ts';
import { metaRunOptionsSchema } from '../../../domain/run/meta-run-options.ts';
import { riskProfiles } from '../../../domain/risk/schemas.ts';
import { sleeveRunOpenedSchema } from '../../../domain/sleeve-run/events.ts';

/** What is behind `optional`, `preprocess` and their like. */
function inner(schema: z.ZodType): z.ZodType {
  const { def } = schema as unknown as {
    readonly def: { readonly type: string; readonly innerType?: z.ZodType; readonly out?: z.ZodType };
  };
  if (def.type === 'optional') return inner(def.innerType!);
  return def.type === 'pipe' ? inner(def.out!) : schema;
}

/** Paths of the settings that a schema knows; `*` where a manifest chooses the names. */
function settingsOf(schema: z.ZodType, path: string): string[] {
  const { def, shape } = inner(schema) as unknown as {
    readonly def: { readonly type: string; readonly valueType?: z.ZodType };
    readonly shape?: Record<string, z.ZodType>;
  };
  if (!isSection(path)) return [path];
  if (def.type === 'record') return settingsOf(def.valueType!, `${path}.*`);
  return Object.entries(shape!).flatMap(([key, member]) => settingsOf(member, `${path}.${key}`));
}

const settings = [
  ...Object.entries(blockSchemas).flatMap(([block, schema]) => settingsOf(schema, block)),
  ...settingsOf(metaAllocationObjectSchema, 'meta_allocation'),
  ...settingsOf(parityBlockSchema, 'parity'),
  ...settingsOf(acceptanceBlockSchema, 'acceptance'),
  ...Object.keys(sleeveRunOpenedSchema.shape.options.shape).map((key) => `sleeve_run.${key}`),
  ...Object.keys(metaRunOptionsSchema.shape).map((key) => `meta_run.${key}`),
  ...[...Object.keys(atomicSleeveSchema.shape), ...Object.keys(nestedSleeveSchema.shape)].map((key) => `sleeves.*.${key}`),
  ...[...profileKeys, ...metaProfileKeys].filter(
    (key) => !Object.hasOwn(blockSchemas, key) && !['sleeves', 'meta_allocation', 'parity', 'acceptance'].includes(key),
  ),
];

describe('every setting that a schema knows', () => {
  test.each([...new Set(settings)])('%s is a leaf of version 1, has a neutral value, or can change no number', (setting) => {
    const leaf = leafOfSetting(setting);
    const added = neutralLeaves.some((neutral) => neutral.leaf === leaf);
    expect([leavesOfVersion1.has(leaf), added, settingsOutsideIdentity.has(leaf)].filter(Boolean)).toEqual([true]);
  });

  test('are as many as release 0.1.0 had, and those that came since', () => {
    const known = new Set(settings.map((setting) => leafOfSetting(setting)));
    expect([...leavesOfVersion1, ...neutralLeaves.map(({ leaf }) => leaf)].filter((leaf) => !known.has(leaf))).toEqual([]);
    expect([leavesOfVersion1.size, blocksOfVersion1.size]).toEqual([108, 7]);
  });
});

describe('the tables', () => {
  test('name each added leaf once, and say why', () => {
    expect(new Set(neutralLeaves.map(({ leaf }) => leaf)).size).toBe(neutralLeaves.length);
    expect(
      neutralLeaves.filter(({ leaf, why, since }) => leavesOfVersion1.has(leaf) || why === '' || !/^\d+\.\d+\.\d+$/.test(since)),
    ).toEqual([]);
  });

  test('keep a renamed setting in its section, and never give a leaf’s name to another setting', () => {
    const leaves = Object.values(renamedSettings);
    expect(new Set(leaves).size).toBe(leaves.length);
    const moved = Object.entries(renamedSettings).filter(
      ([setting, leaf]) => setting.slice(0, setting.lastIndexOf('.')) !== leaf.slice(0, leaf.lastIndexOf('.')),
    );
    expect(moved).toEqual([]);
    const taken = Object.keys(renamedSettings).filter(
      (setting) => leavesOfVersion1.has(setting) || neutralLeaves.some(({ leaf }) => leaf === setting),
    );
    expect(taken).toEqual([]);
    expect(leaves.filter((leaf) => settings.includes(leaf))).toEqual([]);
  });

  test('the default list of profiles is written out: it is what release 0.1.0 had', () => {
    expect(codeDefaults.backtest.profiles).toEqual([
      'min_variance',
      'hrp',
      'risk_parity',
      'max_sharpe',
      'barbell',
      'equal_weight',
      'market',
      'benchmark',
    ]);
    expect(codeDefaults.backtest.profiles).not.toBe(riskProfiles);
  });
});
