import { toHex } from '../../domain/shared/hashing.ts';
import type { Session } from '../session.ts';
import { renderHtml } from '../report/html.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { buildReport, type ReportModel } from '../report/model.ts';
import { present } from '../report/present.ts';
import { loadReportSources } from '../report/sources.ts';
import { askedRun, type RunQuestion } from '../queries/run-of.ts';

export interface WrittenReport {
  readonly model: ReportModel;
  readonly files: readonly { readonly file: string; readonly sha256: string; readonly bytes: number }[];
}

/**
 * Writes `<runId>.md` and `<runId>.html` of a meta run, each whole or not at all; a run under the same seal gives the same bytes.
 * Errors: RunUnknown, Usage for a sleeve run, ArtifactMissing, ArtifactDamaged, StoreIo, StoreFull.
 */
export async function writeReport(session: Session, question: RunQuestion, directory: string): Promise<WrittenReport> {
  const { runId } = await askedRun(session.ports, question);
  const { files, charts, crypto } = session.ports;
  const model = buildReport(await loadReportSources(session, runId));
  const document = present(model);
  const contents = [
    { file: `${directory}/${runId}.md`, text: renderMarkdown(document) },
    { file: `${directory}/${runId}.html`, text: await renderHtml(charts, document) },
  ];
  await files.makeFolder(directory);
  const written = [];
  for (const { file, text } of contents) {
    const bytes = new TextEncoder().encode(text);
    await files.writeWhole(file, bytes);
    written.push({ file, sha256: toHex(crypto.sha256(bytes)), bytes: bytes.length });
  }
  return { model, files: written };
}
