import { comparisons, type Scanner } from './scanner.ts';

const isNumeric = (right: unknown): boolean => typeof right === 'number' || (Array.isArray(right) && typeof right[0] === 'number');

/** Columns that a scanner compares with numbers or sorts by: a text in one of them is an error of the response. */
export function comparedWithNumbers({ filters, gates, sort, finalSort }: Scanner): readonly string[] {
  const compared = filters.filter(({ operation, right }) => (comparisons as readonly string[]).includes(operation) || isNumeric(right));
  const sorted = [sort, finalSort].flatMap((order) => (order === null ? [] : [order.column]));
  return [...new Set([...compared.map(({ left }) => left), ...gates.momentum.map(({ column }) => column), ...sorted])];
}
