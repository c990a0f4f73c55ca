import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import type { NamedTable } from '../../domain/tear-sheet/tear-sheet-tables.ts';
import type { Artifacts } from '../ports/ports.ts';
import { storedTable } from '../runs/backtest-facts.ts';

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Every table of a tested profile under the name of its file: those of the portfolio, and returns and weights of each sleeve, whose path is
 * joined by dots. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function backtestSeries(artifacts: Artifacts, { tables, sleeves }: TestedProfileFacts): Promise<NamedTable[]> {
  const references: (readonly [string, DocumentReference])[] = [
    ...Object.entries(tables).map(([name, reference]) => [snakeCase(name), reference] as const),
    ...sleeves.flatMap(({ path, stream, weights }) => [
      [`sleeve_returns_${path.join('.')}`, stream] as const,
      [`sleeve_weights_${path.join('.')}`, weights] as const,
    ]),
  ];
  const named: NamedTable[] = [];
  for (const [name, reference] of references) named.push({ name, table: await storedTable(artifacts, reference) });
  return named;
}
