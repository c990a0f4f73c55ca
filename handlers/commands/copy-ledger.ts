import { LedgerError } from '../../domain/shared/errors.ts';
import { type Copied, copyLedger } from '../ledger/copy.ts';
import { keyFileOf } from '../ledger/key-file.ts';
import { identityIn } from '../ledger/open-ledger.ts';
import { witnessFolder } from '../ledger/witness-folder.ts';
import type { Opening } from '../runtime/opening.ts';
import { redacted, type Settings } from '../runtime/settings.ts';

export interface CopiedLedger extends Copied {
  readonly ledgerId: string;
  readonly from: string;
  readonly to: string;
  /** Of the source: a copy that goes on as the ledger is given both. */
  readonly keyFile: string;
  readonly witness: string;
  /** Where the copy ends. */
  readonly position: string | null;
}

async function keyAndWitness(
  { tools, settings }: Pick<Opening, 'settings' | 'tools'>,
  from: string,
): Promise<{ readonly keyFile: string; readonly witness: string }> {
  const source: Settings = { ...settings, store: from };
  return { keyFile: keyFileOf(source), witness: (await witnessFolder(tools, source)).directory };
}

/** Copies a ledger into another store and proves that both have one root. Errors: Usage, LedgerMissing and those of `copyLedger`. */
export async function copyInto(
  context: Pick<Opening, 'settings' | 'tools' | 'opening'>,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<CopiedLedger> {
  const { tools, opening } = context;
  if (from === to) throw new LedgerError('Usage', 'a ledger is not copied onto itself', { at: { path: '--to' } });
  const source = await opening(from, 'inspect');
  const ledgerId = (await identityIn({ ...tools, ...source }))?.ledgerId ?? null;
  // Before the target is touched: opening it makes it.
  if (ledgerId === null) throw new LedgerError('LedgerMissing', `no ledger in ${redacted(from)}`, { at: { file: redacted(from) } });
  const target = await opening(to, 'write');
  const copied = await copyLedger(tools, source, target, signal);
  return {
    ...copied,
    ledgerId,
    from: redacted(from),
    to: redacted(to),
    ...(await keyAndWitness(context, from)),
    position: await target.store.head(),
  };
}
