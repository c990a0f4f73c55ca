import { sabotagesOfAnswers } from './sabotages-answers.ts';
import { sabotagesOfAttacks } from './sabotages-attacks.ts';
import { sabotagesOfEvidence } from './sabotages-evidence.ts';
import { sabotagesOfMeasures } from './sabotages-measures.ts';
import { sabotagesOfStores } from './sabotages-stores.ts';
import { sabotagesOfWorkers } from './sabotages-workers.ts';

export const sabotages = [
  ...sabotagesOfStores,
  ...sabotagesOfWorkers,
  ...sabotagesOfEvidence,
  ...sabotagesOfAnswers,
  ...sabotagesOfAttacks,
  ...sabotagesOfMeasures,
];
