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

interface Rendered {
  readonly markdown: Uint8Array;
  readonly html: Uint8Array;
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

async function rendered(charts: Charts, document: ReportDocument): Promise<Rendered> {
  return { markdown: utf8.encode(renderMarkdown(document)), html: utf8.encode(await renderHtml(charts, document)) };
}

/** The report of a meta run as a bundle carries it, with every asset. Errors: as for `writeReport`. */
export function reportEntries(charts: Charts): (session: Session, runId: string) => Promise<readonly ArchiveEntry[]> {
  return async (session, runId) => {
    const { markdown, html } = await rendered(charts, present(await metaModel(session, { runId, knownAt: null }, 'all')));
    return [
      { path: 'report.md', bytes: markdown },
      { path: 'report.html', bytes: html },
    ];
  };
}

async function written({ ports }: Session, runId: string, directory: string, { markdown, html }: Rendered): Promise<WrittenFiles> {
  const { files, crypto } = ports;
  const targets: [string, Uint8Array][] =
    directory === '-'
      ? [['-', markdown]]
      : [
          [`${directory}/${runId}.md`, markdown],
          [`${directory}/${runId}.html`, html],
        ];
  if (directory !== '-') await files.makeFolder(directory);
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

/** The report of a run of any kind as what the page draws. Errors: as for `writeReport`, but for those of writing. */
export async function reportDocument(session: Session, question: RunQuestion, holdings: Holdings = 'top'): Promise<ReportDocument> {
  const { runId, kind } = await namedRun(session, question);
  if (kind === 'meta') return present(await metaModel(session, { ...question, runId }, holdings));
  return (await otherReport(session, runId, kind)).document;
}

/**
 * Writes `<runId>.md` and `<runId>.html` of a run of any kind, each whole or not at all, or the markdown alone to standard output (`-`); a
 * run under the same seal gives the same bytes.
 * Errors: RunUnknown, BacktestUnfinished, ArtifactMissing, ArtifactDamaged, StoreIo, StoreFull.
 */
export async function writeReport(
  charts: Charts,
  session: Session,
  question: RunQuestion,
  directory: string,
  holdings: Holdings = 'top',
): Promise<WrittenReport> {
  const { runId, kind } = await namedRun(session, question);
  if (kind === 'meta') return writeMetaReport(charts, session, { ...question, runId }, directory, holdings);
  const { model, document } = await otherReport(session, runId, kind);
  return { model, ...(await written(session, runId, directory, await rendered(charts, document))) };
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
): Promise<WrittenMetaReport> {
  const model = await metaModel(session, question, holdings);
  return { model, ...(await written(session, question.runId, directory, await rendered(charts, present(model)))) };
}
