import type { ConfigLeaf } from '../../domain/scan/merge.ts';
import type { NotEvaluated, ScanVerdict } from '../../domain/scan/scan-result.ts';
import type { ScanAnswer } from '../../handlers/commands/record-scans.ts';
import type { ShownConfig } from '../../handlers/queries/scan-config.ts';
import type { FunnelAnswer } from '../../handlers/queries/scan-funnel.ts';
import { type Block, heading, lines, type Outcome, table } from './verb.ts';

const count = (value: number | null): string => (value === null ? '' : String(value));

/** What was not evaluated, one sentence each. */
function notEvaluatedLines({ filters, gates, conditions }: NotEvaluated): string[] {
  return [
    ...filters.map(({ index, filter, why }) => `! filter[${index}] on ${filter} was not evaluated: ${whyWords[why]}`),
    ...gates.map(({ gate, why }) => `! ${gate} was not evaluated: ${whyWords[why]}`),
    ...conditions.map(({ gate, column }) => `! ${gate} was evaluated without ${column}, which no row has`),
  ];
}

const whyWords = {
  absent: 'no row has a value in its column',
  category_text: 'categories are texts, and no ids',
  no_rows: 'there is no row',
} as const;

const verdictWords: Readonly<Record<ScanVerdict, string>> = {
  complete: 'complete',
  partial: 'partial: not everything could be evaluated or was returned',
  unknown: 'unknown: nothing was evaluated, and it gives no universe',
};

function leafRow({ pointer, value, origin, history }: ConfigLeaf): string[] {
  return [pointer, JSON.stringify(value), origin, history.length > 1 ? history.join(' -> ') : ''];
}

export function configOutcome(shown: ShownConfig): Outcome {
  const { scanner, files, leaves, notes, request, configHash, effective } = shown;
  return {
    result: { scanner: scanner.id, configHash, files, effective, leaves, notes, request },
    people: [
      heading(`${scanner.id}: ${files.length} files, base first: ${files.join(' -> ')}`),
      table(['leaf', 'value', 'of', 'written by'], leaves.map(leafRow)),
      lines('', `Configuration ${configHash}.`, 'The request:', JSON.stringify(request)),
    ],
    warnings: notes.map(({ note, said }) => `${note}: ${said}`),
  };
}

function scanRow({ name, already, result, scan }: ScanAnswer): string[] {
  const { funnel, verdict } = result;
  return [
    name,
    verdict,
    String(funnel.fetched),
    String(result.selected.length),
    already ? 'recorded before' : 'recorded',
    scan.selected.slice(0, 5).join(' '),
  ];
}

function scanWarnings({ name, scan }: ScanAnswer): string[] {
  const { verdict, notEvaluated, notReturned, partialResponse, ignoredFilters, source } = scan;
  const isSaved = source.kind === 'saved';
  return [
    ...(verdict === 'complete' ? [] : [`${name} is ${verdictWords[verdict]}`]),
    ...notEvaluatedLines(notEvaluated).map((line) => `${name}: ${line.slice(2)}`),
    ...(notReturned.length === 0 ? [] : [`${name}: not returned: ${notReturned.join(', ')}`]),
    ...(partialResponse === null || !isSaved ? [] : [`${name}: the response has ${partialResponse.rows} of ${partialResponse.total} rows`]),
    ...ignoredFilters.map(({ gate, rows }) => `${name}: server_ignored_filter: ${rows} rows contradict ${gate} of the request`),
  ];
}

/** Everything of a scan but the rows, which its export has. */
export function scansOutcome(answers: readonly ScanAnswer[]): Outcome {
  return {
    result: {
      scans: answers.map(({ name, number, already, file, scan }) => {
        const { response, config, rows, categoryMap, ...facts } = scan;
        const artifacts = { response: response.sha256, config: config.sha256, rows: rows.sha256, categoryMap: categoryMap?.sha256 ?? null };
        return { name, number, already, file, ...facts, artifacts };
      }),
    },
    people: [
      heading(`${answers.length} scans of ${answers[0]!.scan.asOf}`),
      table(['scan', 'verdict', 'fetched', 'selected', '', 'first'], answers.map(scanRow)),
      lines(
        '',
        'Rows are as they stood at their date: what was delisted before is not among them, and a backtest from before it looks ahead.',
        ...answers.flatMap(({ file }) => (file === null ? [] : [`Wrote ${file}.`])),
      ),
    ],
    warnings: answers.flatMap(scanWarnings),
  };
}

export function funnelOutcome({ name, recordedAt, scan, emptiedAt }: FunnelAnswer): Outcome {
  const { funnel, verdict, notEvaluated, notReturned, exchangeMismatch, number, asOf, selected, snapshot } = scan;
  const shown: Block[] = [
    heading(`${name}, scan ${number}: ${verdictWords[verdict]}`),
    table(
      ['stage', 'gate', 'column', 'in', 'rejected', 'out', 'state', 'fail it', 'fail it alone'],
      funnel.stages.map((stage) => [
        stage.stage,
        stage.gate,
        stage.column ?? '',
        String(stage.in),
        String(stage.rejected),
        String(stage.out),
        (stage.state ?? '').replace('_', ' '),
        count(stage.alone),
        count(stage.only),
      ]),
    ),
    lines(
      '',
      `${funnel.fetched} rows fetched, ${funnel.included} added by choice, ${funnel.selected} selected.`,
      ...notEvaluatedLines(notEvaluated),
      ...(notReturned.length === 0 ? [] : [`! not returned: ${notReturned.join(', ')}`]),
      ...(emptiedAt === null ? [] : [`! ${emptiedAt.gate} took the last ${emptiedAt.in} rows`]),
    ),
  ];
  return {
    result: { name, number, asOf, recordedAt, snapshot, verdict, funnel, notEvaluated, notReturned, exchangeMismatch, emptiedAt, selected },
    people: shown,
  };
}
