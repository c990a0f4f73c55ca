import { sabotagesOfEvidence } from './sabotages-evidence.ts';
import { sabotagesOfStores } from './sabotages-stores.ts';

export const sabotages = [...sabotagesOfStores, ...sabotagesOfEvidence];
