import { LedgerError } from '../../domain/shared/errors.ts';

/** Maps as their entries and sets as their members. */
const opened = (_: string, member: unknown): unknown =>
  member instanceof Map || member instanceof Set ? [...(member as Set<unknown>)] : member;

function plain(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value, opened)) as unknown);
}

/** What a function answers as JSON: its value, or its refusal with everything that the refusal says. */
export function answerOf(act: () => unknown): unknown {
  try {
    return { value: plain(act()) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence, at } = error;
    return { refused: plain({ code, message, evidence, at }) };
  }
}
