import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesBelow } from '../../test/support/files-below.ts';
import { type Tier, tierOf } from '../../test/support/tiers.ts';

/** The tiers of `npm test` first, which everybody runs before a change lands, then what CI runs besides on the sources. */
export const tierOrder = ['unit', 'laws', 'integration', 'whole', 'attack', 'fault', 'program', 'broker'] as const;
const tiersOfNpmTest: readonly (Tier | null)[] = tierOrder.slice(0, 3);

/** Whether `npm test` runs a suite, or CI alone. */
export const isOfNpmTest = (suite: string): boolean => tiersOfNpmTest.includes(tierOf(suite));

/** Suites that read the sources as text: they would notice a mutant as they notice any edit. */
const readsText = /^test\/(?:tidy|tiers|bench)/;

type Graph = ReadonlyMap<string, readonly string[]>;

/** What each file of the sources and tests imports directly. */
function importsByFile(): Graph {
  const files = filesBelow(['domain', 'projections', 'handlers', 'presentation', 'infra', 'bin', 'test'], '.ts');
  const importing = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g;
  // Some suites start the command as a process: it is named by its path.
  const starting = /'(bin\/[^']+\.ts)'/g;
  return new Map(
    files.map((file) => {
      const text = readFileSync(file, 'utf8');
      const imported = [...text.matchAll(importing)].map(([, path]) => normalize(join(dirname(file), path!)));
      return [file, [...imported, ...[...text.matchAll(starting)].map(([, path]) => path!)]];
    }),
  );
}

function reversed(graph: Graph): Graph {
  const result = new Map<string, string[]>();
  for (const [from, targets] of graph) for (const to of targets) result.set(to, [...(result.get(to) ?? []), from]);
  return result;
}

/** Steps from a file to each file that can be reached. */
function distancesFrom(file: string, graph: Graph): ReadonlyMap<string, number> {
  const distances = new Map([[file, 0]]);
  for (const [reached, steps] of distances)
    for (const next of graph.get(reached) ?? []) if (!distances.has(next)) distances.set(next, steps + 1);
  return distances;
}

/**
 * Suites that reach a file, those of `npm test` first: of these the ones that mirror it, then the nearest by imports, and of equals those
 * that reach the fewest other files.
 */
export function createNearestTests(asked: readonly string[] = tierOrder): (file: string) => string[] {
  const imports = importsByFile();
  const importers = reversed(imports);
  const reach = new Map<string, number>();
  const reachOf = (suite: string): number => {
    if (!reach.has(suite)) reach.set(suite, distancesFrom(suite, imports).size);
    return reach.get(suite)!;
  };
  return (file) => {
    const mirror = join('test', file).replace(/\.ts$/, '');
    const distances = distancesFrom(file, importers);
    const rank = (suite: string): number => (isOfNpmTest(suite) ? 0 : 1000) + (suite.startsWith(mirror) ? -1 : distances.get(suite)!);
    return [...distances.keys()]
      .filter((suite) => suite.endsWith('.test.ts') && !readsText.test(suite) && asked.includes(tierOf(suite) ?? ''))
      .toSorted((left, right) => rank(left) - rank(right) || reachOf(left) - reachOf(right) || (left < right ? -1 : 1));
  };
}
