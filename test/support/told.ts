import { LedgerError } from '../../domain/shared/errors.ts';

/** All that a refusal says. */
export interface Told {
  readonly code: string;
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly at: Readonly<Record<string, unknown>>;
}

/** All that the refusal of something says that is refused once it is waited for. */
export async function toldBy(asked: Promise<unknown>): Promise<Told> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence, at } = error;
    return { code, message, evidence, at: { ...at } };
  }
  throw new Error('nothing was refused');
}
