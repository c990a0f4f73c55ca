import { toHex } from '../../domain/shared/hashing.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { ArchiveEntry } from '../../handlers/ports/ports.ts';
import { requestedRun, type RunQuestion } from '../../handlers/runs/run-of.ts';
import type { Charts } from '../ports/ports.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { buildReport, type ReportModel } from './model/model.ts';
import { everyAsset, topAssetsMax } from './model/profile-model.ts';
import { present } from './present.ts';
import { loadReportSources } from './model/sources.ts';

export interface WrittenReport {
  readonly model: ReportModel;
  readonly files: readonly { readonly file: string; readonly sha256: string; readonly bytes: number }[];
}

interface RenderedReport {
  readonly model: ReportModel;
  readonly markdown: Uint8Array;
  readonly html: Uint8Array;
}

const utf8 = new TextEncoder();

/** Which assets a report lists of each profile. */
export type Holdings = 'top' | 'all';

async function rendered(
  charts: Charts,
  session: Session,
  { runId, knownAt }: Pick<RunQuestion, 'runId' | 'knownAt'>,
  holdings: Holdings,
): Promise<RenderedReport> {
  const model = buildReport(await loadReportSources(session, runId, knownAt), holdings === 'all' ? everyAsset : topAssetsMax);
  const document = present(model);
  return { model, markdown: utf8.encode(renderMarkdown(document)), html: utf8.encode(await renderHtml(charts, document)) };
}

/** The report of a meta run as a bundle carries it, with every asset. Errors: as for `writeReport`. */
export function reportEntries(charts: Charts): (session: Session, runId: string) => Promise<readonly ArchiveEntry[]> {
  return async (session, runId) => {
    const { markdown, html } = await rendered(charts, session, { runId, knownAt: null }, 'all');
    return [
      { path: 'report.md', bytes: markdown },
      { path: 'report.html', bytes: html },
    ];
  };
}

/**
 * Writes `<runId>.md` and `<runId>.html` of a meta run, each whole or not at all, or the markdown alone to standard output (`-`); a run
 * under the same seal gives the same bytes.
 * Errors: RunUnknown, Usage for a sleeve run, ArtifactMissing, ArtifactDamaged, StoreIo, StoreFull.
 */
export async function writeReport(
  charts: Charts,
  session: Session,
  question: RunQuestion,
  directory: string,
  holdings: Holdings = 'top',
): Promise<WrittenReport> {
  const { runId } = await requestedRun(session.ports, question, 'meta');
  const { files, crypto } = session.ports;
  const { model, markdown, html } = await rendered(charts, session, { runId, knownAt: question.knownAt }, holdings);
  const targets: [string, Uint8Array][] =
    directory === '-'
      ? [['-', markdown]]
      : [
          [`${directory}/${runId}.md`, markdown],
          [`${directory}/${runId}.html`, html],
        ];
  if (directory !== '-') await files.makeFolder(directory);
  const written = [];
  for (const [file, bytes] of targets) {
    await files.writeWhole(file, bytes);
    written.push({ file, sha256: toHex(crypto.sha256(bytes)), bytes: bytes.length });
  }
  return { model, files: written };
}
