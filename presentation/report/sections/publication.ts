import { cell, code, columns, facts, paragraph, type Section, table } from '../model/document.ts';
import type { ReportModel } from '../model/model.ts';
import { policySentences, recordSentences } from '../model/publication-words.ts';

/** What became of the run: published or not, on whose word, under which policy, and what stood before. */
export function publicationSection({ publication }: ReportModel): Section {
  const [id, title] = ['publication', 'Publication'];
  if (publication === null)
    return {
      id,
      title,
      blocks: [paragraph('Nothing was decided about this run: it was computed and recorded, and not proposed.', 'muted')],
    };
  const inputs = publication.published?.inputs ?? [];
  return {
    id,
    title,
    blocks: [
      facts(...recordSentences(publication).map(([name, sentence]) => [name, cell(sentence)] as const)),
      ...(publication.policy === null
        ? []
        : [
            table(
              'Publication policy in force',
              columns('setting', 'value'),
              policySentences(publication).map(([name, value]) => [code(name), cell(value)]),
            ),
          ]),
      ...(inputs.length === 0
        ? []
        : [
            table(
              'Sleeve runs that the publication rests on',
              columns('sleeve', 'run', 'as of', 'correction#'),
              inputs.map(({ path, runId, asOf, correction }) => [
                cell(path.join(' / ')),
                code(runId),
                cell(asOf),
                cell(String(correction)),
              ]),
            ),
          ]),
    ],
  };
}
