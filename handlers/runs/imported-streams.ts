import { tableAsSeries } from '../../domain/returns/dated-tables.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { ImportedStream } from '../../domain/tournament-run/imported.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts, Ports } from '../ports/ports.ts';
import { runEvents } from './load-sleeve-run.ts';

type NamedStream = Omit<ImportedStream, 'series'>;

/** Imported streams with the returns that they name. Errors: ArtifactMissing, ArtifactDamaged. */
export async function importedSeries(artifacts: Artifacts, named: readonly NamedStream[]): Promise<ImportedStream[]> {
  const streams: ImportedStream[] = [];
  for (const { runId, risk, returns } of named)
    streams.push({ runId, risk, returns, series: tableAsSeries(await loadTable(artifacts, returns)) });
  return streams;
}

/**
 * Every profile of a run that another program computed, whether it is eligible or not: it competes, and is allocated to by nobody.
 * Errors: RunUnknown; Usage for a run that was computed here; SleeveRunIneligible for one without a profile; CurrencyMixed for one in
 * another currency than the sleeve's.
 */
export async function importedStreams(
  ports: Pick<Ports, 'store' | 'artifacts'>,
  runIds: readonly string[],
  currency: string,
): Promise<ImportedStream[]> {
  const named: NamedStream[] = [];
  for (const runId of new Set(runIds)) {
    const events = await runEvents(ports, 'sleeveRun', runId);
    const [opened] = dataOf(events, 'SleeveRunOpened');
    const profiles = dataOf(events, 'SleeveProfileImported');
    if (opened === undefined) throw new LedgerError('ChainBroken', `run ${runId} begins with ${events[0]!.type}`);
    if (opened.source !== 'import' && opened.source !== 'message')
      throw new LedgerError(
        'Usage',
        `${runId} was computed here, and competes by its settings: --import-run names runs of other programs`,
        {
          at: { path: '--import-run' },
        },
      );
    if (profiles.length === 0)
      throw new LedgerError('SleeveRunIneligible', `no profile of ${runId} was taken over`, {
        at: { path: '--import-run' },
        evidence: { runId },
      });
    if (opened.currency !== currency)
      throw new LedgerError('CurrencyMixed', `${runId} counts in ${opened.currency}, the sleeve in ${currency}`, {
        evidence: { runId, currency: opened.currency, sleeve: currency },
        at: { path: '--import-run' },
      });
    named.push(...profiles.map(({ risk, outOfSample }) => ({ runId, risk, returns: outOfSample.returns })));
  }
  return importedSeries(ports.artifacts, named);
}
