import {
  type AddCheckpoint,
  type Judgement,
  judgeAddCheckpoint,
  type KnownLogs,
  parseAddCheckpoint,
} from '../../domain/audit/add-checkpoint.ts';
import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { cosignatureLine } from '../../domain/audit/cosignature.ts';
import { parseNote } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { WitnessMemory } from '../ports/witness.ts';
import type { WitnessKey } from './witness-key.ts';

/** What a witness answers to `add-checkpoint`. */
export type Witnessed =
  | { readonly kind: 'cosigned'; readonly lines: string }
  | { readonly kind: 'malformed'; readonly why: string }
  | Exclude<Judgement, { kind: 'grown' }>;

export interface Witnessing {
  /** Cosigns what has grown, once it is kept. Errors: StoreBusy, StoreFull, StoreIo. */
  addCheckpoint(body: string): Witnessed;
  /** What was cosigned last for an origin, with its cosignature. */
  lastCosigned(origin: string): string | null;
  readonly cosigned: () => number;
}

type Tools = Pick<Ports, 'crypto' | 'clock' | 'log'>;

function parsed(body: string): AddCheckpoint | string {
  try {
    const request = parseAddCheckpoint(body);
    readUnverifiedCheckpoint(request.note);
    return request;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return error.message;
  }
}

/** A signed claim that contradicts what was cosigned: with it, it convicts the log. */
const isEvidence = ({ kind }: Witnessed): boolean => kind === 'split view' || kind === 'inconsistent';

/** A witness at work. Looking, deciding and keeping are one transaction of its memory, and nothing is signed before it is kept. */
export function createWitnessing(tools: Tools, memory: WitnessMemory, { key, sign }: WitnessKey, logs: KnownLogs): Witnessing {
  const { crypto, clock, log } = tools;
  let cosigned = 0;
  const judge = (request: AddCheckpoint, last: string | null): { readonly note: string | null; readonly result: Witnessed } => {
    const judgement = judgeAddCheckpoint(crypto, logs, request, () => (last === null ? null : readUnverifiedCheckpoint(last)));
    if (judgement.kind !== 'grown') return { note: null, result: judgement };
    const now = Math.floor(Date.parse(clock.now()) / 1000);
    const lines = cosignatureLine(parseNote(request.note).text, key, now, sign);
    return { note: request.note + lines, result: { kind: 'cosigned', lines } };
  };
  return {
    addCheckpoint: (body) => {
      const request = parsed(body);
      if (typeof request === 'string') return { kind: 'malformed', why: request };
      const { origin } = readUnverifiedCheckpoint(request.note);
      // A stranger takes no lock.
      const answer = logs.has(origin) ? memory.replace(origin, (last) => judge(request, last)) : judge(request, null).result;
      if (answer.kind === 'cosigned') cosigned++;
      if (isEvidence(answer)) {
        memory.keepRefused(origin, request.note, clock.now());
        log.warn(
          { origin, cosigned: memory.last(origin), refused: request.note },
          'refused a checkpoint that contradicts what was cosigned',
        );
      }
      return answer;
    },
    lastCosigned: (origin) => memory.last(origin),
    cosigned: () => cosigned,
  };
}
