import { describe } from '@jest/globals';
import { defaultKafkaVersion, kafkaCanRun } from './jars.ts';

/** Skips visibly where Java or Maven is missing; under CI their absence fails the tests. */
export const describeWithKafka: typeof describe.skip = process.env['CI'] !== undefined || kafkaCanRun(defaultKafkaVersion) ? describe : describe.skip;
