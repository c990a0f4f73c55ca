import type { Sealing } from '../../handlers/commands/seal-ledger.ts';

/** What a seal lacks, in words: who has not taken it and why, and what falls short of the quorum. */
export function sealingWarnings({ treeSize, witnesses, quorum }: Pick<Sealing, 'treeSize' | 'witnesses' | 'quorum'>): string[] {
  const missing = witnesses.filter(({ outcome }) => outcome === 'away' || outcome === 'refused');
  const cosigned = witnesses.filter(({ outcome }) => outcome === 'cosigned').length;
  const notTaken = missing.map(
    ({ place, outcome, why }) =>
      `sealed to ${treeSize}, and the witness ${place} ${outcome === 'away' ? 'is away' : 'refused it'} (${why}): ` +
      'it is asked again at the next seal',
  );
  const overtaken = witnesses.some(({ outcome }) => outcome === 'behind');
  if (quorum === null || cosigned >= quorum || overtaken) return notTaken;
  return [
    ...notTaken,
    `${cosigned} of ${quorum} witnesses that are demanded have cosigned the seal of ${treeSize}: until then it is a fault for ` +
      '`ledger verify`',
  ];
}

/** One line for each witness elsewhere. */
export function witnessLines({ witnesses }: Pick<Sealing, 'witnesses'>): string[] {
  return witnesses.map(({ place, outcome, why }) => `Witness ${place}: ${outcome}${why === null ? '' : ` (${why})`}`);
}
