import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesBelow } from '../../test/support/files-below.ts';

const tiers = JSON.parse(readFileSync('test/tiers.json', 'utf8')) as Record<
  'unit' | 'laws' | 'integration',
  { readonly files: readonly string[] }
>;

/** The tiers of `npm test`: what everybody runs before a change lands. */
const patterns = [tiers.unit, tiers.laws, tiers.integration].map(({ files }) => new RegExp(`^test/(?:${files.join('|')}).*\\.test\\.ts$`));

/** Suites that read the sources as text: they would notice a mutant as they notice any edit. */
const readsText = /^test\/(?:tidy|tiers|bench)/;

type Graph = ReadonlyMap<string, readonly string[]>;

/** What each file of the sources and tests imports directly. */
function importsByFile(): Graph {
  const files = filesBelow(['domain', 'projections', 'handlers', 'presentation', 'infra', 'bin', 'test'], '.ts');
  const importing = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g;
  return new Map(
    files.map((file) => [
      file,
      [...readFileSync(file, 'utf8').matchAll(importing)].map(([, path]) => normalize(join(dirname(file), path!))),
    ]),
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
 * Suites of the tiers of `npm test` that reach a file: those that mirror it, then the nearest by imports, and of equals those that reach
 * the fewest other files.
 */
export function createNearestTests(): (file: string) => string[] {
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
    const rank = (suite: string): number => (suite.startsWith(mirror) ? -1 : distances.get(suite)!);
    return [...distances.keys()]
      .filter((suite) => suite.endsWith('.test.ts') && !readsText.test(suite) && patterns.some((pattern) => pattern.test(suite)))
      .toSorted((left, right) => rank(left) - rank(right) || reachOf(left) - reachOf(right) || (left < right ? -1 : 1));
  };
}
