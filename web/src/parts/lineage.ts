import type { Explanation } from '../api/answers.ts';
import { percent, plain } from './words.ts';

export type Contribution = Explanation['contributions'][number];

export interface LineageLine {
  readonly text: string;
  /** A page, or a file that the API gives. */
  readonly href?: string;
}

/** One place on the way from an asset to the files behind it. */
export interface LineageStep {
  readonly head: string;
  readonly lines: readonly LineageLine[];
}

/** What a sleeve run was made of, as its first event names it. */
export interface InputFile {
  readonly role: string;
  readonly name: string;
  /** What the ledger keeps of it, by its address; null where it names none. */
  readonly artifact: string | null;
}

interface Kept {
  readonly role?: string;
  readonly name?: string;
  readonly table?: { readonly sha256?: string };
  readonly document?: { readonly sha256?: string };
}

/** The inputs in the data of the event with which a sleeve run was opened. */
export function inputFilesIn(data: Readonly<Record<string, unknown>>): readonly InputFile[] {
  const inputs = Array.isArray(data['inputs']) ? (data['inputs'] as readonly Kept[]) : [];
  return inputs.map(({ role = 'file', name = 'without a name', table, document }) => ({
    role,
    name,
    artifact: table?.sha256 ?? document?.sha256 ?? null,
  }));
}

export const openingOf = (run: string): string => `sleeveRun-${run}@0`;

const part = encodeURIComponent;

function boundLine({ id, lower, upper, raw, bounded }: Contribution['bounds'][number]): LineageLine {
  const acts = Math.abs(raw - bounded) > 1e-12 ? ': a bound acts' : '';
  return { text: `${id} ${percent(raw)} before bounds of ${percent(lower)} to ${percent(upper)}, ${percent(bounded)} within${acts}` };
}

function selectionLine({ runId, letIn }: Contribution): LineageLine {
  if (letIn === undefined) return { text: 'The sleeve selects nothing: its whole universe takes part.' };
  const { direction, mode, place, won, candidates } = letIn;
  return {
    text: `${plain(direction)} by ${mode}: ${place} of ${won} winners among ${candidates} candidates`,
    href: `/selections/${part(runId)}`,
  };
}

function scanLines({ foundBy = [] }: Contribution): readonly LineageLine[] {
  if (foundBy.length === 0) return [{ text: 'No scan: the universe is written in the profile.' }];
  return foundBy.map(({ scanner, asOf, rank, selected, file }) => ({
    text: `${scanner}, ${asOf}: rank ${rank} of ${selected}`,
    // A scan that was exported to a file may never have been recorded here.
    ...(file === undefined ? { href: `/scans/${part(scanner)}?on=${asOf}` } : {}),
  }));
}

/** From an asset down one path: portfolio, sleeve run, selection, scan, input files. */
export function lineageOf(symbol: string, contribution: Contribution, files: readonly InputFile[] | null): readonly LineageStep[] {
  const { path, runId, sleeveWeight, assetWeight, amount, bounds } = contribution;
  const opened = { text: 'how the run was opened', href: `/ledger/${part(openingOf(runId))}` };
  return [
    { head: 'Asset', lines: [{ text: `${symbol}: ${percent(amount)} of the portfolio` }] },
    {
      head: 'Portfolio',
      lines: [{ text: `${path.join('/')}: ${percent(sleeveWeight)} of the portfolio` }, ...bounds.map(boundLine)],
    },
    {
      head: 'Sleeve run',
      lines: [{ text: runId, href: `/runs/${part(runId)}` }, { text: `${percent(assetWeight)} of the sleeve` }],
    },
    { head: 'Selection', lines: [selectionLine(contribution)] },
    { head: 'Scan', lines: scanLines(contribution) },
    {
      head: 'Input files',
      lines: [
        ...(files ?? []).map(({ role, name, artifact }) => ({
          text: `${plain(role)}: ${name}`,
          ...(artifact === null ? {} : { href: `/v1/artifacts/${artifact}` }),
        })),
        opened,
      ],
    },
  ];
}
