/** Worked examples of a second implementation (test/golden/scan/inheritance.json, bad-config.json). */
import { describe, expect, test } from '@jest/globals';
import { effectiveConfig } from '../../../domain/scan/inheritance.ts';
import type { ErrorCode } from '../../../domain/shared/errors.ts';
import golden from '../../golden/scan/inheritance.json' with { type: 'json' };
import { refusalOf } from '../../support/refusal.ts';
import { configFiles } from '../../support/scanners.ts';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
  readonly expect: {
    readonly files?: readonly string[];
    readonly effective?: object;
    readonly origins?: Readonly<Record<string, object>>;
    readonly error?: string;
  };
}

/** How this program calls what the example calls so. */
const codes: Readonly<Record<string, ErrorCode>> = {
  scanner_cycle: 'ScannerCycle',
  base_missing: 'ScannerBaseMissing',
  base_outside_root: 'ScannerBaseOutside',
  merge_type: 'ScannerConfigInvalid',
  yaml_duplicate_key: 'ScannerConfigInvalid',
};

const cases = golden.cases as unknown as readonly Case[];
const merged = cases.filter(({ expect: { error } }) => error === undefined);
const refused = cases.filter(({ expect: { error } }) => error !== undefined);

test('all worked examples are here', () => {
  expect([merged.length, refused.length]).toEqual([8, 6]);
});

const messageOf = (name: string): string => {
  const one = cases.find((known) => known.name === name)!;
  return refusalOf(() => effectiveConfig(configFiles(one.files), one.entry)).message;
};

describe('a scanner over its bases', () => {
  test.each(merged.map((one) => [one.name, one] as const))('%s: tree, files and origins are those of the example', (_, one) => {
    const config = effectiveConfig(configFiles(one.files), one.entry);
    expect(config.files).toEqual(one.expect.files);
    expect(config.effective).toEqual(one.expect.effective);
    const origins = config.leaves.map(({ pointer, value, origin, history }) => [pointer, { value, origin, history }]);
    expect(Object.fromEntries(origins)).toEqual(one.expect.origins);
  });

  test.each(refused.map((one) => [one.name, one] as const))('%s is refused, with the place', (_, one) => {
    const refusal = refusalOf(() => effectiveConfig(configFiles(one.files), one.entry));
    expect(refusal.code).toBe(codes[one.expect.error!]);
    expect(refusal.at.file).toBeDefined();
  });

  test('a cycle shows its path, a missing base both files', () => {
    expect(messageOf('cycle')).toContain('a.yaml -> b.yaml -> c.yaml -> a.yaml');
    expect(messageOf('self_cycle')).toContain('a.yaml -> a.yaml');
    expect(messageOf('missing_base')).toBe('there is no base/nope.yaml, which x/a.yaml names');
    expect(messageOf('kind_mismatch')).toBe('merge_type: columns: the base has a list here, and this file a single value');
    expect(messageOf('duplicate_yaml_key')).toContain('limit at line 2');
  });
});
