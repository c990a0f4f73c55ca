import type { DocumentContent } from '../../domain/documents/documents.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { DeliveredRun } from '../../domain/run/delivered-run.ts';
import { loadSleeveRun } from './load-sleeve-run.ts';
import { SharedDates } from './shared-dates.ts';
import type { RecentRecords, RunReader } from '../runtime/recent-records.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';

class BoundedCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  async get(key: string, load: () => Promise<Value>): Promise<Value> {
    const value = this.#entries.get(key) ?? (await load());
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#entriesMax) this.#entries.delete(this.#entries.keys().next().value!);
    return value;
  }
}

/** What was recorded once never changes: a process that works for long keeps the runs and definitions that it read last. */
export class RecordedInputs {
  readonly #reader: RunReader;
  readonly #runs = new BoundedCache<DeliveredRun>(2_000);
  readonly #definitions = new BoundedCache<MetaNode>(2_000);
  readonly #dates = new SharedDates();

  /** `recent`: what the process has recorded itself. */
  constructor(ports: RunReader, recent?: RecentRecords) {
    this.#reader = recent?.reading(ports) ?? ports;
  }

  /** With the streams of these profiles. */
  sleeveRun(runId: string, risks: readonly RiskProfile[]): Promise<DeliveredRun> {
    return this.#runs.get(`${runId}/${risks.join(',')}`, async () => {
      // A store in a file answers at once: a portfolio of many sleeves would be read in one go, and nobody else served meanwhile.
      await yieldToEventLoop('reaction');
      return this.#dates.of(await loadSleeveRun(this.#reader, runId, risks));
    });
  }

  /** What a publication holds. */
  flattened(reference: DocumentReference): Promise<DocumentContent<'flattened-portfolio'>> {
    return loadDocument(this.#reader.artifacts, 'flattened-portfolio', reference);
  }

  definition(reference: DocumentReference): Promise<MetaNode> {
    return this.#definitions.get(reference.sha256, async () => {
      await yieldToEventLoop('reaction');
      return loadDocument(this.#reader.artifacts, 'meta-portfolio', reference);
    });
  }
}
