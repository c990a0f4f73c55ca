import { backtestSummary, proposalArgument, runSummary } from '../arguments.ts';
import type { VerbEntry } from '../verb.ts';

/** Verbs that compute runs, portfolios and tests of them. In the order of the help. */
export const runVerbs: readonly VerbEntry[] = [
  {
    path: ['demo'],
    summary: 'Shows the whole job: three simulated sleeves, or your prices, one meta portfolio, one ledger, verified and replayed.',
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    path: ['init'],
    summary: 'Writes a starter manifest from the columns of price files.',
    load: async () => (await import('./init.ts')).init,
  },
  {
    path: ['manifest', 'validate'],
    summary: 'Checks the manifest and lists its profiles.',
    load: async () => (await import('./manifest.ts')).manifestValidate,
  },
  {
    path: ['manifest', 'resolve'],
    summary: 'Shows a profile with every layer applied, and where each setting came from.',
    load: async () => (await import('./manifest.ts')).manifestResolve,
  },
  {
    path: ['manifest', 'lint'],
    summary: 'Says which rules a profile keeps or breaks, and which settings cannot act; --strict exits 1 for a broken one.',
    load: async () => (await import('./manifest-lint.ts')).manifestLint,
  },
  {
    path: ['manifest', 'apply'],
    summary: 'Makes the sleeves and meta portfolios of the manifest known to the ledger, with their publication policies.',
    load: async () => (await import('./manifest.ts')).manifestApply,
  },
  {
    path: ['manifest', 'approve'],
    summary: 'Puts a proposed definition in force, on the word of another person than its proposer.',
    args: [proposalArgument],
    load: async () => (await import('./manifest-approve.ts')).manifestApprove,
  },
  {
    path: ['manifest', 'reject'],
    summary: 'Turns a proposed definition down: the one in force stays.',
    args: [proposalArgument],
    load: async () => (await import('./manifest-approve.ts')).manifestReject,
  },
  {
    path: ['flow', 'production'],
    summary: 'Runs one sleeve on price files: integrity, universe, walk-forward of every risk profile, live weights.',
    load: async () => (await import('./flow-production.ts')).flowProduction,
  },
  {
    path: ['sleeve', 'import'],
    summary: 'Takes over a finished run of the Python system: returns, portfolios, settings and its own audit chain.',
    load: async () => (await import('./sleeve-import.ts')).sleeveImport,
  },
  {
    path: ['watch'],
    summary: 'Imports run directories as they appear in a folder, and allocates what follows: the system without a broker.',
    args: [{ name: '<folder>', summary: 'each directory directly below it is one run' }],
    worksLong: true,
    load: async () => (await import('./watch.ts')).watch,
  },
  {
    path: ['produce'],
    summary: 'Sends a recorded sleeve run as a message, for another ledger or its own worker to consume.',
    args: [{ name: '<run>', summary: runSummary('sleeve run') }],
    load: async () => (await import('./produce.ts')).produce,
  },
  {
    path: ['work'],
    summary: 'Consumes results, allocates and publishes until it is stopped.',
    worksLong: true,
    load: async () => (await import('./work.ts')).work,
  },
  {
    path: ['serve'],
    summary: 'Serves the ledger over HTTP: every question and decision of people, for a browser and for any language.',
    worksLong: true,
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    path: ['flow', 'meta'],
    summary: 'Allocates a meta portfolio: parity, joins, philosophy-matched weights, guardrails, flattening, acceptance.',
    load: async () => (await import('./flow-meta.ts')).flowMeta,
  },
  {
    path: ['backtest', 'run'],
    summary: 'Tests a meta portfolio with its allocation made again at every rebalance: out of sample at both tiers, after costs.',
    load: async () => (await import('./backtest.ts')).backtestRun,
  },
  {
    path: ['backtest', 'verify'],
    summary: 'Looks for look-ahead in recorded backtests: that each decision read only rows before the first that it earned.',
    args: [{ name: '[run]', summary: `${backtestSummary} (default: every one)` }],
    worksLong: true,
    load: async () => (await import('./backtest.ts')).backtestVerify,
  },
  {
    path: ['backtest', 'robustness'],
    summary:
      'How much of a recorded backtest is luck: trials before it, resampled histories, other starts, other splits; nothing is recorded.',
    args: [{ name: '<run>', summary: runSummary('backtest') }],
    load: async () => (await import('./backtest-robustness.ts')).backtestRobustness,
  },
  {
    path: ['tournament', 'run'],
    summary:
      'Runs a sleeve in several ways, ranks them by what they earned out of sample after costs, and says how much of the order is luck.',
    load: async () => (await import('./tournament.ts')).tournamentRun,
  },
  {
    path: ['combine'],
    summary: 'Combines positions of sleeves by risk budgets into weights inside bounds and caps on gross, net and turnover.',
    load: async () => (await import('./combine.ts')).combine,
  },
];
