/**
 * That adapters take ports as types is held by the compiler: `handlers/ports/ports.ts` exports nothing else (test/tidy.test.ts), and
 * `verbatimModuleSyntax` refuses a plain import of a type. dependency-cruiser 17 cannot see `import type` with TypeScript 7.
 */
/** The arrow: domain <- projections <- handlers <- presentation <- bin -> infra -> (types only) handlers/ports */
const pureLibraries = '^node_modules/(zod|ml-matrix|luxon|canonicalize)/';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-cycles-of-folders', severity: 'error', scope: 'folder', from: { path: '^(domain|projections|handlers|presentation|infra|bin)' }, to: { circular: true } },
    {
      name: 'domain-imports-only-itself-and-pure-libraries',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', pureLibraries] },
    },
    { name: 'domain-is-free-of-node', severity: 'error', from: { path: '^(domain|projections)/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'mathematics-knows-no-settings',
      severity: 'error',
      from: { path: '^domain/(returns|risk|walk-forward)/' },
      to: { path: '^domain/', pathNot: '^domain/(returns|risk|walk-forward|shared)/' },
    },
    {
      name: 'computations-know-no-event-and-no-stream',
      severity: 'error',
      from: { path: '^domain/(returns|risk|walk-forward|parity|allocation)/' },
      to: { path: '^domain/', pathNot: '^domain/(returns|risk|walk-forward|parity|allocation|manifest|run|shared)/' },
    },
    {
      name: 'computations-store-nothing',
      severity: 'error',
      from: { path: '^domain/(returns|risk|walk-forward|parity|allocation)/' },
      to: { path: '^domain/(run/(run-names|derived-uuid|accepted-run)|shared/(slice|stream|facts|decider|envelope|append-batch|ledger-[a-z]+))\\.ts$' },
    },
    {
      name: 'computations-pay-no-canonical-json',
      severity: 'error',
      // Parity compares settings by their canonical form, once a run.
      from: { path: '^domain/(returns|risk|walk-forward|allocation)/' },
      to: { path: '^domain/shared/canonical-json\\.ts$' },
    },
    { name: 'what-runs-hand-on-is-of-no-stream', severity: 'error', from: { path: '^domain/run/' }, to: { path: '^domain/(catalogue\\.ts|(sleeve|sleeve-run|meta-run|publication|ledger|parity|allocation)/)' } },
    {
      name: 'streams-do-not-import-each-other',
      severity: 'error',
      from: { path: '^domain/(sleeve|sleeve-run|meta-run|publication|combine|selection|scan)/' },
      to: { path: ['^domain/(sleeve|sleeve-run|meta-run|publication|combine|selection|scan)/', '^domain/catalogue\\.ts$'], pathNot: '^domain/$1/' },
    },
    { name: 'projections-fold-domain-events', severity: 'error', from: { path: '^projections/' }, to: { pathNot: ['^projections/', '^domain/', '^node_modules/zod/'] } },
    { name: 'handlers-speak-ports', severity: 'error', from: { path: '^handlers/' }, to: { path: '^(presentation|infra|bin|test|bench)/' } },
    { name: 'presentation-speaks-ports', severity: 'error', from: { path: '^presentation/' }, to: { path: '^(infra|bin|test|bench)/' } },
    {
      name: 'adapters-know-domain-and-ports-only',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(handlers|projections|presentation|bin|test|bench)/', pathNot: '^handlers/ports/' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^infra/([^/]+)/' },
      to: { path: '^infra/[^/]+/', pathNot: ['^infra/$1/'] },
    },
    { name: 'nobody-imports-tests', severity: 'error', from: { path: '^(bin|domain|projections|handlers|presentation|infra)/' }, to: { path: '^test/' } },
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
