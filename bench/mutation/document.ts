import { type Half, halves, type Mutant } from './sample.ts';

export type Status = 'Killed' | 'Survived' | 'Timeout' | 'NoCoverage' | 'RuntimeError';

export interface Judged extends Mutant {
  readonly status: Status;
  /** Suites that reach it. */
  readonly suites: number;
}

export interface HalfResult {
  readonly half: Half;
  readonly seed: number;
  /** Mutants that there are, of which the judged were drawn. */
  readonly of: number;
  readonly judged: readonly Judged[];
  /** Suites further away than the nearest: those that were asked before the time was up, and all. */
  readonly further: { readonly asked: number; readonly of: number };
}

export const mutantHeading = '## Mutants';

/** A mutant that ran too long, or ended the process, was noticed. */
export const isNoticed = ({ status }: Judged): boolean => status !== 'Survived' && status !== 'NoCoverage';

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const shownCode = (text: string): string => `\`${text.replaceAll(/\s+/g, ' ').replaceAll('`', "'").replaceAll('|', '\\|').slice(0, 60)}\``;

function halfRow({ half, seed, of, judged, further }: HalfResult): string {
  const noticed = judged.filter(isNoticed).length;
  const { folders, leastKilled } = halves[half];
  const met = noticed / judged.length >= leastKilled;
  const bar = `at least ${100 * leastKilled} %: ${met ? 'met' : 'missed'}`;
  const share = `${noticed} (${percent(noticed, judged.length)})`;
  return `| ${folders.join(', ')} | ${judged.length} of ${of} | ${seed} | ${further.asked} of ${further.of} | ${share} | ${bar} |`;
}

export function survivorRow({ file, start, mutatorName, replacement }: Mutant): string {
  return `| ${file}:${start.line + 1} | ${mutatorName} | ${shownCode(replacement)} |`;
}

/** What a run asked, and when. */
export interface SampleRun {
  readonly measuredOn: string;
  readonly commit: string;
  readonly tiers: readonly string[];
  /** Suites that fail without a mutant in the process that judges. */
  readonly leftOut: readonly string[];
}

/** Suites that failed without a mutant in the sandbox. */
const leftOutWords = (suites: readonly string[]): string =>
  suites.length === 0 ? '' : `Left out, since they do not pass in the process that judges: ${suites.join(', ')}. `;

/** The section of docs/reliability.md. */
export function mutantSection(results: readonly HalfResult[], { measuredOn, commit, tiers, leftOut }: SampleRun): string {
  const survivors = results.flatMap(({ judged }) => judged.filter((mutant) => !isNoticed(mutant)));
  return `${mutantHeading}

\`npm run mutate\` draws mutants of the sources (Stryker's), each as likely as any other, and runs the suites that \
reach its file: the four nearest of \`npm test\` on each, then every other of the tiers ${tiers.join(', ')} on all that are left at \
once, for as long as there was time. Two that only fail together count as survivors, as does what a suite that was not asked would \
notice: the share is a lower bound. ${leftOutWords(leftOut)}Measured ${measuredOn}, \
commit \`${commit.slice(0, 12)}\`.

| sources | drawn | seed | suites further away asked | noticed | bar |
|---|---|---|---|---|---|
${results.map(halfRow).join('\n')}

Survivors:

| where | mutation | becomes |
|---|---|---|
${survivors.map(survivorRow).join('\n')}
`;
}
