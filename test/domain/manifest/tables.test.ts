/** Defaults, neutral values, leaves and reasons as a whole: test/golden/manifest/tables.json, lines of which are added and never edited. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { blockNames, keysOfBlock } from '../../../domain/manifest/blocks.ts';
import * as defaults from '../../../domain/manifest/defaults.ts';
import { leavesOfVersion1 } from '../../../domain/manifest/leaf-names.ts';
import { neutralLeaves } from '../../../domain/manifest/neutral-values.ts';
import { type Acting, actingByDefault, whyNotApplied } from '../../../domain/manifest/not-applied.ts';
import { publicationDefaults } from '../../../domain/manifest/publication-block.ts';

interface Tables {
  readonly notApplied: readonly (readonly [path: string, why: null | string | readonly (string | null)[]])[];
  readonly [table: string]: unknown;
}

const { notApplied, ...tables } = JSON.parse(readFileSync(new URL('../../golden/manifest/tables.json', import.meta.url), 'utf8')) as Tables;

test('every default, neutral value, block and leaf is the one written down', () => {
  expect({
    ...defaults,
    publicationDefaults,
    neutralLeaves,
    leavesOfVersion1: [...leavesOfVersion1],
    blockNames,
    keysOfBlock,
  }).toEqual(tables);
});

const either = [false, true];
const actings: Acting[] = either.flatMap((selects) =>
  either.flatMap((adapts) => either.map((isSpectral) => ({ selects, adapts, isSpectral }))),
);

test.each(notApplied)('%s changes numbers, or not and why, whatever else is set', (path, why) => {
  const told = actings.map((acting) => whyNotApplied(path, acting));
  expect(told).toEqual(Array.isArray(why) ? why : actings.map(() => why));
});

test('a profile that says nothing selects nothing, adapts nothing and reads no spectrum', () => {
  expect(actingByDefault).toEqual({ selects: false, adapts: false, isSpectral: false });
});
