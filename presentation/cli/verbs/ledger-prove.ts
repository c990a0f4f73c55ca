import { proveEvent } from '../../../handlers/queries/prove-event.ts';
import { heading, lines, type VerbCode } from '../verb.ts';

export const ledgerProve: VerbCode = {
  flags: [],
  examples: ['sleeve-ledger ledger prove ledger@0'],
  writes: false,
  run: async (context, { args }) => {
    const { ports } = await context.reading();
    const { position, ...proof } = await proveEvent(ports, args[0]!);
    return {
      result: proof,
      position,
      people: [
        heading(`${proof.type}, ${proof.stream}@${proof.revision}`),
        lines(
          `Event:       ${proof.eventId}`,
          `SHA-256:     ${proof.eventHash}`,
          `Leaf:        ${proof.leafIndex} of ${proof.treeSize}`,
          `Root:        ${proof.root}`,
          ...proof.proof.map((hash, level) => `Path ${String(level).padStart(2)}:     ${hash}`),
          '',
          ...proof.checkpoint.trimEnd().split('\n'),
          '',
          `Verifier key: ${proof.verifierKey}`,
        ),
      ],
    };
  },
};
