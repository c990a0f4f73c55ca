/** Which way this build derives the ids of runs from their inputs. It is part of the ledger's format. */
export const identityVersion = 2;
