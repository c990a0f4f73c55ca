/**
 * Measures and writes `bench/results.json` and `docs/benchmarks.md`.
 *
 * `--peers` makes `.bench-venv` with the Python peers (or give `ORACLE_PYTHON`); without either the figures of the last run that
 * had them are kept. `--reaction` measures the way from a result to its publication, with a real Kafka broker, and that alone;
 * `--server` the same on an EventStoreDB, a fake one with the latency of a real one;
 * `--start` what a short command takes beside bare Node, and that alone;
 * `--scale` ledgers of up to a million events, and that alone (`--scale-part` of up to a hundred thousand); `--solvers` every solver on
 * every kind of data beside its Python peers, and that alone (`--solvers-part` of up to a hundred columns); `--execution` paths of weights
 * and overlays, `--backtest` recursive backtests beside skfolio, `--combinations` the
 * allocator beside general solvers, `--selection` selections beside NumPy, `--api` the HTTP API, its readers and its page
 * beside a worker, each alone. `--compare`
 * writes nothing: it fails when a figure has lost a fifth against the stored run of the same machine.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOfSourceTree } from '../infra/system/code.ts';
import { systemClock } from '../infra/system/clock.ts';
import { lossesOf } from './baseline.ts';
import { compareStacked } from './backtest.ts';
import { type CombinationRun, compareCombination } from './combination.ts';
import { benchmarksDocument } from './document.ts';
import { installedVersions, machineInUse } from './machine.ts';
import { growthDrawing } from './growth-drawing.ts';
import { compare, pythonFor, runPeers } from './peers.ts';
import {
  type BacktestRun,
  kernelCases,
  type ExecutionRun,
  type ReactionRun,
  type Results,
  type Run,
  type ScaleRun,
  type ServerRun,
} from './results.ts';
import { writeReturns } from './returns.ts';
import type { ApiRun } from './api/results.ts';
import { compareSelection, type SelectionRun } from './selection.ts';
import type { StartBarsRun } from './start-bars.ts';
import type { Section, SectionResult } from './section.ts';
import { solverCases } from './solver-cases.ts';
import { writeSolverData } from './solver-data.ts';
import { writeSolverCases } from './solver-own.ts';
import type { SolverRun } from './solver-results.ts';
import { compareSolvers } from './solver-run.ts';

const root = join(import.meta.dirname, '..');
const resultsFile = join(root, 'bench', 'results.json');
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function section<Name extends Section>(name: Name, scratch: string): SectionResult<Name> {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(root, 'bench', 'section.ts'), name, scratch], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`section ${name} ended with ${status}`);
  say(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return JSON.parse(readFileSync(join(scratch, `${name}.json`), 'utf8')) as SectionResult<Name>;
}

function measureEverything(scratch: string, python: string | null): Run {
  const machine = machineInUse();
  writeReturns(scratch);
  const kernels = section('kernels', scratch);
  const peers = python === null ? null : runPeers(python, root, scratch);
  return {
    measuredAt: systemClock.now(),
    commit: codeOfSourceTree(root).commit,
    machine,
    versions: installedVersions(root, ['better-sqlite3', 'zod', 'canonicalize', 'tsx', 'typescript']),
    kernels: {
      timings: Object.fromEntries(kernelCases.map((name) => [name, kernels.cases[name].timing])) as Run['kernels']['timings'],
      peakMegabytes: kernels.peakMegabytes,
    },
    append: section('append', scratch),
    ledger: section('ledger', scratch),
    start: section('start', scratch),
    idleMegabytes: section('idle', scratch),
    peers:
      peers === null
        ? null
        : {
            comparisons: compare(kernels, peers, scratch),
            versions: peers.versions,
            threads: peers.threads,
            peakMegabytes: peers.peakMegabytes,
          },
  };
}

function measureReaction(scratch: string): ReactionRun {
  const machine = machineInUse();
  return {
    measuredAt: systemClock.now(),
    commit: codeOfSourceTree(root).commit,
    machine,
    storms: {
      embedded: section('stormEmbedded', scratch),
      doubled: section('stormDoubled', scratch),
      kafka: section('stormKafka', scratch),
    },
    latency: { embedded: section('latencyEmbedded', scratch), kafka: section('latencyKafka', scratch) },
  };
}

function measureServer(scratch: string): ServerRun {
  const machine = machineInUse();
  return {
    measuredAt: systemClock.now(),
    commit: codeOfSourceTree(root).commit,
    machine,
    storm: section('stormServer', scratch),
    latency: section('latencyServer', scratch),
  };
}

function measureStartBars(scratch: string): StartBarsRun {
  const machine = machineInUse();
  return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, figures: section('startBars', scratch) };
}

function measureExecution(scratch: string): ExecutionRun {
  const machine = machineInUse();
  writeReturns(scratch);
  return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, figures: section('execution', scratch) };
}

/** The ledgers take gigabytes: they stand where files are temporary. */
function measureScale(name: 'scale' | 'scalePart'): ScaleRun {
  const machine = machineInUse();
  const below = mkdtempSync(join(tmpdir(), 'sleeve-ledger-scale-'));
  try {
    return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, figures: section(name, below) };
  } finally {
    rmSync(below, { recursive: true, force: true });
  }
}

function measureBacktests(scratch: string): BacktestRun {
  const machine = machineInUse();
  writeReturns(scratch);
  const { answer, ...figures } = section('backtest', scratch);
  const memory = [section('backtestMemory', scratch), section('longBacktestMemory', scratch)] as const;
  const peer = compareStacked(pythonFor(root, true)!, root, scratch, answer);
  return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, figures, memory, peer };
}

async function measureSolvers(scratch: string, isShort: boolean): Promise<SolverRun> {
  const machine = machineInUse();
  const python = pythonFor(root, true)!;
  const cases = solverCases(isShort);
  writeSolverData(scratch, cases);
  writeSolverCases(scratch, cases);
  const own = section('solvers', scratch);
  const compared = await compareSolvers({ python, scratch, say }, cases, own);
  return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, ...compared };
}

function measureCombinations(scratch: string): CombinationRun {
  const machine = machineInUse();
  const { weights, ...own } = section('combination', scratch);
  const compared = compareCombination(pythonFor(root, true)!, root, scratch, weights);
  return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, own, ...compared };
}

function measureSelections(scratch: string): SelectionRun {
  const machine = machineInUse();
  const { answer, ...own } = section('selection', scratch);
  const peer = compareSelection(pythonFor(root, true)!, scratch, answer);
  return { measuredAt: systemClock.now(), commit: codeOfSourceTree(root).commit, machine, own, peer };
}

function measureApi(scratch: string): ApiRun {
  const machine = machineInUse();
  return {
    measuredAt: systemClock.now(),
    commit: codeOfSourceTree(root).commit,
    machine,
    questions: section('apiQuestions', scratch),
    readers: section('apiReaders', scratch),
    intake: section('apiIntake', scratch),
    kafka: section('stormKafka', scratch),
    page: section('apiPage', scratch),
  };
}

async function write(results: Results): Promise<void> {
  mkdirSync(join(root, 'docs'), { recursive: true });
  if (results.solvers !== null) writeFileSync(join(root, 'docs', 'benchmarks-growth.svg'), await growthDrawing(results.solvers));
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(root, 'docs', 'benchmarks.md'), benchmarksDocument(results));
  say('wrote bench/results.json and docs/benchmarks.md');
}

const flags = process.argv.slice(2);
/** Sections that run alone. */
const alone = [
  '--reaction',
  '--server',
  '--start',
  '--backtest',
  '--scale',
  '--scale-part',
  '--solvers',
  '--solvers-part',
  '--execution',
  '--combinations',
  '--selection',
  '--api',
];
const unknown = flags.filter((flag) => !['--peers', '--compare', ...alone].includes(flag));
if (unknown.length > 0 || (flags.some((flag) => alone.includes(flag)) && flags.length > 1))
  throw new Error(`npm run bench -- [--peers] [--compare], or npm run bench -- with one of ${alone.join(', ')}; not ` + flags.join(' '));

const scratch = join(root, 'node_modules', '.cache', `sleeve-ledger-bench-${process.pid}`);
mkdirSync(scratch, { recursive: true });
try {
  const stored = existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Results) : null;
  if (flags.some((flag) => alone.includes(flag))) {
    if (stored === null) throw new Error('npm run bench comes first');
    const [flag] = flags;
    if (flag === '--reaction') await write({ ...stored, reaction: measureReaction(scratch) });
    else if (flag === '--server') await write({ ...stored, server: measureServer(scratch) });
    else if (flag === '--start') await write({ ...stored, startBars: measureStartBars(scratch) });
    else if (flag === '--execution') await write({ ...stored, execution: measureExecution(scratch) });
    else if (flag === '--backtest') await write({ ...stored, backtest: measureBacktests(scratch) });
    else if (flag === '--combinations') await write({ ...stored, combinations: measureCombinations(scratch) });
    else if (flag === '--selection') await write({ ...stored, selection: measureSelections(scratch) });
    else if (flag === '--api') await write({ ...stored, api: measureApi(scratch) });
    else if (flag!.startsWith('--solvers')) await write({ ...stored, solvers: await measureSolvers(scratch, flag === '--solvers-part') });
    else await write({ ...stored, scale: measureScale(flag === '--scale' ? 'scale' : 'scalePart') });
  } else {
    const newest = measureEverything(scratch, pythonFor(root, flags.includes('--peers')));
    if (flags.includes('--compare')) {
      const losses = lossesOf(stored?.newest ?? null, newest);
      say(losses.length === 0 ? 'nothing lost' : losses.join('\n'));
      process.exitCode = losses.length === 0 ? 0 : 1;
    } else
      await write({
        newest,
        compared: newest.peers === null ? (stored?.compared ?? null) : newest,
        reaction: stored?.reaction ?? null,
        server: stored?.server ?? null,
        scale: stored?.scale ?? null,
        solvers: stored?.solvers ?? null,
        execution: stored?.execution ?? null,
        backtest: stored?.backtest ?? null,
        combinations: stored?.combinations ?? null,
        selection: stored?.selection ?? null,
        api: stored?.api ?? null,
        startBars: stored?.startBars ?? null,
      });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
