import { admitAsOf, latestDateAt } from '../../domain/returns/future-dates.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { type ExportStamp, exportText } from '../../domain/scan/export.ts';
import { allScanners, type LoadedScanner, namedScanners } from '../../domain/scan/scanner-set.ts';
import { type ScanFacts, scanFacts } from '../../domain/scan-record/facts.ts';
import { scanStream } from '../../domain/scan-record/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { liveResponse } from '../scans/live-scan.ts';
import { recordedScanIn, scanName } from '../scans/recorded-scan.ts';
import { categoryMapIn, savedResponse, type SavedResponse } from '../scans/scan-inputs.ts';
import type { Tools } from '../runtime/opening.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { baseName } from '../runs/base-name.ts';

/** Rows that were saved, in one file for all or in a folder with `<id>.json` for each, or rows of a server. */
export type ScanSourceAsked =
  | ({ readonly kind: 'saved' } & SavedResponse)
  | { readonly kind: 'live'; readonly url: string; readonly timeoutSeconds: number; readonly droppedColumns: readonly string[] };

export interface RecordScans {
  /** Folder of scanners. */
  readonly scanners: string;
  /** Ids, names or paths; all of the folder where left out. */
  readonly names: readonly string[] | 'all';
  /** Market time of the rows: the date of their last bar. */
  readonly asOf: string;
  readonly source: ScanSourceAsked;
  readonly categoryMapFile: string | null;
  /** Folder for exports; null for none. */
  readonly output: string | null;
}

export interface ScanAnswer extends Pick<ScanFacts, 'scanner' | 'result' | 'scan'> {
  /** `<id>@<as-of>` */
  readonly name: string;
  readonly number: number;
  readonly already: boolean;
  readonly file: string | null;
}

async function responseFor(tools: Tools, asked: RecordScans, one: LoadedScanner, all: readonly LoadedScanner[], signal: AbortSignal) {
  const { source } = asked;
  if (source.kind === 'live') {
    const { url, timeoutSeconds, droppedColumns } = source;
    const askedBy = (column: string): string[] =>
      all.filter(({ scanner }) => scanner.columns.includes(column)).map(({ scanner }) => scanner.id);
    return {
      ...(await liveResponse(tools.scanServer, one.scanner, { url, timeoutSeconds, droppedColumns, askedBy }, signal)),
      droppedColumns,
    };
  }
  const isFile = source.file.endsWith('.json');
  const file = isFile ? source.file : `${source.file}/${one.scanner.id}.json`;
  const response = await savedResponse(tools.files, { ...source, file }, [one.scanner]);
  return { response, source: { kind: 'saved', file: baseName(file) } as const, droppedColumns: [] };
}

async function recorded(session: Session, { scan, staged }: ScanFacts): Promise<{ readonly already: boolean }> {
  await session.ports.artifacts.putAll(staged.contents());
  const { appended } = await streams.scan.handle(session, scan.scanner, { kind: 'RecordScan', scan });
  return { already: appended.length === 0 };
}

/**
 * Judges a response by each scanner, and records what came of it. Every scan is computed before the first is recorded: a bad file leaves
 * nothing half-written. The same response under the same configuration is one scan. Errors: those of reading scanners and responses, of the
 * server, and DateInFuture.
 */
export async function recordScans(
  tools: Tools,
  writing: () => Promise<Session>,
  asked: RecordScans,
  signal: AbortSignal,
): Promise<readonly ScanAnswer[]> {
  admitAsOf(asked.asOf, latestDateAt(tools.clock.now()));
  const files = await tools.scannerFiles.readScanners(asked.scanners);
  const loaded = asked.names === 'all' ? allScanners(files) : namedScanners(files, asked.names);
  if (loaded.length === 0) throw new LedgerError('ScannerUnknown', `no scanner in ${asked.scanners}`, { at: { file: asked.scanners } });
  const categoryMap = await categoryMapIn(tools.files, asked.categoryMapFile);
  const computed: ScanFacts[] = [];
  for (const one of loaded) {
    await throwIfInterrupted(signal, `interrupted after ${computed.length} of ${loaded.length} scans; nothing is recorded`);
    const given = await responseFor(tools, asked, one, loaded, signal);
    computed.push(scanFacts({ config: one.config, categoryMap, asOf: asked.asOf, ...given }, rulesInForce, tools.crypto.sha256));
  }
  const session = await writing();
  const answers: ScanAnswer[] = [];
  for (const facts of computed) {
    const { already } = await recorded(session, facts);
    const stored = await recordedScanIn(
      session.ports,
      scanStream.name(facts.scan.scanner),
      ({ snapshot }) => snapshot === facts.scan.snapshot,
    );
    const name = scanName(facts.scan);
    const stamp: ExportStamp = { runId: name, generatedAt: stored.recordedAt, asOf: asked.asOf, configSource: stored.configEntry };
    const file = asked.output === null ? null : await exported(tools, asked.output, facts, stamp);
    const { scanner, result, scan } = facts;
    answers.push({ name, number: stored.fact.number, already, file, scanner, result, scan });
  }
  return answers;
}

async function exported(tools: Tools, folder: string, { scanner, result }: ScanFacts, stamp: ExportStamp): Promise<string> {
  await tools.files.makeFolder(folder);
  const file = `${folder}/${scanner.id}.json`;
  await tools.files.writeWhole(file, exportText(scanner, result, stamp));
  return file;
}
