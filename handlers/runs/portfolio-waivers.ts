import type { ParityWaiverGranted } from '../../domain/run/granted-waiver.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { parityRecord, waiverPrefix, type WaiverRow } from '../../projections/parity-record.ts';
import { viewOf } from '../read-models/views.ts';
import { foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

/** The waivers of a portfolio in force, from its stream as it is now: for commands, which record. */
export async function waiversInStream(session: Session, meta: string): Promise<readonly ParityWaiverGranted[]> {
  return (await foldOf(session, metaPortfolioStream.name(meta), metaPortfolioStream)).state.waivers;
}

/** The same from the read models, now or as they were known: for questions. */
export async function waiversInView(ports: TilePorts, meta: string, knownAt: string | null): Promise<readonly WaiverRow[]> {
  return (await viewOf(ports, parityRecord, knownAt)).rows<WaiverRow>(waiverPrefix(meta));
}
