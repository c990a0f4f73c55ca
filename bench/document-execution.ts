import { ms, table } from './document-sections.ts';
import { loadMax } from './machine.ts';
import type { ExecutionRun } from './results.ts';

export function executionSection(run: ExecutionRun | null): string {
  const intro = '## Execution of weights, and overlays';
  if (run === null) return `${intro}\n\nNot measured yet: \`npm run bench -- --execution\`.`;
  const { steps, peakMegabytes } = run.figures;
  const rows = steps.map(({ name, timing }) => [name, `${ms(timing.medianMs)} ms (${ms(timing.minMs)} - ${ms(timing.maxMs)})`]);
  const busy = run.machine.load > loadMax ? `, **while the machine was busy** (load average ${run.machine.load.toFixed(1)})` : '';
  return `${intro}

${table(['work', 'takes'], rows)}

Tables in, figures and every series out, on one thread; the process held ${peakMegabytes.toFixed(0)} MB at most. Measured \
${run.measuredAt.slice(0, 10)}, commit \`${run.commit.slice(0, 12)}\`${busy}.`;
}
