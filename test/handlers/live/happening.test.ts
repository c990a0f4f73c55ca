import { describe, expect, test } from '@jest/globals';
import { happeningNames, happeningOf } from '../../../handlers/live/happening.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { portfolioFacts } from '../../support/portfolio-events.ts';
import { sampleEvents } from '../../support/sample-events.ts';
