import { type Finding, notJudgedText, type Verdict } from '../../domain/returns/verdict.ts';
import type { Remedy } from '../../domain/returns/remedies.ts';
import { type Block, lines } from './verb.ts';

/** Findings that a person is shown; `--json` has all of them. */
const findingsShownMax = 10;

type ShownVerdict = Pick<Verdict<unknown>, 'errors' | 'warnings' | 'findings' | 'notJudged'>;

function placeOf({ file, line }: Finding): string {
  return `(${file}${line === null ? '' : `, line ${line}`})`;
}

/** A verdict on prices for people: its counts, what was left out of it, and the first of its findings, errors before warnings. */
export function verdictBlocks(verdict: ShownVerdict): Block[] {
  const { errors, warnings, findings, notJudged } = verdict;
  const ordered = findings.toSorted((left, right) => Number(right.level === 'error') - Number(left.level === 'error'));
  const rest = ordered.length - findingsShownMax;
  return [
    lines(`Integrity: ${errors} errors, ${warnings} warnings.`, ...(notJudged === undefined ? [] : [notJudgedText(notJudged)])),
    lines(
      ...ordered.slice(0, findingsShownMax).map((finding) => `  ${finding.level}: ${finding.message} ${placeOf(finding)}`),
      ...(rest > 0 ? [`  and ${rest} more lines`] : []),
    ),
  ];
}

/** What can be done, one line each. */
export function remedyBlock(remedies: readonly Remedy[]): Block {
  return lines(...remedies.map(({ code, remedy }) => `  remedy for ${code}: ${remedy}`));
}
