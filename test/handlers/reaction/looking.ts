import { expect } from '@jest/globals';
import { type EventData } from '../../../domain/catalogue.ts';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate, type Reallocation } from '../../../handlers/reaction/reallocate.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { type Desk, deskManifest, recorded } from './desk.ts';

// December 2022: the 15th was a Thursday, the 16th a Friday, the 19th a Monday.
export const thursday = '2022-12-15';
export const friday = '2022-12-16';
export const monday = '2022-12-19';

type Writer = Pick<Desk, 'session'>;

/** One look by a process that has kept nothing. */
export const look = (desk: Writer, meta = 'whole'): Promise<Reallocation> =>
  reallocate(desk.session, new RecordedInputs(desk.session.ports), meta);

/** What a look answers that recorded a fact of this type. */
export const decided = (decision: string): unknown => expect.objectContaining({ kind: 'decided', decision });

/** The desk's manifest with a policy for `whole`. */
export function withPolicy(publication: object, change: Parameters<typeof deskManifest>[0] = () => undefined): Manifest {
  return deskManifest((manifest) => {
    manifest.profiles['whole']!['publication'] = publication;
    change(manifest);
  });
}

export async function publications(desk: Writer, meta = 'whole'): Promise<EventData<'AllocationPublished'>[]> {
  return (await recorded(desk, 'AllocationPublished')).filter((one) => one.meta === meta);
}

export async function sleeveCommand(
  { session }: Writer,
  kind: 'QuarantineSleeve' | 'ReinstateSleeve',
  sleeve: string,
  number = 1,
): Promise<void> {
  await streams.sleeve.handle(session, sleeve, { kind, sleeve, number, why: 'a drill' });
}

/** Accepts parity violations of `whole`. */
export async function waive({ session }: Writer, waiverId: string, paths: readonly string[]): Promise<void> {
  await streams.metaPortfolio.handle(session, 'whole', {
    kind: 'GrantParityWaiver',
    waiverId,
    meta: 'whole',
    who: 'risk',
    why: 'migration',
    paths,
    until: '2030-01-01',
  });
}
