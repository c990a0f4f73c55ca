import { recordingInPartsContract } from '../../contract/recording-in-parts.contract.ts';
import { fakeEventStoreLedger } from '../../support/fake-eventstoredb/ledger.ts';

recordingInPartsContract('EventStoreDB', 1_010, fakeEventStoreLedger);
