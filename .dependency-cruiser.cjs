/**
 * That adapters take ports as types is held by the compiler: `handlers/ports.ts` exports nothing else (test/tidy.test.ts), and
 * `verbatimModuleSyntax` refuses a plain import of a type. dependency-cruiser 17 cannot see `import type` with TypeScript 7.
 */
/** The arrow: domain <- projections <- handlers <- bin -> infra -> (types only) handlers/ports.ts */
const pureLibraries = '^node_modules/(zod|ml-matrix|luxon|canonicalize)/';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-only-itself-and-pure-libraries',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', pureLibraries] },
    },
    { name: 'domain-is-free-of-node', severity: 'error', from: { path: '^(domain|projections)/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'mathematics-knows-no-event',
      severity: 'error',
      from: { path: '^domain/(returns|risk)/' },
      to: { path: '^domain/', pathNot: '^domain/(returns|risk|shared)/' },
    },
    {
      name: 'aggregates-are-strangers',
      severity: 'error',
      from: { path: '^domain/(sleeve|meta|backtest|combine|selection|scan)/' },
      to: { path: '^domain/(sleeve|meta|backtest|combine|selection|scan)/', pathNot: '^domain/$1/' },
    },
    { name: 'projections-fold-domain-events', severity: 'error', from: { path: '^projections/' }, to: { pathNot: ['^projections/', '^domain/', '^node_modules/zod/'] } },
    { name: 'handlers-speak-ports', severity: 'error', from: { path: '^handlers/' }, to: { path: '^(infra|bin|test|bench)/' } },
    {
      name: 'adapters-know-domain-and-ports-only',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(handlers|projections|bin|test|bench)/', pathNot: '^handlers/ports\\.ts$' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^infra/([^/]+)/' },
      to: { path: '^infra/[^/]+/', pathNot: ['^infra/$1/'] },
    },
    { name: 'nobody-imports-tests', severity: 'error', from: { path: '^(bin|domain|projections|handlers|infra)/' }, to: { path: '^test/' } },
    { name: 'benchmarks-use-no-test', severity: 'error', from: { path: '^bench/' }, to: { path: '^test/(?!support/)' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
