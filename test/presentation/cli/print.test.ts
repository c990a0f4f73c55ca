import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { widthOf, wrapped } from '../../../presentation/cli/layout.ts';
import { type Manner, mannerOf, printed } from '../../../presentation/cli/print.ts';
import { isColoured } from '../../../presentation/cli/colour.ts';
import { type Block, heading, history, lines, table, verbatim } from '../../../presentation/cli/verb.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const manner = (change: Partial<Manner> = {}): Manner => ({ columns: 80, coloured: false, rowsMax: 50, ...change });
const word = fc.stringMatching(/^[a-z0-9.:%-]{1,30}$/);
const cell = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
const grid = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 6 }))
  .chain(([columns, rows]) =>
    fc.tuple(
      fc.array(cell, { minLength: columns, maxLength: columns }),
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    ),
  );

const wordsIn = (text: string): string[] => text.split(/\s+/).filter((one) => one !== '');
const isTooWide = (line: string, columns: number): boolean => widthOf(line) > columns && wordsIn(line).length > 1;

describe('what people see', () => {
  test('is no wider than asked, whatever stands in a table, and loses no word of it', () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: 40, max: 120 }), ([head, rows], columns) => {
        const text = printed([table(head, rows)], manner({ columns }));
        expect(text.split('\n').filter((line) => isTooWide(line, columns))).toEqual([]);
        const shown = new Map<string, number>();
        // Names that moved below their row end with a colon.
        for (const one of wordsIn(text).flatMap((part) => [part, part.replace(/:$/, '')])) shown.set(one, (shown.get(one) ?? 0) + 1);
        expect(
          rows
            .flat()
            .flatMap(wordsIn)
            .filter((one) => !shown.has(one)),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('is no wider than asked in lines and headings, and loses no word of them', () => {
    fc.assert(
      fc.property(fc.array(cell), fc.integer({ min: 40, max: 120 }), (texts, columns) => {
        const text = printed([lines(...texts)], manner({ columns }));
        expect(text.split('\n').filter((line) => isTooWide(line, columns))).toEqual([]);
        expect(wordsIn(text)).toEqual(texts.flatMap(wordsIn));
      }),
      { numRuns: 100 },
    );
  });

  test('keeps a word that is wider than the line whole, and a figure with its unit', () => {
    const key = 'k'.repeat(90);
    expect(wrapped(`Verifier key: ${key}`, 80, '  ')).toEqual(['Verifier key:', `  ${key}`]);
    expect(wrapped('an amount of 50.00 %', 18)).toEqual(['an amount of', '50.00 %']);
  });

  const rows = [['meta_production-2025-06-30-544b6ae968561251', 'allocated', '12.50 %', 'the first row of the table']];
  const head = ['run', 'status', 'share', 'because'];

  test('stands on one line a row where it fits', () => {
    expect(printed([table(head, rows)], manner({ columns: 100 })).split('\n')).toEqual([
      'run                                          status       share  because',
      'meta_production-2025-06-30-544b6ae968561251  allocated  12.50 %  the first row of the table',
    ]);
  });

  test('breaks cells at blanks where that takes at most three lines a row', () => {
    expect(printed([table(head, rows)], manner({ columns: 80 })).split('\n')).toEqual([
      'run                                          status       share  because',
      'meta_production-2025-06-30-544b6ae968561251  allocated  12.50 %  the first row',
      '                                                                 of the table',
    ]);
  });

  test('moves the last columns below their row where nothing else fits', () => {
    expect(printed([table(head, rows)], manner({ columns: 60 })).split('\n')).toEqual([
      'run                                          status',
      'meta_production-2025-06-30-544b6ae968561251  allocated',
      '    share: 12.50 %  because: the first row of the table',
    ]);
  });

  test('breaks nothing with --wide, and never what is stored as it is', () => {
    const wide = mannerOf({}, { columns: 20 }, { wide: true, all: false, coloured: false });
    expect(printed([table(head, rows)], wide).split('\n')).toHaveLength(2);
    expect(printed([verbatim(`${'a b '.repeat(50)}\n`)], manner())).toBe('a b '.repeat(50));
  });
});

describe('the width', () => {
  const asked = { wide: false, all: false, coloured: false };
  test.each([
    ['of the terminal', {}, { columns: 132 }, 132],
    ['of COLUMNS before it', { COLUMNS: '100' }, { columns: 132 }, 100],
    ['80 in a pipe', {}, undefined, 80],
    ['80 where the terminal does not know its own', {}, { columns: 0 }, 80],
    ['80 where COLUMNS is no number', { COLUMNS: 'wide' }, undefined, 80],
  ])('is %s', (_, environment, terminal, columns) => {
    expect(mannerOf(environment, terminal, asked).columns).toBe(columns);
  });
});

const shown = (block: Block, rowsMax: number): string[] => printed([block], manner({ rowsMax })).split('\n');

describe('a long list', () => {
  const many = Array.from({ length: 145 }, (_, index) => [`row ${index}`]);

  test('ends with how many more there are', () => {
    const text = shown(table(['what'], many), 50);
    expect([text.length, text[1], text.at(-1)]).toEqual([52, 'row 0', 'and 95 more (--all shows every one)']);
    expect(shown(table(['what'], many), Infinity)).toHaveLength(146);
  });

  test('that is a history begins with how many came before, and shows the newest', () => {
    const text = shown(history(['what'], many), 50);
    expect([text.length, text[0], text.at(-1)]).toEqual([52, '95 earlier rows, and the last 50 (--all shows every one):', 'row 144']);
  });
});

describe('colour', () => {
  test.each([
    ['a terminal', {}, true, true],
    ['a pipe', {}, false, false],
    ['a dumb terminal', { TERM: 'dumb' }, true, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ])('is decided by %s', (_, environment, isTerminal, expected) => {
    expect(isColoured(environment, isTerminal)).toBe(expected);
  });

  test('marks verdicts by their meaning, changes no text and no column, and never the JSON', async () => {
    const blocks = [
      heading('Checks'),
      table(
        ['check', 'status'],
        [
          ['a', 'passed'],
          ['b', 'failed: too late'],
          ['c', 'warned'],
          ['passed by', 'x'],
        ],
      ),
    ];
    const plain = printed(blocks, manner());
    const coloured = printed(blocks, manner({ coloured: true }));
    expect(
      coloured
        .split('\u001b')
        .map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, '')))
        .join(''),
    ).toBe(plain);
    for (const piece of ['\u001b[32mpassed\u001b[39m', '\u001b[31mfailed\u001b[39m: too late', '\u001b[33mwarned\u001b[39m'])
      expect(coloured).toContain(piece);
    const bench = new Workbench(scratch);
    const environment = { FORCE_COLOR: '1' };
    expect((await bench.run(['doctor'], { environment })).stdout).toContain('\u001b[32mpassed');
    expect((await bench.run(['doctor'])).stdout).not.toContain('\u001b');
    expect((await bench.run(['doctor', '--json'], { environment })).stdout).not.toContain('\u001b');
    expect((await bench.run(['runs'], { environment })).stderr).toContain('\u001b[31mLedgerMissing\u001b[39m: ');
  });
});

const scratch = scratchDirectory();
