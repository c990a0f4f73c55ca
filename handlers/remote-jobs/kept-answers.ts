import type { Answer } from '../../domain/jobs/answers.ts';
import type { Recipe } from '../../domain/jobs/recipe.ts';
import { checkpointPrefixes } from '../../domain/shared/checkpoint-record.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { CheckpointRecord, Ports } from '../ports/ports.ts';

export interface AnswerInStore {
  /** Among the artifacts of the ledger. */
  readonly address: string;
  readonly answer: Answer;
}

/**
 * Answers of jobs in the store that the machines share: an artifact each, and a checkpoint that says which answer a job has. Checkpoints
 * are no part of the ledger. Where one is lost, or its answer is damaged, the job is computed again.
 */
export class KeptAnswers {
  readonly #ports: Pick<Ports, 'artifacts' | 'checkpoints' | 'answerFormat' | 'log'>;

  constructor(ports: Pick<Ports, 'artifacts' | 'checkpoints' | 'answerFormat' | 'log'>) {
    this.#ports = ports;
  }

  /** What the store has for a job; null where it has nothing that is whole. */
  async find(key: string): Promise<AnswerInStore | null> {
    return this.#named(key, await this.#ports.checkpoints.read(nameOf(key)));
  }

  /** Errors: ArtifactMissing; ArtifactDamaged when it is no answer of this job. */
  async read(key: string, address: string): Promise<Answer> {
    const { artifacts, answerFormat } = this.#ports;
    const found = answerFormat.read(await artifacts.get(address), key);
    if (found.kind === 'answer') return found.answer as Answer;
    const why = found.kind === 'damaged' ? found.why : `it was not written by ${answerFormat.codec}`;
    throw new LedgerError('ArtifactDamaged', `the answer ${address} cannot be read: ${why}`, { evidence: { sha256: address, key } });
  }

  /** Bytes of an answer in the store; nobody finds it there without its address. */
  async put(key: string, recipe: Recipe, answer: Answer): Promise<string> {
    const { artifacts, answerFormat } = this.#ports;
    return (await artifacts.put(answerFormat.bytesOf(key, recipe, answer))).sha256;
  }

  /** Keeps the answer of a job; where there is one already, the first counts. Returns the address of the one that counts. */
  async keep(key: string, recipe: Recipe, answer: Answer): Promise<string> {
    const { checkpoints } = this.#ports;
    const address = await this.put(key, recipe, answer);
    for (;;) {
      const before = await checkpoints.read(nameOf(key));
      const first = await this.#named(key, before);
      if (first !== null) return first.address;
      try {
        await checkpoints.write(nameOf(key), { answer: address }, before === null ? 'none' : before.version);
        return address;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  async #named(key: string, record: CheckpointRecord | null): Promise<AnswerInStore | null> {
    const address = record?.value['answer'];
    if (typeof address !== 'string') return null;
    try {
      return { address, answer: await this.read(key, address) };
    } catch (error) {
      if (!(error instanceof LedgerError) || !/^Artifact(?:Missing|Damaged)$/.test(error.code)) throw error;
      this.#ports.log.warn({ key, why: error.message }, 'a kept answer is damaged and is computed again');
      return null;
    }
  }
}

function nameOf(key: string): string {
  return `${checkpointPrefixes.keptAnswer}${key}`;
}
