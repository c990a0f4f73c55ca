/** Every row of docs/reliability.md is worth something: there is a sabotage that its test notices, and the sabotage fits the sources. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { counted } from '../../bench/counted-tests.ts';
import { sabotageHeading, sabotageSection } from '../../bench/sabotage.ts';
import type { Sabotage } from '../../bench/sabotage-kind.ts';
import { sabotages } from '../../bench/sabotages.ts';

const page = readFileSync('docs/reliability.md', 'utf8');

/** Names of the rows above the sabotages. */
const rowsOf = (text: string): string[] =>
  text
    .slice(0, text.indexOf(`\n${sabotageHeading}\n`))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| test |'))
    .map((line) => line.slice(2, line.indexOf(' | ')));

const isMeant = (row: string, { row: name, also = [] }: Sabotage): boolean => [name, ...also].some((start) => row.startsWith(start));
const without = (rows: readonly string[]): string[] => rows.filter((row) => !sabotages.some((sabotage) => isMeant(row, sabotage)));

describe('a row of docs/reliability.md', () => {
  test('has a sabotage, also one that the next run of the suite will add', () => {
    expect(rowsOf(page).length).toBeGreaterThan(70);
    expect(without([...rowsOf(page), ...counted.map(([label]) => label)])).toEqual([]);
  });

  test('without one is told by its name', () => {
    expect(without(['F99 a row that nobody has sabotaged'])).toEqual(['F99 a row that nobody has sabotaged']);
  });
});

describe('a sabotage', () => {
  test('changes a text that stands in its file once, and says another', () => {
    const wrong = sabotages.filter(({ file, from, to }) => from === to || readFileSync(file, 'utf8').split(from).length !== 2);
    expect(wrong.map(({ row, what }) => `${row}: ${what}`)).toEqual([]);
  });

  test('has a line of its own on the page', () => {
    const lines = sabotageSection([], '')
      .split('\n')
      .filter((line) => line.endsWith(' not tried |'));
    expect(lines).toHaveLength(sabotages.length);
    expect(new Set(lines).size).toBe(sabotages.length);
  });
});
