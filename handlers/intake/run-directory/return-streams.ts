import { chosenStream } from '../../../domain/allocation/imported/stream-choice.ts';
import { commonRiskProfiles, type RiskProfile } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { ImportedStream } from '../../../domain/allocation/imported/profile.ts';
import { type CsvAsked, nothingAsked } from '../../../domain/shared/csv-reading.ts';
import type { ReadSeries, ReturnsParsers } from '../../ports/ports.ts';
import type { NameMapping } from './return-file-names.ts';
import { returnFileName, type RunFile, shownPath } from './run-files.ts';

/** Errors: ReturnsNameAmbiguous with the flags to give. */
function choose<Stream extends ImportedStream>(risk: RiskProfile, candidates: readonly Stream[], map: NameMapping, root: string): Stream {
  const chosen = chosenStream(candidates, map);
  if (chosen !== null) return chosen;
  const flags = candidates
    .filter(({ engine }) => engine !== null)
    .map(({ engine, simulator }) => `--map engine=${engine},simulator=${simulator}`);
  const files = candidates.map(({ path }) => shownPath(root, path));
  const advice = flags.length === 0 ? 'keep one of them' : `give ${flags.join(' or ')}`;
  throw new LedgerError('ReturnsNameAmbiguous', `${files.join(', ')} hold different returns for ${risk}: ${advice}`, {
    evidence: { risk, files, flags },
    at: { file: files[0]! },
  });
}

/**
 * The stream of each risk profile that the run directory has returns for. Files of several engines or simulators for one profile are one
 * stream when they hold the same returns; otherwise the mapping must single one out.
 * Errors: ReturnsNameAmbiguous with the flags to give, those of the parsers.
 */
export async function importedStreams(
  files: readonly RunFile[],
  { map, csv, root }: { readonly map: NameMapping; readonly csv: CsvAsked | null; readonly root: string },
  parsers: ReturnsParsers,
): Promise<(ImportedStream & { readonly series: ReadSeries })[]> {
  const candidates: (ImportedStream & { readonly series: ReadSeries })[] = [];
  for (const { path, role, bytes } of files) {
    if (role !== 'returns') continue;
    const { profile, engine, simulator, format } = returnFileName(path, map, root);
    const shown = shownPath(root, path);
    const series: ReadSeries =
      format === 'csv' ? await parsers.csv(bytes, shown, csv ?? nothingAsked) : await parsers[format](bytes, shown);
    candidates.push({ risk: profile, path, engine, simulator, series });
  }
  return commonRiskProfiles.flatMap((risk) => {
    const ofRisk = candidates.filter((candidate) => candidate.risk === risk);
    return ofRisk.length === 0 ? [] : [choose(risk, ofRisk, map, root)];
  });
}
