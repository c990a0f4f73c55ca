import { checkCheckpointName, checkpointConflict, checkpointText, parseCheckpoint } from '../../domain/shared/checkpoint-record.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { CheckpointRecord, Checkpoints } from '../../handlers/ports/ports.ts';

/** Checkpoints in memory, held as text so that nobody shares an object with the store. */
export class MemoryCheckpoints implements Checkpoints {
  readonly #records = new Map<string, { readonly text: string; readonly version: bigint }>();

  async read(name: string): Promise<CheckpointRecord | null> {
    checkCheckpointName(name);
    const record = this.#records.get(name);
    return record === undefined ? null : { value: parseCheckpoint(name, record.text), version: record.version };
  }

  async names(): Promise<readonly string[]> {
    return [...this.#records.keys()].toSorted(byCodeUnits);
  }

  async write(name: string, value: JsonObject, expected: 'none' | bigint): Promise<CheckpointRecord> {
    const text = checkpointText(name, value);
    const actual = this.#records.get(name)?.version ?? null;
    if (actual !== (expected === 'none' ? null : expected)) throw checkpointConflict(name, expected, actual);
    const version = actual === null ? 0n : actual + 1n;
    this.#records.set(name, { text, version });
    return { value: parseCheckpoint(name, text), version };
  }
}
