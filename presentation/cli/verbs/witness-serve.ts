import { LedgerError } from '../../../domain/shared/errors.ts';
import { untilAborted } from '../../../handlers/runtime/interruption.ts';
import { openWitness } from '../../../handlers/commands/serve-witness.ts';
import { filesFlag, requiredFlag, textFlag } from '../flags.ts';
import { lines, type Outcome, type VerbCode, type VerbContext, type VerbInput } from '../verb.ts';

async function served(context: VerbContext, { flags }: VerbInput): Promise<Outcome> {
  const { settings, tools, signal, announce } = context;
  if (settings.http === null) throw new LedgerError('Usage', '--http HOST:PORT is needed', { at: { path: '--http' } });
  const state = requiredFlag(flags, 'state');
  const witness = await openWitness(tools, { state, name: textFlag(flags, 'name'), logs: filesFlag(flags, 'log') });
  const { name, verifierKey, origins, witnessing } = witness;
  try {
    const server = await context.witnessServer(settings.http, witnessing);
    const logs = origins.length === 1 ? '1 log' : `${origins.length} logs`;
    announce(`Witness ${name} for ${logs}. Name it with --witness '${server.url}#${verifierKey}'. Stop with Ctrl-C.`);
    await untilAborted(signal);
    await server.close();
  } finally {
    witness.close();
  }
  const cosigned = witnessing.cosigned();
  return { result: { name, verifierKey, origins, cosigned }, people: [lines(`${cosigned} checkpoints cosigned.`)] };
}

export const witnessServe: VerbCode = {
  flags: [
    { flags: '--state <folder>', summary: 'where its key and its memory are kept; made where it is missing', required: true },
    { flags: '--http <address>', summary: 'HOST:PORT to serve at; beyond loopback put a server with TLS in front' },
    { flags: '--name <name>', summary: 'name of a new witness, best an address without its scheme (default: sleeve-ledger.local/witness)' },
    { flags: '--log <key...>', summary: 'ORIGIN=VKEY of each ledger that is looked after; several of one origin after a rotation' },
  ],
  examples: [
    'sleeve-ledger witness serve --state witness-state --http 127.0.0.1:8089 --name witness.example/w1 --log "$(cat ledger.vkey)"',
  ],
  writes: false,
  run: served,
};
