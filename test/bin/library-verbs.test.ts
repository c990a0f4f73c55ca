/** What the command line can do, a script can: every verb has its counterpart in the library. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as library from '../../bin/library.ts';
import type { OpenLedger } from '../../bin/open-ledger.ts';
import { allVerbs } from '../../presentation/cli/verbs/all.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();

type Counterpart = { readonly method: keyof OpenLedger } | { readonly exported: keyof typeof library };

const counterparts: Readonly<Record<string, Counterpart>> = {
  init: { exported: 'starterManifest' },
  'manifest validate': { exported: 'validatedManifest' },
  'manifest resolve': { exported: 'resolvedName' },
  'manifest lint': { exported: 'lintedProfile' },
  'manifest apply': { method: 'applyManifest' },
  'flow production': { method: 'produceSleeveRun' },
  'flow meta': { method: 'allocate' },
  'backtest run': { method: 'backtest' },
  'backtest verify': { method: 'verifyBacktests' },
  'backtest robustness': { method: 'backtestRobustness' },
  'export backtest': { method: 'exportBacktest' },
  'tournament run': { method: 'tournament' },
  combine: { method: 'combine' },
  'sleeve import': { method: 'importSleeveRun' },
  'sleeve list': { method: 'status' },
  'sleeve show': { method: 'sleeve' },
  'sleeve quarantine': { method: 'quarantine' },
  'sleeve reinstate': { method: 'reinstate' },
  watch: { method: 'watch' },
  produce: { method: 'produceResult' },
  work: { method: 'work' },
  status: { method: 'status' },
  workers: { method: 'workers' },
  portfolios: { method: 'status' },
  history: { method: 'history' },
  weights: { method: 'weights' },
  publications: { method: 'publications' },
  drift: { method: 'drift' },
  trades: { method: 'trades' },
  explain: { method: 'explain' },
  runs: { method: 'runs' },
  show: { method: 'runFacts' },
  timeline: { method: 'timeline' },
  replay: { method: 'replay' },
  counterfactual: { method: 'counterfactual' },
  diff: { method: 'diff' },
  'overlay vol': { exported: 'applyOverlays' },
  'overlay macro': { exported: 'applyOverlays' },
  'scan config': { method: 'scanConfig' },
  'scan run': { method: 'scan' },
  'scan list': { method: 'scans' },
  'scan funnel': { method: 'scanFunnel' },
  'scan map': { method: 'scanMap' },
  'scan gaps': { method: 'scanGaps' },
  'scan overlap': { method: 'scanOverlap' },
  'scan liquidity': { method: 'scanLiquidity' },
  'scan attributes': { method: 'scanAttributes' },
  'scan audit': { method: 'scanAudit' },
  'scan candidates': { method: 'scanCandidates' },
  'scan orphans': { method: 'scanOrphans' },
  'select explain': { method: 'explainSelection' },
  'select battles': { method: 'selectionBattles' },
  'select funnel': { method: 'selectionFunnel' },
  'select diff': { method: 'selectionDiff' },
  'select report': { method: 'selectionDeepDive' },
  simulate: { exported: 'simulateWeights' },
  report: { method: 'report' },
  'export run': { method: 'exportRun' },
  'export returns': { method: 'exportTable' },
  'export series': { method: 'exportSeries' },
  'export weights': { method: 'exportTable' },
  approve: { method: 'approve' },
  reject: { method: 'reject' },
  'manifest approve': { method: 'approveDefinition' },
  'manifest reject': { method: 'rejectDefinition' },
  halt: { method: 'halt' },
  resume: { method: 'resume' },
  'parity check': { method: 'parity' },
  'parity waive': { method: 'waive' },
  'parity revoke': { method: 'revoke' },
  'dlq list': { method: 'deadLetters' },
  'dlq retry': { method: 'retryLetter' },
  'dlq discard': { method: 'discardLetter' },
  'dlq erase': { method: 'eraseLetter' },
  'token create': { method: 'createToken' },
  'token list': { method: 'tokens' },
  'token revoke': { method: 'revokeToken' },
  'ledger init': { exported: 'openLedger' },
  'ledger seal': { method: 'seal' },
  'ledger verify': { method: 'verify' },
  'ledger rebuild': { method: 'rebuild' },
  'ledger checkpoint': { method: 'checkpoint' },
  'ledger prove': { method: 'prove' },
  'ledger events': { method: 'events' },
  'ledger artifact': { method: 'artifact' },
  'ledger key rotate': { method: 'rotateKey' },
  'ledger witness': { method: 'nameWitness' },
  'ledger copy': { method: 'copyTo' },
  'ledger backup': { method: 'backUp' },
  'ledger restore': { exported: 'restoreLedger' },
  'audit export': { method: 'exportAudit' },
  'audit verify': { method: 'verifyAudit' },
  'audit bundle': { method: 'bundle' },
  'audit integrity': { method: 'auditIntegrity' },
  'cache stats': { method: 'cacheStatistics' },
  'cache clear': { method: 'clearCache' },
  'cache verify': { method: 'verifyCache' },
  'config show': { exported: 'resolveSettings' },
};

/** For a person in front of a terminal; and processes that answer others over HTTP: a script that has the library asks it itself. */
const withoutCounterpart: ReadonlySet<string> = new Set(['demo', 'doctor', 'completion', 'witness serve', 'serve']);

const verbs = (await allVerbs()).map(({ path }) => path.join(' ')).filter((verb) => !withoutCounterpart.has(verb));

test('the table names every verb: a new one adds a method to bin/ledger-commands.ts or ledger-questions.ts, and a line here', () => {
  expect(Object.keys(counterparts).toSorted()).toEqual(verbs.toSorted());
});

const exported = new Map<string, unknown>(Object.entries(library));

test('every counterpart is there', async () => {
  const ledger = await library.openLedger({ store: join(directory, 'ledger.sqlite'), create: true, logLevel: 'silent' });
  const missing = Object.entries(counterparts).filter(
    ([, counterpart]) => typeof ('method' in counterpart ? ledger[counterpart.method] : exported.get(counterpart.exported)) !== 'function',
  );
  await ledger.close();
  expect(missing).toEqual([]);
});
