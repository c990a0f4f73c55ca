import { readers } from '../../../domain/people/api-roles.ts';
import { eventResult, eventsResult, proofResult, verificationResult } from '../answers/evidence.ts';
import type { Resource } from '../endpoint.ts';
import { knownAt, ledgerTime, pathArgument, queryList, queryText } from '../parameters.ts';

const event = pathArgument('event', 'Id of an event, its position, or STREAM@REVISION.');

export const evidence: Resource = {
  name: 'ledger',
  description: 'Events, proofs and the state of the ledger as a whole.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/events',
      operationId: 'listEvents',
      summary: 'Events in ledger order, page by page: `next` of an answer is the `after` of the next page.',
      roles: readers,
      verb: ['ledger', 'events'],
      parameters: [
        queryText('stream', 'Only of this stream.'),
        queryList('types', 'Only of these types; may be repeated.'),
        queryText('from', 'From this position on, with the event that stands there.'),
        queryText('since', 'Recorded after this instant.', ledgerTime),
        queryText('text', 'With this text in them, in capitals or not. A page ends after 20,000 events, also where nothing was found.'),
        queryText('after', 'Behind this position, in the place of `from`.'),
        queryText('limit', 'Events of a page.'),
        knownAt,
      ],
      result: eventsResult,
    },
    {
      does: 'asks',
      path: '/v1/events/{event}',
      operationId: 'oneEvent',
      summary: 'One event whole, with its hashes.',
      roles: readers,
      verb: ['ledger', 'events'],
      parameters: [event],
      result: eventResult,
    },
    {
      does: 'asks',
      path: '/v1/events/{event}/proof',
      operationId: 'proveEvent',
      summary: 'That an event is covered by the newest seal: inclusion proof and checkpoint.',
      roles: readers,
      verb: ['ledger', 'prove'],
      parameters: [event],
      result: proofResult,
    },
    {
      does: 'asks',
      path: '/v1/ledger/verification',
      operationId: 'verifyLedger',
      summary: 'Recomputes every hash, chain, artifact, the tree and the checkpoint. Takes as long as the ledger is large.',
      heavy: true,
      speaksOfFiles: true,
      roles: ['auditor', 'operator'],
      verb: ['ledger', 'verify'],
      parameters: [queryText('vkey', 'The verifier key that the asker brings.')],
      result: verificationResult,
    },
  ],
};
