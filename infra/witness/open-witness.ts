import type { OpenWitness } from '../../handlers/ports/witness.ts';
import { gitWitness } from './git-witness.ts';
import { tlogWitness } from './tlog-witness.ts';

/** Opens a witness by its address; nothing is asked of it before it is used. */
export const openWitness: OpenWitness = (address, memory) =>
  address.kind === 'tlog' ? tlogWitness(address.url) : gitWitness({ url: address.url, branch: address.branch }, memory);
