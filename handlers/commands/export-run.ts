import type { DomainEvent } from '../../domain/catalogue.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { byDate } from '../../domain/shared/table-formats.ts';
import { exportAudit } from '../audit/export.ts';
import { signingOfExports } from '../audit/export-signer.ts';
import { runWithItsSources } from '../audit/selection.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { metaRunFacts } from '../runs/meta-run-facts.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';
import { metaRunEventsIn } from '../../domain/meta-run/slice.ts';
import type { TreeEntry } from '../run-tree/entries.ts';
import { metaTree, sleeveFolder } from '../run-tree/meta-tree.ts';
import { sleeveTree } from '../run-tree/sleeve-tree.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';

export interface ExportRun extends RunQuestion {
  /** A folder that is not there yet. */
  readonly directory: string;
}

export interface ExportedRun {
  readonly runId: string;
  readonly kind: 'sleeve' | 'meta';
  readonly directory: string;
  /** In the order of their paths, without the log. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

const script = 'examples/run_to_pickles.py';
const utf8 = new TextEncoder();

/** A tree below a folder of the one that is written. */
function below(folder: string, entries: readonly TreeEntry[]): TreeEntry[] {
  return entries.map((entry) => ({ ...entry, path: `${folder}/${entry.path}` }));
}

async function metaEntries(ports: Ports, events: readonly DomainEvent[]): Promise<TreeEntry[]> {
  const facts = await metaRunFacts(ports, metaRunEventsIn(events));
  const entries = await metaTree(ports.artifacts, facts);
  for (const { path, runId } of facts.opened.consumed)
    entries.push(...below(sleeveFolder(path), await sleeveTree(ports.artifacts, await runEvents(ports, 'sleeveRun', runId))));
  return entries;
}

/** Writes one file; numbers of JSON are those of canonical JSON, which reads back bit for bit. */
async function write({ files, tables, crypto }: Ports, folder: string, entry: TreeEntry): Promise<string> {
  const file = `${folder}/${entry.path}`;
  await files.makeFolder(file.slice(0, file.lastIndexOf('/')));
  if ('table' in entry) {
    const { dates, columns, values } = entry.table;
    return (
      await tables.writeTable(
        file,
        byDate(dates),
        columns.map((name, at) => ({ name, values: values[at]! })),
      )
    ).sha256;
  }
  const bytes = 'bytes' in entry ? entry.bytes : utf8.encode(`${canonicalJson(entry.json)}\n`);
  await files.writeWhole(file, bytes);
  return toHex(crypto.sha256(bytes));
}

/**
 * Writes a run as a directory of the Python system: settings, returns and positions of each profile, cluster trees, the ledger's own log,
 * and a script that turns the tables into pickles. Whole or not at all. `sleeve import` reads it. Errors: RunUnknown, Usage for a
 * backtest, a combination or a tournament, OutputExists, ArtifactMissing, ArtifactDamaged and those of `auditLines`.
 */
export async function exportRun(session: Session, settings: Settings, { directory, ...question }: ExportRun): Promise<ExportedRun> {
  const { ports } = session;
  const { runId, kind } = await requestedRun(ports, { ...question, certain: true });
  if (kind !== 'sleeve' && kind !== 'meta')
    throw new LedgerError('Usage', `${runId} is a ${kind}, which is no run directory: \`export series\` writes its numbers`, {
      at: { path: runId },
    });
  const events = await runEvents(ports, kind === 'sleeve' ? 'sleeveRun' : 'metaRun', runId);
  const entries = kind === 'sleeve' ? await sleeveTree(ports.artifacts, events) : await metaEntries(ports, events);
  entries.push({ path: script.slice(script.lastIndexOf('/') + 1), bytes: await ports.packageFiles.read(script) });
  // A run that was imported brings the log of its own system, and this ledger's stands beside it.
  const log = entries.some(({ path }) => path === 'audit.jsonl') ? 'ledger.audit.jsonl' : 'audit.jsonl';
  const selected = await runWithItsSources(session, runId, question.knownAt);
  const { signer } = await signingOfExports(ports, settings);
  const declaring = { origin: session.ledger.origin, signer, positions: false, filesOf: null };
  const written: { path: string; sha256: string }[] = [];
  await ports.files.writeFolder(directory, async (folder) => {
    for (const entry of entries) written.push({ path: entry.path, sha256: await write(ports, folder, entry) });
    await exportAudit(ports, { ...selected, knownAt: question.knownAt, seal: 'newest', ...declaring }, `${folder}/${log}`);
  });
  return { runId, kind, directory, files: written.toSorted((left, right) => (left.path < right.path ? -1 : 1)) };
}
