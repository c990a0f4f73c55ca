import { describe, expect, test } from '@jest/globals';
import { type HalfResult, mutantSection } from '../../bench/mutation/document.ts';
import { createNearestTests } from '../../bench/mutation/nearest-tests.ts';
import { keyOf, mutantsOf } from '../../bench/mutation/sample.ts';
import { sectionOf, withSection } from '../../bench/page-section.ts';

describe('mutants', () => {
  test('of a file are the same each time, each with a key of its own', async () => {
    const file = 'domain/shared/order.ts';
    const mutants = await mutantsOf([file]);
    expect(mutants.length).toBeGreaterThan(3);
    expect(new Set(mutants.map(keyOf)).size).toBe(mutants.length);
    expect(await mutantsOf([file])).toEqual(mutants);
  });

  test('are judged by the suite that mirrors their file first, then by those that import it', () => {
    const nearest = createNearestTests();
    const suites = nearest('domain/parity/parity.ts', 6);
    expect(suites[0]).toBe('test/domain/parity/parity.test.ts');
    expect(suites).toHaveLength(6);
    expect(nearest('domain/parity/parity.ts', 2)).toEqual(suites.slice(0, 2));
    expect(nearest('no/such/file.ts', 6)).toEqual([]);
  });

  test('that survive are listed, and the share of the others is held against its bar', () => {
    const mutant = { file: 'domain/a.ts', mutatorName: 'BooleanLiteral', replacement: 'a | b', suites: 3 } as const;
    const place = { start: { line: 6, column: 1 }, end: { line: 6, column: 5 } };
    const statuses = [...Array.from({ length: 11 }, () => 'Killed' as const), 'Survived' as const];
    const result: HalfResult = {
      half: 'domain',
      seed: 7,
      of: 99,
      suitesMax: 24,
      judged: statuses.map((status) => ({ ...mutant, ...place, status })),
    };
    const text = mutantSection([result], '2026-01-02', 'a'.repeat(40));
    expect(text).toContain('| 12 of 99 | 7 | 24 | 11 (91.7 %) | at least 92 %: missed |');
    expect(text).toContain('| domain/a.ts:7 | BooleanLiteral | `a \\| b` |');
  });
});

describe('a section of a page', () => {
  const page = '# Page\n\nWords.\n\n## One\n\nfirst\n\n## Two\n\nsecond\n';

  test('is exchanged where it is, and added behind the others where it is not', () => {
    expect(sectionOf(page, '## One')).toBe('## One\n\nfirst\n\n');
    expect(withSection(page, '## One', '## One\n\nother\n')).toBe(page.replace('first', 'other'));
    expect(withSection(page, '## Two', '## Two\n\nother\n')).toBe(page.replace('second', 'other'));
    expect(withSection(page, '## Three', '## Three\n\nthird\n')).toBe(`${page}\n## Three\n\nthird\n`);
    expect(sectionOf(page, '## Three')).toBe('');
  });
});
