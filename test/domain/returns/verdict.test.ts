/** How observations become a verdict: order, counts, and what is not listed one by one. */
import { describe, expect, test } from '@jest/globals';
import { Findings, type FindingKinds, notJudgedText } from '../../../domain/returns/verdict.ts';

const kinds = {
  gap: { check: 'gaps', level: 'warning' },
  hole: { check: 'gaps', level: 'error' },
  odd: { check: 'oddities', level: 'warning' },
  none: { check: 'nothing', level: 'error' },
} as const satisfies FindingKinds;
const caps = { findingsPerSymbolMax: 2, findingsPerCodeMax: 4 };

const line = (level: string, code: string, change: object) => ({
  level,
  code,
  file: 'p.csv',
  line: null,
  symbol: null,
  date: null,
  value: null,
  ...change,
});

describe('a verdict', () => {
  test('has its checks in the order of the codes, each with how much was looked at and the gravest that it found', () => {
    const findings = new Findings(kinds, caps);
    findings.looked('gaps', 3);
    findings.looked('gaps', 4);
    findings.looked('oddities', 1);
    expect(findings.close('policy')).toEqual({
      policy: 'policy',
      checks: [
        { name: 'gaps', status: 'passed', checked: 7 },
        { name: 'oddities', status: 'passed', checked: 1 },
        { name: 'nothing', status: 'not_evaluated', checked: 0 },
      ],
      errors: 0,
      warnings: 0,
      findings: [],
    });
    findings.add('gap', { file: 'p.csv', message: 'a gap' });
    findings.add('odd', { file: 'p.csv', message: 'odd' });
    expect(findings.close('').checks.map(({ status }) => status)).toEqual(['warned', 'warned', 'not_evaluated']);
    findings.add('hole', { file: 'p.csv', message: 'a hole' });
    expect(findings.close('').checks.map(({ status }) => status)).toEqual(['failed', 'warned', 'not_evaluated']);
  });

  test('lists errors first, then by code, file, symbol, date and line, whatever the order of the observations', () => {
    const observations = [
      ['gap', { file: 'b.csv', symbol: 'B', message: '7' }],
      ['odd', { file: 'a.csv', message: '8' }],
      ['gap', { file: 'a.csv', symbol: 'B', date: '2024-01-02', line: 3, message: '5' }],
      ['gap', { file: 'a.csv', symbol: 'A', date: '2024-01-03', message: '4' }],
      ['gap', { file: 'a.csv', symbol: 'B', date: '2024-01-02', line: 9, message: '6' }],
      ['gap', { file: 'a.csv', symbol: 'A', date: '2024-01-01', message: '3' }],
      ['gap', { file: 'a.csv', message: '2' }],
      ['hole', { file: 'z.csv', message: '1' }],
    ] as const;
    for (const told of [observations, observations.toReversed()]) {
      const findings = new Findings(kinds, { findingsPerSymbolMax: 9, findingsPerCodeMax: 9 });
      for (const [code, observation] of told) findings.add(code, observation);
      const verdict = findings.close('');
      expect(verdict.findings.map(({ message }) => message)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
      expect([verdict.errors, verdict.warnings]).toEqual([1, 7]);
    }
  });

  test('lists so many of one symbol, counts the others of it, and all of them count', () => {
    const findings = new Findings(kinds, caps);
    for (const [at, symbol] of ['A', 'A', 'A', 'A', null, null, null].entries())
      findings.add('hole', { file: 'p.csv', line: 9 - at, symbol, value: at === 1 ? Infinity : at, message: `at ${9 - at}` });
    const verdict = findings.close('');
    expect([verdict.errors, verdict.warnings]).toEqual([7, 0]);
    expect(verdict.findings).toEqual([
      line('error', 'hole', { line: 4, value: 5, message: 'at 4' }),
      line('error', 'hole', { line: 5, value: 4, message: 'at 5' }),
      line('error', 'hole', { message: 'and 1 more hole', count: 1 }),
      // Three of a code and a fourth that speaks for the rest: two lines of A, and the two that were counted already.
      line('error', 'hole', { message: 'and 4 more hole, not listed', count: 4 }),
    ]);
  });

  test('lists every line where there are no more than fit', () => {
    const findings = new Findings(kinds, caps);
    for (const symbol of ['A', 'B', 'C', 'D']) findings.add('gap', { file: 'p.csv', symbol, message: symbol });
    expect(findings.close('').findings).toEqual(['A', 'B', 'C', 'D'].map((symbol) => line('warning', 'gap', { symbol, message: symbol })));
    findings.add('gap', { file: 'p.csv', symbol: 'A', message: 'again' });
    findings.add('gap', { file: 'p.csv', symbol: 'A', message: 'and again' });
    expect(findings.close('').findings.map(({ message, count }) => [message, count])).toEqual([
      ['A', undefined],
      ['again', undefined],
      ['and 1 more gap of A', 1],
      ['and 3 more gap, not listed', 3],
    ]);
  });

  test('keeps apart what stops nothing from what stops a run, under one code', () => {
    const findings = new Findings(kinds, caps);
    findings.add('hole', { file: 'p.csv', message: 'of a benchmark' }, 'warning');
    expect(findings.close('')).toMatchObject({ errors: 0, warnings: 1, findings: [{ level: 'warning', code: 'hole' }] });
    expect(findings.close('').checks[0]).toEqual({ name: 'gaps', status: 'warned', checked: 0 });
    findings.add('hole', { file: 'p.csv', message: 'of an asset' });
    expect(findings.close('')).toMatchObject({ errors: 1, warnings: 1, findings: [{ level: 'error' }, { level: 'warning' }] });
  });
});

test('what was not judged is told by its number', () => {
  expect(notJudgedText({ rows: 1, defects: 0 })).toBe('1 row outside the range that is used, not judged.');
  expect(notJudgedText({ rows: 2, defects: 3 })).toBe(
    '2 rows outside the range that is used, not judged; 3 out of order or twice among them.',
  );
});
