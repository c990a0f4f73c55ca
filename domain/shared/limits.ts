/** Every bound of the system, in one place; units stand last in the name. */
export const limits = {
  eventBytesMax: 1_048_576,
  artifactChunkBytesMax: 524_288,
  artifactBytesMax: 268_435_456,
  inlineDataBytesMax: 65_536,
  jsonDepthMax: 64,
  /** Of a text of others, before it is parsed: a value of that depth within the members that carry it. */
  jsonTextDepthMax: 70,
  /** Lists and objects in such a text. */
  jsonContainersMax: 200_000,
  /** Members of all objects of a message together: each is looked up and sorted. */
  jsonMembersMax: 250_000,
  streamNameCharsMax: 200,
  appendEventsMax: 1_000,
  readPageEventsMax: 1_000,
  /** Stored events and documents of which it is remembered what they mean, each: by their bytes, of which that takes several times more. */
  decodedEventsBytesMax: 1_048_576,
  decodedDocumentsBytesMax: 1_048_576,
  /** Events that are looked through for a text before a page is answered. */
  searchedEventsMax: 20_000,
  /** Changes of rows that a server has folded and not stored yet, of one projection, and how long it keeps them at most. */
  rowsAheadMax: 2_000,
  rowsAheadMs: 100,
  /** Rows of a read model asked for at once. */
  readPageRowsMax: 500,
  /** A reader of the whole log begins with short pages, and goes on with as many events as this holds. */
  readPageEventsFirst: 100,
  /** What is looked for mostly stands at the end of a stream: events of the first page backwards, and so many times more in the next. */
  readBackwardsEventsFirst: 4,
  readBackwardsGrowth: 8,
  readPageBytesTarget: 1_048_576,
  artifactAddressesPerPage: 10_000,
  symbolsPerSleeveMax: 2_000,
  /** Of the gross exposure that a profile may declare. */
  grossMaxMax: 100,
  priceRowsMax: 50_000,
  /** All cells that are read, as doubles without compression; two processes hold such a file. */
  priceFileBytesMax: 167_772_160,
  priceCellsMax: 20_000_000,
  /** Resident memory of the process that reads foreign files. */
  parsingMemoryBytesMax: 268_435_456,
  /** Its processor time for a file, beside what a MiB of its kind and each column that was read may take. */
  parsingCpuMsMax: 1_000,
  /** Its time for a file, and as much again for every 10 MiB of it. */
  parsingMsMax: 10_000,
  /** Answers and tables in the cache. */
  cacheBytesMax: 1_073_741_824,
  /** Threads that compute. */
  workersMax: 256,
  /** Jobs that a process has asked workers on other machines for and has no answer to. */
  remoteJobsMax: 64,
  /** Whoever asked other machines says after so long without an answer that it waits. */
  silenceMsMax: 10_000,
  /** A longer CSV file is read by that process, a shorter one where it is needed. */
  textReadHereBytesMax: 1_048_576,
  /** YAML files in a folder of scanners. */
  scannerFilesMax: 1_000,
  scannerFileBytesMax: 131_072,
  /** All files of such a folder. */
  scannerFolderBytesMax: 2_097_152,
  /** Rows of a response of a scan. */
  scanRowsMax: 50_000,
  /** One page of a server. */
  scanResponseBytesMax: 16_777_216,
  /** A response or an export of a scan that somebody saved. */
  scanFileBytesMax: 33_554_432,
  /** A text that is read whole: a manifest, a key, a checkpoint, a list. */
  textFileBytesMax: 8_388_608,
  settingsFileBytesMax: 131_072,
  manifestBytesMax: 4_194_304,
  /** Values of any kind in a manifest, members and entries of lists counted alike. */
  manifestValuesMax: 100_000,
  manifestNameCharsMax: 200,
  manifestPathCharsMax: 500,
  manifestProfilesMax: 500,
  /** Entries of one list, written as a list or with commas. */
  manifestListEntriesMax: 10_000,
  /** Profiles times the values that all of them inherit: each profile is resolved with its own copy. */
  manifestInheritedValuesMax: 1_000_000,
  /** Problems of a manifest that are told. */
  manifestProblemsMax: 100,
  pickleBytesMax: 16_777_216,
  pickleOperationsMax: 250_000,
  returnCellsMax: 2_000_000,
  parquetPageBytesMax: 16_777_216,
  /** The description of 2,000 columns in 20 groups of rows. */
  parquetFooterBytesMax: 8_388_608,
  runDirectoryEntriesMax: 20_000,
  runFileBytesMax: 67_108_864,
  /** Of a run directory, all files that are read. */
  runBytesMax: 134_217_728,
  sleevesPerPortfolioMax: 100,
  /** Assets times sleeves of a combination. */
  combinationCellsMax: 1_000_000,
  /** Of one tournament: its ranks are one event. */
  tournamentEntrantsMax: 300,
  portfolioDepthMax: 3,
  /** Ways from a portfolio to its sleeves: one that is nested twice counts twice, with everything below it. */
  portfolioPathsMax: 1_000,
  /** Everything in an archive of evidence, unpacked. */
  bundleBytesMax: 1_073_741_824,
  /** It may unpack to so many times its length and, as a short one compresses well, to as many bytes more. */
  bundleExpansionMax: 50,
  bundleExpansionBytesFree: 33_554_432,
  auditFileBytesMax: 4_294_967_296,
  /** An event twice over, and what is derived from it. */
  auditLineBytesMax: 4_194_304,
  /** With more faults than these a file is no export, and is read no further. */
  auditFaultsMax: 10_000,
  /** A larger message is refused; its hash and head are kept. */
  messageBytesMax: 8_388_608,
  messageHeadBytesMax: 4_096,
  /** Results that one process takes in at once, each of another sleeve: so many share a flush, and so many come again after a crash. */
  resultsInFlightMax: 32,
  /** Of refusals of one sleeve, or of what belongs to no defined sleeve, this many in a window are letters of their own. */
  lettersPerWindowMax: 100,
  letterWindowMs: 60_000,
  /** The refusals beyond are recorded together: so many, or so many bytes, in one fact. */
  refusedTogetherMax: 500,
  refusedTogetherBytesMax: 4_194_304,
  /** One of a flood that its sender hands in waits so long for the others, and its sender with it. */
  floodPauseMs: 250,
  /** Results in one request of a sender. */
  postedTogetherMax: 500,
  /** Results that senders wait for at once, and their bytes: more are refused until some are done. */
  postedInHandMax: 1_000,
  postedInHandBytesMax: 134_217_728,
  /** A run directory that is sent, packed. */
  runArchiveBytesMax: 33_554_432,
  /** What is recorded of requests is sealed together after so long. */
  sealSoonMs: 2_000,
  /** Longest that a sender may wait for an answer of the reaction. */
  reactionWaitSecondsMax: 30,
  /** Senders who wait for it at once; others are answered at once. */
  reactionWaitsMax: 500,
  /** Whoever reacts writes down that it does, that often, and counts as gone without that for three times as long. */
  presenceMs: 10_000,
  letterReasonCharsMax: 1_000,
  letterPathCharsMax: 300,
  /** Cells of returns that a message may carry inline; more go by artifact. */
  messageReturnCellsMax: 200_000,
  /** By how many numbers a correction that comes as a message may be ahead of the newest recorded: messages may arrive in any order. */
  correctionsAheadMax: 16,
  heldResultsPerSleeveMax: 10_000,
  /** Label combinations of one metric. */
  seriesPerMetricMax: 1_000,
  httpConnectionsMax: 2_000,
  /** Of one address, unless others stand behind it. */
  httpConnectionsOfOneMax: 256,
  /** Holdings that trades are asked for, as JSON: 10,000 rows. */
  httpHoldingsBytesMax: 2_097_152,
  httpHeaderBytesMax: 8_192,
  httpHeadersMsMax: 5_000,
  httpRequestMsMax: 10_000,
  /** Sessions of the page that are kept at once, and those of one name. */
  pageSessionsMax: 10_000,
  pageSessionsOfOneMax: 32,
  /** How long a session lasts at most, in hours: its token may end sooner. */
  pageSessionHoursMax: 12,
  /** A token of an identity provider, as text; the headers of a request are bounded too. */
  bearerCharsMax: 7_680,
  /** What an identity provider says of itself, and its keys. */
  providerAnswerBytesMax: 262_144,
  providerMsMax: 5_000,
  /** After an identity provider did not answer, it is asked again no sooner. */
  providerRetryMs: 2_000,
  /** Keys of an identity provider are asked for again after this, and no sooner than `providerKeysPauseMs` for a key that is unknown. */
  providerKeysMsMax: 600_000,
  providerKeysPauseMs: 10_000,
  /** By so much the clocks of an identity provider may differ from ours. */
  providerClockSecondsMax: 30,
  /** How long the note of a token's last use waits for another process; the request waits with it. */
  tokenUseWaitMsMax: 250,
  /** Whoever takes nothing for so long of what waits for them is cut off. */
  httpStalledMsMax: 30_000,
  /** What is written at once of an answer: whoever takes less than this in the time above counts as taking nothing. */
  httpPieceBytes: 65_536,
  /** Readers of the stream of what happens, those of one name, and the newest happenings that are held for all of them. */
  streamReadersMax: 1_500,
  streamReadersOfOneMax: 150,
  streamHeldMax: 4_096,
  /** Happenings that a reader is handed at once. */
  streamTogetherMax: 200,
  /** Readers of the stream are told once in this time at most, and rest for so many times as long as telling them took. */
  streamGatherMs: 10,
  streamRestTimes: 4,
  streamHeartbeatMs: 15_000,
  /** Rows that were asked for within this time are folded before readers of the stream are told, as they will ask for them again. */
  streamReadyMs: 60_000,
  /** And the readers wait for that no longer than this. */
  streamReadyMsMax: 100,
  /** So long after it was looked who reads the stream, it is looked again. */
  streamIdentityMsMax: 30_000,
  /** Portfolios and sleeves that one reader names. */
  streamNamesMax: 100,
  /** How long a question waits for the ledger to have come so far, and how often it looks. */
  reachedWaitMsMax: 30_000,
  reachedPollMs: 50,
  /** Questions that wait for that at once; one more does not wait. */
  reachedWaitsMax: 1_000,
  /** Requests of one identity: so many a second, and so many at once after a pause. */
  apiRequestsPerSecondMax: 1_000,
  apiRequestsAtOnceMax: 2_000,
  /** Decisions of one identity: each is recorded for ever. */
  apiDecisionsPerSecondMax: 10,
  apiDecisionsAtOnceMax: 100,
  /** Requests of one address that show a token which is not valid: each costs the store a look. */
  apiFailuresPerSecondMax: 1,
  apiFailuresAtOnceMax: 100,
  /** Identities, addresses and tokens that are remembered for these bounds. */
  apiRememberedMax: 10_000,
  /** Questions that compute: one at a time for each identity, and so many together. */
  apiHeavyAtOnceMax: 3,
  /** Of one identity, and of all together, waiting for their turn. */
  apiHeavyWaitingOfOneMax: 4,
  apiHeavyWaitingMax: 64,
  /** Answers that are kept for an Idempotency-Key, those of one identity, and their bytes. */
  apiKeptAnswersMax: 10_000,
  apiKeptAnswersOfOneMax: 1_000,
  apiKeptAnswersBytesMax: 16_777_216,
  apiKeptAnswersMsMax: 86_400_000,
  /** Of the last answers of one question, which several askers share: a larger one is given and not kept. */
  apiRecentBytesMax: 8_388_608,
  /** A worker that stops seals what came last if that takes no longer, and is gone within ten seconds; else the next one seals it. */
  lastSealMsMax: 4_000,
  /** A readiness check that takes longer counts as failed. */
  readinessMsMax: 2_000,
  /** A worker that is asked how it stands: its own checks may take `readinessMsMax`. */
  workerAskMsMax: 3_000,
  workerAnswerBytesMax: 65_536,
  workerUrlsMax: 100,
  /** A clock that goes on further at once is believed to be wrong. */
  clockJumpDaysMax: 400,
  storeBusyWaitMsMax: 30_000,
  /** A request to a witness: 63 hashes, and a checkpoint with the signatures that it may bear. */
  witnessBodyBytesMax: 131_072,
  witnessAnswerBytesMax: 131_072,
  /** A witness that takes longer is away. */
  witnessMsMax: 5_000,
  /** A repository takes longer: git connects, fetches and pushes. */
  gitMsMax: 30_000,
  gitAnswerBytesMax: 16_777_216,
  witnessBusyMsMax: 5_000,
  /** Refused checkpoints that a witness keeps of one log. */
  witnessRefusedKeptMax: 100,
  witnessesMax: 16,
  /** A copy reads on so often while its source grows. */
  copyRoundsMax: 100,
  copyArtifactBytesMax: 16_777_216,
  /** How often due times are looked at. */
  sweepMs: 250,
  /** How often held results, overdue sessions and gauges are looked at. */
  sweepRareMs: 10_000,
  /** What fails at every try, such as a broker that is away, is logged once in this time. */
  repeatedLogMsMin: 60_000,
  /** Fewer common rows than this and a meta run is refused (docs/explanation/joins.md#common-dates). */
  commonRowsMin: 60,
} as const;
