import type { ReturnSeries } from '../../../domain/returns/series.ts';
import { type RiskProfile, riskProfiles } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { ImportedStream } from '../../../domain/allocation/imported/profile.ts';
import type { ReturnsParsers } from '../../ports/ports.ts';
import type { NameMapping } from './return-file-names.ts';
import { returnFileName, type RunFile, shownPath } from './run-files.ts';

function sameSeries(left: ReturnSeries, right: ReturnSeries): boolean {
  return left.dates.length === right.dates.length && left.dates.every((date, row) => date === right.dates[row] && left.values[row] === right.values[row]);
}

/** Candidates with the same dates and returns stand together, in the order of their paths. */
function byContent(candidates: readonly ImportedStream[]): ImportedStream[][] {
  const groups: ImportedStream[][] = [];
  for (const candidate of candidates) {
    const group = groups.find((members) => sameSeries(members[0]!.series, candidate.series));
    if (group === undefined) groups.push([candidate]);
    else group.push(candidate);
  }
  return groups;
}

/** One stream out of several files that hold the same: the alias when there is one, with the engine and simulator that only one file names. */
function represent(group: readonly ImportedStream[]): ImportedStream {
  const named = group.filter(({ engine }) => engine !== null);
  const file = group.find(({ engine }) => engine === null) ?? group[0]!;
  const [maker] = named.length === 1 ? named : [];
  return { ...file, engine: maker?.engine ?? null, simulator: maker?.simulator ?? null };
}

function choose(risk: RiskProfile, candidates: readonly ImportedStream[], map: NameMapping, root: string): ImportedStream {
  const [first, ...others] = byContent(candidates);
  if (others.length === 0) return represent(first!);
  const asked = map.engine !== undefined || map.simulator !== undefined;
  const fitting = candidates.filter(
    ({ engine, simulator }) => asked && engine !== null && (map.engine === undefined || map.engine === engine) && (map.simulator === undefined || map.simulator === simulator),
  );
  const [only, ...more] = byContent(fitting);
  if (only !== undefined && more.length === 0) return represent(only);
  const flags = candidates.filter(({ engine }) => engine !== null).map(({ engine, simulator }) => `--map engine=${engine},simulator=${simulator}`);
  const files = candidates.map(({ path }) => shownPath(root, path));
  const advice = flags.length === 0 ? 'keep one of them' : `give ${flags.join(' or ')}`;
  throw new LedgerError('ReturnsNameAmbiguous', `${files.join(', ')} hold different returns for ${risk}: ${advice}`, {
    evidence: { risk, files, flags },
    at: { file: files[0]! },
  });
}

/**
 * The stream of each risk profile that the run directory has returns for. Files of several engines or simulators for one profile are one stream when they
 * hold the same returns; otherwise the mapping must single one out: none is picked silently, and the alias `<profile>`, which whoever finished first wrote, breaks no tie.
 * Errors: ReturnsNameAmbiguous with the flags to give, those of the parsers.
 */
export function importedStreams(files: readonly RunFile[], map: NameMapping, parsers: ReturnsParsers, root: string): ImportedStream[] {
  const candidates = files
    .filter(({ role }) => role === 'returns')
    .map(({ path, bytes }) => {
      const { profile, engine, simulator, format } = returnFileName(path, map, root);
      return { risk: profile as RiskProfile, path, engine, simulator, series: parsers[format](bytes, shownPath(root, path)) };
    });
  return riskProfiles.flatMap((risk) => {
    const ofRisk = candidates.filter((candidate) => candidate.risk === risk);
    return ofRisk.length === 0 ? [] : [choose(risk, ofRisk, map, root)];
  });
}
