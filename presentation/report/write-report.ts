import type { RunKind } from '../../domain/run/run-kind.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { ArchiveEntry } from '../../handlers/ports/ports.ts';
import { requestedRun, type RunQuestion } from '../../handlers/runs/run-of.ts';
import type { Charts } from '../ports/ports.ts';
import { type BacktestReport, backtestReport } from './backtest/model.ts';
import { presentBacktest } from './backtest/present.ts';
import { type CombinationReport, combinationReport } from './combination/model.ts';
import { presentCombination } from './combination/present.ts';
import { renderHtml } from './html.ts';
import type { ReportForm } from './report-forms.ts';
import { renderMarkdown } from './markdown.ts';
import type { ReportDocument } from './model/document.ts';
import { buildReport, type ReportModel } from './model/model.ts';
import { everyAsset, topAssetsMax } from './model/profile-model.ts';
import { present } from './present.ts';
import { loadReportSources } from './model/sources.ts';
import { type SleeveRunReport, sleeveRunReport } from './sleeve-run/model.ts';
import { presentSleeveRun } from './sleeve-run/present.ts';
import { type TournamentReport, tournamentReport } from './tournament/model.ts';
import { presentTournament } from './tournament/present.ts';

export interface WrittenFiles {
  readonly files: readonly { readonly file: string; readonly sha256: string; readonly bytes: number }[];
}

export interface WrittenReport extends WrittenFiles {
  readonly model: ReportModel | SleeveRunReport | BacktestReport | CombinationReport | TournamentReport;
}

export interface WrittenMetaReport extends WrittenFiles {
  readonly model: ReportModel;
}

const endings: Readonly<Record<ReportForm, string>> = { markdown: 'md', html: 'html', json: 'json' };

/** Where a report goes: a folder, or `-` for standard output; and in which forms, null for those that the place has by itself. */
export interface ReportPlace {
  readonly directory: string;
  readonly forms: readonly ReportForm[] | null;
}

const utf8 = new TextEncoder();

/** Which assets a report lists of each profile. */
export type Holdings = 'top' | 'all';

async function metaModel(
  session: Session,
  { runId, knownAt }: Pick<RunQuestion, 'runId' | 'knownAt'>,
  holdings: Holdings,
): Promise<ReportModel> {
  return buildReport(await loadReportSources(session, runId, knownAt), holdings === 'all' ? everyAsset : topAssetsMax);
}

async function rendered(charts: Charts, document: ReportDocument, form: ReportForm): Promise<Uint8Array> {
  if (form === 'json') return utf8.encode(`${JSON.stringify(document)}\n`);
  return utf8.encode(form === 'markdown' ? renderMarkdown(document) : await renderHtml(charts, document));
}

/** The report of a meta run as a bundle carries it, with every asset. Errors: as for `writeReport`. */
export function reportEntries(charts: Charts): (session: Session, runId: string) => Promise<readonly ArchiveEntry[]> {
  return async (session, runId) => {
    const document = present(await metaModel(session, { runId, knownAt: null }, 'all'));
    return [
      { path: 'report.md', bytes: await rendered(charts, document, 'markdown') },
      { path: 'report.html', bytes: await rendered(charts, document, 'html') },
    ];
  };
}

/** Every form is there before the first is written. */
async function written(
  charts: Charts,
  { ports: { files, crypto } }: Session,
  runId: string,
  { directory, forms }: ReportPlace,
  document: ReportDocument,
): Promise<WrittenFiles> {
  const isPoured = directory === '-';
  const targets: [string, Uint8Array][] = [];
  for (const form of forms ?? (isPoured ? ['markdown' as const] : ['markdown' as const, 'html' as const]))
    targets.push([isPoured ? '-' : `${directory}/${runId}.${endings[form]}`, await rendered(charts, document, form)]);
  if (!isPoured) await files.makeFolder(directory);
  const found = [];
  for (const [file, bytes] of targets) {
    await files.writeWhole(file, bytes);
    found.push({ file, sha256: toHex(crypto.sha256(bytes)), bytes: bytes.length });
  }
  return { files: found };
}

/** A run as a word names it: of the portfolio, unless a sleeve, a book or a kind is named. */
function namedRun(session: Session, question: RunQuestion): Promise<{ readonly runId: string; readonly kind: RunKind }> {
  const named =
    question.kind ?? ((question.book ?? null) !== null ? 'combination' : (question.sleeve ?? null) !== null ? 'sleeve' : 'meta');
  return requestedRun(session.ports, question, named);
}

/**
 * Writes `<runId>.md` and `<runId>.html` of a run of any kind, each whole or not at all, or the markdown alone to standard output (`-`),
 * unless other forms are asked for; a run under the same seal gives the same bytes.
 * Errors: RunUnknown, BacktestUnfinished, ArtifactMissing, ArtifactDamaged, StoreIo, StoreFull.
 */
export async function writeReport(
  charts: Charts,
  session: Session,
  question: RunQuestion,
  directory: string,
  holdings: Holdings = 'top',
  forms: ReportPlace['forms'] = null,
): Promise<WrittenReport> {
  const { runId, kind } = await namedRun(session, question);
  if (kind === 'meta') return writeMetaReport(charts, session, { ...question, runId }, directory, holdings, forms);
  const { model, document } = await otherReport(session, runId, kind);
  return { model, ...(await written(charts, session, runId, { directory, forms }, document)) };
}

interface OtherReport {
  readonly model: Exclude<WrittenReport['model'], ReportModel>;
  readonly document: ReportDocument;
}

async function otherReport(session: Session, runId: string, kind: Exclude<RunKind, 'meta'>): Promise<OtherReport> {
  switch (kind) {
    case 'sleeve': {
      const model = await sleeveRunReport(session, runId);
      return { model, document: presentSleeveRun(model) };
    }
    case 'backtest': {
      const model = await backtestReport(session, runId);
      return { model, document: presentBacktest(model) };
    }
    case 'combination': {
      const model = await combinationReport(session, runId);
      return { model, document: presentCombination(model) };
    }
    case 'tournament': {
      const model = await tournamentReport(session, runId);
      return { model, document: presentTournament(model) };
    }
  }
}

/** The same of a meta run, whose id is known. */
export async function writeMetaReport(
  charts: Charts,
  session: Session,
  question: Pick<RunQuestion, 'runId' | 'knownAt'>,
  directory: string,
  holdings: Holdings = 'top',
  forms: ReportPlace['forms'] = null,
): Promise<WrittenMetaReport> {
  const model = await metaModel(session, question, holdings);
  return { model, ...(await written(charts, session, question.runId, { directory, forms }, present(model))) };
}
