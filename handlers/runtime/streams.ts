import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { scanStream } from '../../domain/scan-record/stream.ts';
import type { Slice } from '../../domain/shared/slice.ts';
import type { BoundStream } from '../../domain/shared/stream.ts';
import { intakeStream } from '../../domain/sleeve/intake-stream.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { tokenStream } from '../../domain/token/stream.ts';
import { foldOf, type Handled, handleCommand } from './record.ts';
import type { Session } from './session.ts';

interface Handling<Command, State> {
  readonly name: (id: string) => string;
  /** The state as the store has it now. */
  readonly state: (session: Session, id: string) => Promise<State>;
  /** Decides a command and records what follows from it; one that was folded before changes nothing. */
  readonly handle: (session: Session, id: string, command: Command) => Promise<Handled<State>>;
}

function handling<Command, State, Own extends Slice>(stream: BoundStream<Command, State, Own>): Handling<Command, State> {
  return {
    name: stream.name,
    state: async (session, id) => (await foldOf(session, stream.name(id), stream)).state,
    handle: (session, id, command) => handleCommand(session, stream, id, command),
  };
}

/** The long-lived streams that commands are decided on. */
export const streams = {
  sleeve: handling(sleeveStream),
  intake: handling(intakeStream),
  metaPortfolio: handling(metaPortfolioStream),
  scan: handling(scanStream),
  token: handling(tokenStream),
};
