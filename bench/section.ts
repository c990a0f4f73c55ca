/** One section in a process of its own, so that neither its heap nor its compiled code meets another's: `section.ts NAME SCRATCH`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureHttpIntake } from './api/intake.ts';
import { measurePage } from './api/page.ts';
import { measureQuestions } from './api/questions.ts';
import { measureReaders } from './api/readers.ts';
import { measureAppends } from './append.ts';
import { measureCombination } from './combination.ts';
import { measureExecution } from './execution.ts';
import { measureBacktest, measureBacktestMemory, measureLongBacktestMemory } from './backtest.ts';
import { measureKernels } from './kernels.ts';
import { measureBothKafkaLatencies, measureEmbeddedLatency } from './latency.ts';
import { measureLedger } from './ledger.ts';
import { peakMegabytes } from './measure.ts';
import { measureScale, measureScalePart } from './scale.ts';
import { measureSelection } from './selection.ts';
import { measureOwnSolvers } from './solver-own.ts';
import { measureStart } from './start.ts';
import { measureServerLatency, measureServerStorm } from './storm-eventstoredb.ts';
import { measureStartBars } from './start-bars.ts';
import { measureDoubledStorm, measureEmbeddedStorm, measureKafkaStorm } from './storm.ts';

const sections = {
  append: measureAppends,
  execution: measureExecution,
  backtest: measureBacktest,
  backtestMemory: measureBacktestMemory,
  longBacktestMemory: measureLongBacktestMemory,
  kernels: measureKernels,
  ledger: measureLedger,
  start: () => measureStart(join(import.meta.dirname, '..')),
  startBars: (scratch: string) => measureStartBars(join(import.meta.dirname, '..'), scratch),
  stormEmbedded: measureEmbeddedStorm,
  stormDoubled: measureDoubledStorm,
  stormKafka: measureKafkaStorm,
  stormServer: measureServerStorm,
  latencyServer: measureServerLatency,
  latencyEmbedded: measureEmbeddedLatency,
  latencyKafka: measureBothKafkaLatencies,
  apiQuestions: measureQuestions,
  apiReaders: measureReaders,
  apiIntake: measureHttpIntake,
  apiPage: measurePage,
  scale: measureScale,
  scalePart: measureScalePart,
  solvers: measureOwnSolvers,
  combination: measureCombination,
  selection: measureSelection,
  idle: async () => peakMegabytes(),
} as const;
export type Section = keyof typeof sections;
export type SectionResult<Name extends Section> = Awaited<ReturnType<(typeof sections)[Name]>>;

const [name, scratch] = process.argv.slice(2) as [Section, string];
writeFileSync(join(scratch, `${name}.json`), JSON.stringify(await sections[name](scratch)));
