/** What a short command takes, as it is shipped: processor time as a multiple of bare Node's, and memory. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { makeScaled, portfolio } from './scale-ledger.ts';
import { writeWidePrices } from './wide-prices.ts';

/** At most this multiple of bare Node's processor time, or this much memory; null has no bar. */
interface Bar {
  readonly ratioMax: number | null;
  readonly megabytesMax: number | null;
}

export interface StartRow extends Bar {
  readonly command: string;
  /** Median of processor time, user and system, of the whole process. */
  readonly cpuMs: number;
  readonly ratio: number;
  readonly peakMegabytes: number;
}

export interface StartBars {
  readonly node: { readonly cpuMs: number; readonly peakMegabytes: number };
  readonly events: number;
  readonly rounds: number;
  readonly rows: readonly StartRow[];
}

/** What a short command takes, measured by `--start` alone. */
export interface StartBarsRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly figures: StartBars;
}

const rounds = 9;
const eventsMin = 1_000;

/** The shipped build, in the caches of node_modules, from where packages resolve as they do when installed; answers the program. */
export function buildShipped(root: string): string {
  const folder = join(root, 'node_modules', '.cache', 'sleeve-ledger-bench-build');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/build.ts', join(folder, 'dist')], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`nothing was built: ${stderr}`);
  return join(folder, 'dist', 'bin', 'sleeve-ledger.js');
}

interface Used {
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

/** Runs Node once; a line that every process is made to leave says what it used, workers and start included. */
function used(scratch: string, args: readonly string[]): Used {
  const told = join(scratch, 'told.cjs');
  writeFileSync(
    told,
    "process.on('exit', () => { const u = process.resourceUsage(); const cpuMs = (u.userCPUTime + u.systemCPUTime) / 1000; " +
      "require('node:fs').writeSync(3, JSON.stringify({ cpuMs, peakMegabytes: u.maxRSS / 1024 })); });\n",
  );
  const { status, output, stderr } = spawnSync(process.execPath, ['--require', told, ...args], {
    cwd: scratch,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(output[3]!) as Used;
}

const median = (values: readonly number[]): number => values.toSorted((left, right) => left - right)[values.length >> 1]!;

/** Every command once a round, bare Node among them, so that a busy moment meets all of them alike. */
export async function measureStartBars(root: string, scratch: string): Promise<StartBars> {
  const program = buildShipped(root);
  const store = await makeScaled(scratch, eventsMin);
  const prices = writeWidePrices(scratch);
  const manifest = join(scratch, 'wide.json');
  used(scratch, [program, 'init', '--prices', prices, '--manifest', manifest]);
  const flow = ['flow', 'production', '--profile', 'wide', '--prices', prices, '--manifest', manifest];
  const short = (ratioMax: number, ...words: string[]) => ({ words: () => words, ratioMax, megabytesMax: null, rounds });
  let flows = 0;
  const cases = {
    '--version': short(2.5, '--version'),
    '--help': short(2.5, '--help'),
    'config show': short(2.5, 'config', 'show'),
    'completion bash': short(2.5, 'completion', 'bash'),
    'completion --values runs': short(2.5, 'completion', '--values', 'runs', '--store', store),
    status: { ...short(4, 'status', '--store', store), megabytesMax: 80 },
    weights: short(4, 'weights', '--meta', portfolio.meta, '--store', store),
    'flow production': {
      words: () => [...flow, '--store', join(scratch, `wide-${(flows += 1)}.sqlite`)],
      ratioMax: null,
      megabytesMax: 150,
      rounds: 3,
    },
  };
  const node: Used[] = [];
  const all = Object.entries(cases).map(([command, one]) => ({ command, ...one, runs: [] as Used[] }));
  for (let round = 0; round < rounds; round++) {
    node.push(used(scratch, ['--eval', '0']));
    for (const one of all) if (round < one.rounds) one.runs.push(used(scratch, [program, ...one.words()]));
  }
  const peak = (runs: readonly Used[]): number => Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
  const bare = median(node.map(({ cpuMs }) => cpuMs));
  const rows = all.map(({ command, ratioMax, megabytesMax, runs }) => {
    const cpuMs = median(runs.map((run) => run.cpuMs));
    return { command, ratioMax, megabytesMax, cpuMs, ratio: cpuMs / bare, peakMegabytes: peak(runs) };
  });
  return { node: { cpuMs: bare, peakMegabytes: peak(node) }, events: eventsMin, rounds, rows };
}
