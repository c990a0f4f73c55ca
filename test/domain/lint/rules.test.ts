/** Every rule of a profile with its value, words and verdict: test/golden/lint/rules.json; entropies to 1e-14. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type Lint, lintProfile } from '../../../domain/lint/lint.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { validateManifest } from '../../../domain/manifest/validate.ts';

interface Row {
  readonly profile: unknown;
  readonly symbols: readonly string[] | null;
  readonly lint: Lint;
}

const rows = JSON.parse(readFileSync(new URL('../../golden/lint/rules.json', import.meta.url), 'utf8')) as readonly Row[];

const close = (value: Lint['rules'][number]['value']) => (typeof value === 'number' ? Number(value.toPrecision(14)) : value);

function rounded(lint: Lint): Lint {
  return { ...lint, rules: lint.rules.map((rule) => ({ ...rule, value: close(rule.value) })) };
}

test.each(rows.map((row, index) => [index + 1, row] as const))('profile %d keeps and breaks just these rules', (_, row) => {
  const { manifest } = validateManifest({ profiles: { p: row.profile } });
  const found = lintProfile(resolveProfile(manifest!, 'p'), { symbols: row.symbols, prices: new Map() });
  expect(rounded(found)).toEqual(rounded(row.lint));
});
