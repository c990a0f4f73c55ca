import { describe, expect, test } from '@jest/globals';
import { type HalfResult, mutantSection } from '../../bench/mutation/document.ts';
import { noticedAmong } from '../../bench/mutation/group.ts';
import { createNearestTests, isOfNpmTest } from '../../bench/mutation/nearest-tests.ts';
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
    const suites = nearest('domain/parity/parity.ts');
    expect(suites[0]).toBe('test/domain/parity/parity.test.ts');
    expect(suites.filter(isOfNpmTest)).toEqual(
      suites.slice(
        0,
        suites.findIndex((suite) => !isOfNpmTest(suite)),
      ),
    );
    expect(suites.some((suite) => suite.startsWith('test/attack/'))).toBe(true);
    expect(suites.indexOf('test/domain/parity/parity.test.ts')).toBeLessThan(
      suites.findIndex((suite) => suite.startsWith('test/handlers/')),
    );
    expect(nearest('no/such/file.ts')).toEqual([]);
  });

  test('that one suite notices are found among many with few runs, and two that fail only together are not', async () => {
    let runs = 0;
    const notices = (some: readonly number[]): Promise<boolean> => {
      runs++;
      return Promise.resolve(some.includes(17) || (some.includes(40) && some.includes(41)));
    };
    const all = Array.from({ length: 64 }, (_, at) => at);
    expect(await noticedAmong(all, notices)).toEqual([17]);
    expect(runs).toBeLessThan(24);
    expect(await noticedAmong([40, 41], notices)).toEqual([]);
    expect(await noticedAmong([], notices)).toEqual([]);
  });

  test('that survive are listed, and the share of the others is held against its bar', () => {
    const mutant = { file: 'domain/a.ts', mutatorName: 'BooleanLiteral', replacement: 'a | b', suites: 3 } as const;
    const place = { start: { line: 6, column: 1 }, end: { line: 6, column: 5 } };
    const statuses = [...Array.from({ length: 11 }, () => 'Killed' as const), 'Survived' as const];
    const result: HalfResult = {
      half: 'domain',
      seed: 7,
      of: 99,
      judged: statuses.map((status) => ({ ...mutant, ...place, status })),
      further: { asked: 4, of: 9 },
    };
    const text = mutantSection([result], {
      measuredOn: '2026-01-02',
      commit: 'a'.repeat(40),
      tiers: ['unit', 'whole'],
      leftOut: ['test/odd.test.ts'],
    });
    expect(text).toContain('| 12 of 99 | 7 | 4 of 9 | 11 (91.7 %) | at least 92 %: missed |');
    expect(text).toContain('test/odd.test.ts');
    expect(text).toContain('unit, whole');
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
