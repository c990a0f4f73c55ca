/**
 * That adapters take ports as types is held by the compiler: the files of `handlers/ports` and `presentation/ports` export nothing else
 * (test/tidy.test.ts), and `verbatimModuleSyntax` refuses a plain import of a type. With TypeScript 7, dependency-cruiser 17 cannot tell an
 * import of types from another, and does not see `export type ... from` at all: test/tidy.test.ts looks for those.
 */
/** The arrow: domain <- projections <- handlers <- presentation <- bin -> infra -> (types only) handlers/ports, presentation/ports */
const { existsSync, readdirSync } = require('node:fs');

// A stream has its `stream.ts`; that of `shared/` is what all are made of.
const isStream = (folder) => folder !== 'shared' && existsSync(`${__dirname}/domain/${folder}/stream.ts`);
const streamFolders = readdirSync(`${__dirname}/domain`).filter(isStream).join('|');
const mathematics = 'returns|risk|walk-forward|execution|overlay|metrics|regime|selection';
const computations = `${mathematics}|allocation|backtest|combine|forensics|lint|parity|scan|scan-audit|sleeve-selection|tear-sheet|tournament`;
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
      from: { path: `^domain/(${mathematics})/` },
      to: { path: '^domain/', pathNot: `^domain/(${mathematics}|shared)/` },
    },
    {
      name: 'computations-know-no-event-and-no-stream',
      severity: 'error',
      from: { path: `^domain/(${computations})/` },
      to: { path: '^domain/', pathNot: `^domain/(${computations}|manifest|run|shared)/` },
    },
    {
      name: 'computations-store-nothing',
      severity: 'error',
      from: { path: `^domain/(${computations})/` },
      to: { path: '^domain/(run/(run-names|derived-uuid|accepted-run)|shared/(slice|stream|facts|decider|envelope|append-batch|ledger-[a-z]+))\\.ts$' },
    },
    {
      name: 'computations-pay-no-canonical-json',
      severity: 'error',
      // Parity compares settings by their canonical form, once a run.
      from: { path: `^domain/(${mathematics}|allocation|backtest|combine|forensics|sleeve-selection|tear-sheet|tournament)/` },
      to: { path: '^domain/shared/canonical-json\\.ts$' },
    },
    { name: 'what-runs-hand-on-is-of-no-stream', severity: 'error', from: { path: '^domain/run/' }, to: { path: '^domain/', pathNot: '^domain/(returns|risk|run|shared)/' } },
    {
      name: 'streams-do-not-import-each-other',
      severity: 'error',
      from: { path: `^domain/(${streamFolders})/` },
      to: { path: [`^domain/(${streamFolders})/`, '^domain/catalogue\\.ts$'], pathNot: '^domain/$1/' },
    },
    { name: 'projections-fold-domain-events', severity: 'error', from: { path: '^projections/' }, to: { pathNot: ['^projections/', '^domain/', '^node_modules/zod/'] } },
    { name: 'handlers-speak-ports', severity: 'error', from: { path: '^handlers/' }, to: { path: '^(presentation|infra|bin|test|bench)/' } },
    {
      name: 'ports-know-the-domain-only',
      severity: 'error',
      from: { path: '^(handlers|presentation)/ports/' },
      to: { pathNot: ['^domain/', '^$1/ports/'] },
    },
    { name: 'presentation-speaks-ports', severity: 'error', from: { path: '^presentation/' }, to: { path: '^(infra|bin|test|bench)/' } },
    {
      name: 'adapters-know-domain-and-ports-only',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(handlers|projections|presentation|bin|test|bench)/', pathNot: '^(handlers|presentation)/ports/' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^infra/([^/]+)/' },
      to: { path: '^infra/[^/]+/', pathNot: ['^infra/$1/'] },
    },
    { name: 'nobody-imports-tests', severity: 'error', from: { path: '^(bin|domain|projections|handlers|presentation|infra)/' }, to: { path: '^test/' } },
    { name: 'benchmarks-use-no-test', severity: 'error', from: { path: '^bench/' }, to: { path: '^test/(?!support/)' } },
    {
      name: 'the-page-knows-types-and-definitions-of-charts',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(bin|domain|projections|handlers|presentation|infra|test|bench)/', pathNot: '^(infra/charts/(options|thinned)|presentation/api/answers/[a-z-]+|domain/people/api-roles)\\.ts$' },
    },
    { name: 'nobody-imports-the-page', severity: 'error', from: { path: '^(bin|domain|projections|handlers|presentation|infra|bench)/' }, to: { path: '^web/' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
