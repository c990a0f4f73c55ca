import type { EventData } from '../../domain/catalogue.ts';
import { statedLeaves } from '../../domain/manifest/recorded-settings.ts';
import { temporalIdPath } from '../../domain/parity/policy.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EligibilityEvidence, EligibilityFinding } from '../../domain/run/grade.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import { tableAsSeries } from '../../domain/returns/dated-tables.ts';
import { derivedUuid } from '../../domain/run/derived-uuid.ts';
import type { MessageToSend, Ports } from '../ports/ports.ts';
import { missingRun } from '../runs/missing-run.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { writeCloudEvent } from './cloud-event.ts';
import { sleeveResultType, sourceOfLedger } from './event-types.ts';
import { readSleeveResult } from './result-rules.ts';
import type { ResultProfile, SleeveResult } from './sleeve-result.ts';

/** The settings of a run: of an import or a message as they were written, of a run of this program with every layer applied. */
async function settingsOf(
  ports: Pick<Ports, 'artifacts'>,
  { source, definition }: SleeveRunOpened,
): Promise<Pick<SleeveResult, 'definition' | 'selectionMode'>> {
  if (source === 'production') {
    const resolved = await loadDocument(ports.artifacts, 'resolved-profile', definition);
    return { definition: statedLeaves(resolved), selectionMode: resolved.selectionMode.value };
  }
  const written =
    source === 'import'
      ? { ...(await loadDocument(ports.artifacts, 'imported-definition', definition)), selectionMode: null }
      : await loadDocument(ports.artifacts, 'told-definition', definition);
  // The receiver derives the temporal id from its parts.
  const leaves = Object.entries(written.leaves).filter(([path]) => path !== temporalIdPath);
  return { definition: Object.fromEntries(leaves), selectionMode: written.selectionMode };
}

function evidenceOf({ evidence }: EligibilityFinding, check: string): EligibilityEvidence {
  const found = evidence.find((item) => item.check === check);
  invariant(found !== undefined, 'a grade rests on every check', { check });
  return { ...found, detail: found.detail.slice(0, 2_000).toWellFormed() };
}

type Delivered = EventData<'SleeveProfileSolved'> | EventData<'SleeveProfileImported'>;

async function profileOf(
  ports: Pick<Ports, 'artifacts'>,
  { risk, weights, outOfSample }: Delivered,
  inline: boolean,
): Promise<ResultProfile> {
  const { sha256, rows } = outOfSample.returns;
  if (!inline) return { risk, weights, returns: { sha256, rows, first: outOfSample.first, last: outOfSample.last } };
  const { dates, values } = tableAsSeries(await loadTable(ports.artifacts, outOfSample.returns));
  return { risk, weights, returns: { dates: [...dates], values: [...values] } };
}

export type ReturnsAs = 'inline' | 'reference' | 'whichever fits';

export interface ProducedResult {
  readonly result: SleeveResult;
  readonly message: MessageToSend;
  readonly eventId: string;
  readonly returnsAs: 'inline' | 'reference';
}

interface Parts {
  readonly opened: SleeveRunOpened;
  readonly finding: EligibilityFinding;
  readonly grade: 'CERTIFIED' | 'DEGRADED';
  readonly delivered: readonly Delivered[];
  readonly recordedAt: string;
  /** Of the last event of the run. */
  readonly hash: string;
}

/** Errors: RunUnknown, Usage for a run of another kind, SleeveRunIneligible. */
async function partsOf({ store }: Pick<Ports, 'store'>, runId: string): Promise<Parts> {
  const stored = await readWholeStream(store, sleeveRunStream.name(runId));
  const events = toDomainEvents(stored);
  const [opened] = events;
  const last = events.at(-1);
  if (opened === undefined || last === undefined) throw await missingRun(store, 'sleeve', runId);
  if (opened.type !== 'SleeveRunOpened') throw new LedgerError('ChainBroken', `run ${runId} begins with ${opened.type}`);
  if (last.type !== 'SleeveRunCertified' && last.type !== 'SleeveRunDegraded')
    throw new LedgerError('SleeveRunIneligible', `run ${runId} is not eligible: it is not sent`, { evidence: { runId } });
  const delivered = events.flatMap((event) =>
    event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported' ? [event.data] : [],
  );
  const grade = last.type === 'SleeveRunCertified' ? 'CERTIFIED' : 'DEGRADED';
  return { opened: opened.data, finding: last.data, grade, delivered, recordedAt: last.envelope.recordedAt, hash: stored.at(-1)!.hash };
}

async function resultFrom({ ports, ledger }: Session, runId: string, parts: Parts, inline: boolean): Promise<SleeveResult> {
  const { opened, finding, grade, delivered, hash } = parts;
  const { sleeve, profile, asOf, correction, currency, currencyTreatment } = opened;
  const integrity = evidenceOf(finding, 'integrity');
  const signTest = evidenceOf(finding, 'sign_test');
  return readSleeveResult({
    sleeve,
    profile,
    asOf,
    correction,
    currency,
    currencyTreatment,
    ...(await settingsOf(ports, opened)),
    integrity: { status: integrity.status, detail: integrity.detail },
    signTest: { status: signTest.status, detail: signTest.detail },
    // Without the version of the build: the same run sent by a later one is the same result.
    origin: { system: 'sleeve-ledger', runId, ledgerId: ledger.ledgerId, runHash: hash, eligibility: grade },
    profiles: await Promise.all(delivered.map((item) => profileOf(ports, item, inline))),
  });
}

/**
 * A recorded sleeve run as the message that another ledger takes in. By reference, the receiver must hold the same artifacts.
 * Errors: RunUnknown, SleeveRunIneligible, LimitExceeded, MessageInvalid for what no message can carry, ArtifactMissing, ArtifactDamaged.
 */
export async function resultOfRun(session: Session, runId: string, returnsAs: ReturnsAs): Promise<ProducedResult> {
  const { ports, ledger } = session;
  const parts = await partsOf(ports, runId);
  const cells = parts.delivered.reduce((sum, { outOfSample }) => sum + outOfSample.rows, 0);
  const inline = returnsAs === 'inline' || (returnsAs === 'whichever fits' && cells <= limits.messageReturnCellsMax);
  const result = await resultFrom(session, runId, parts, inline);
  const eventId = derivedUuid(ports.ids.uuidV5, [ledger.ledgerId, 'sleeve result', runId, inline ? 'inline' : 'reference']);
  const message = writeCloudEvent(
    { id: eventId, type: sleeveResultType, source: sourceOfLedger(ledger.ledgerId), time: parts.recordedAt, subject: result.sleeve },
    result,
    result.sleeve,
  );
  const bytes = message.value.length;
  if (bytes <= limits.messageBytesMax) return { result, message, eventId, returnsAs: inline ? 'inline' : 'reference' };
  if (inline && returnsAs === 'whichever fits') return resultOfRun(session, runId, 'reference');
  throw new LedgerError('LimitExceeded', `the message would have ${bytes} bytes, at most ${limits.messageBytesMax} are taken`, {
    evidence: { bytes, messageBytesMax: limits.messageBytesMax },
  });
}
