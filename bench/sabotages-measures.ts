/** Sabotages of what is measured at length: solvers, large files and bombs, threads, jobs of other machines, seals and tiles. */
import type { Sabotage } from './sabotage-kind.ts';

const solvers: readonly Sabotage[] = [
  {
    row: 'P9 minimum variance',
    also: ['P9 maximum Sharpe'],
    what: 'the variance of an asset counts for a tenth more in the slope',
    file: 'domain/risk/program/quadratic-program.ts',
    from: 'gradient[i] = dot(quadratic, i * size, w, 0, size);',
    to: 'gradient[i] = dot(quadratic, i * size, w, 0, size) + 0.1 * quadratic[i * size + i]! * w[i]!;',
    test: 'test/fault/programs-against-clarabel',
    named: 'minimum variance|maximum Sharpe',
    environment: { FAULT_TRIALS: '10' },
    needs: 'python',
  },
  {
    row: 'P9 equal risk contribution',
    what: 'a solve ends when a step changes less than a hundredth',
    file: 'domain/risk/risk-parity.ts',
    from: 'const changeLimit = 1e-12;',
    to: 'const changeLimit = 1e-2;',
    test: 'test/fault/programs-against-clarabel',
    named: 'equal risk contribution',
    environment: { FAULT_TRIALS: '10' },
    needs: 'python',
  },
  {
    row: 'P9 projections',
    what: 'half of what a change costs is weighed',
    file: 'domain/combine/dual.ts',
    from: 'const change = costAversion + multipliers.turnover;',
    to: 'const change = costAversion / 2 + multipliers.turnover;',
    test: 'test/fault/projections-against-clarabel',
    environment: { FAULT_TRIALS: '60' },
    needs: 'python',
  },
];

const parsing = 'infra/parsing/serve.ts';
const files: readonly Sabotage[] = [
  {
    row: 'a bomb of ',
    what: 'the process that reads files may take a hundred times the memory',
    file: parsing,
    from: 'guardProcess(limits.parsingMemoryBytesMax)',
    to: 'guardProcess(limits.parsingMemoryBytesMax * 100)',
    test: 'test/fault/parsing-process',
    named: 'a bomb of',
  },
  {
    row: '60 MB of ',
    what: 'the process that reads files may take a quarter of the memory',
    file: parsing,
    from: 'guardProcess(limits.parsingMemoryBytesMax)',
    to: 'guardProcess(limits.parsingMemoryBytesMax / 4)',
    test: 'test/fault/import-large-csv',
    named: '60 MB',
  },
  {
    row: 'parquet files of every writer',
    what: 'ticks of a date are counted from another day',
    file: 'infra/parquet/logical-types.ts',
    from: 'sessionDateOfTicks(value, unit) : null',
    to: 'sessionDateOfTicks(value + 90_000_000_000n, unit) : null',
    test: 'test/fault/parquet-corpus',
    named: 'hyparquet-writer',
  },
];

const jobs: readonly Sabotage[] = [
  {
    row: 'L1 event loop',
    what: 'a worker with threads solves on its own loop',
    file: 'bin/compute.ts',
    from: 'if (workers === 0)',
    to: 'if (workers >= 0)',
    test: 'test/fault/reaction-loop',
    named: 'comes round while threads solve',
  },
  {
    row: 'K1 worker of a backtest killed -9',
    what: 'a job is settled before it is computed',
    file: 'handlers/roles/backtesting.ts',
    from: '            await answering.handle(message, signal);\n',
    to: '            void answering.handle(message, signal).catch(() => undefined);\n',
    test: 'test/fault/backtest-workers',
    named: 'killed in the middle',
    needs: 'kafka',
  },
  {
    row: 'K2 asker of a backtest killed -9',
    what: 'nobody looks whether a job has its answer already',
    file: 'handlers/remote-jobs/kept-answers.ts',
    from: '    return this.#named(key, await this.#ports.checkpoints.read(nameOf(key)));\n',
    to: '    return null;\n',
    test: 'test/fault/backtest-workers',
    named: 'whose asker is killed',
    needs: 'kafka',
  },
];

const evidence: readonly Sabotage[] = [
  {
    row: 'range and last leaf of the newest seal changed, ledger verify',
    what: 'what the next seal would go on from is not compared with the tree',
    file: 'handlers/ledger/verify-seals.ts',
    from: "  if (actual !== expected) faults.push({ kind: 'seal_range_wrong', expected, actual });\n",
    to: '',
    test: 'test/fault/ledger-rows',
    named: 'any bit of its range',
    environment: { FAULT_TRIALS: '6' },
  },
  {
    row: 'rows of the tiles changed, ledger verify',
    what: 'rows of the tiles are not compared with a fold',
    file: 'handlers/ledger/verify-leaf-rows.ts',
    from: 'isSame: () => isWhole && fresh.equals(found),',
    to: 'isSame: () => isWhole,',
    test: 'test/fault/ledger-rows',
    named: 'of the tiles',
    environment: { FAULT_TRIALS: '6' },
  },
  {
    row: 'I5 two verifiers, logs and bundles',
    what: 'the hash of an event in an export is not compared, by one of the two',
    file: 'domain/audit/audit-events.ts',
    from: "      if (hash !== line.event_hash) report(lineNumber, 'event_hash', line.event_hash, hash);\n",
    to: '',
    test: 'test/domain/audit/independent-verifier-bundles',
    needs: 'python',
  },
];

export const sabotagesOfMeasures = [...solvers, ...files, ...jobs, ...evidence];
