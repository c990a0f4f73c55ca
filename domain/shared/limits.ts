/** Every bound of the system, in one place; units stand last in the name. */
export const limits = {
  eventBytesMax: 1_048_576,
  artifactChunkBytesMax: 524_288,
  artifactBytesMax: 268_435_456,
  inlineDataBytesMax: 65_536,
  jsonDepthMax: 64,
  streamNameCharsMax: 200,
  appendEventsMax: 1_000,
  readPageEventsMax: 1_000,
  symbolsPerSleeveMax: 2_000,
  priceRowsMax: 50_000,
  priceFileBytesMax: 268_435_456,
  manifestBytesMax: 4_194_304,
  pickleBytesMax: 67_108_864,
  pickleOperationsMax: 2_000_000,
  sleevesPerPortfolioMax: 100,
  portfolioDepthMax: 3,
  storeBusyWaitMsMax: 30_000,
  /** Fewer common rows than this and a meta run is refused (dossier 3.1). */
  commonRowsMin: 60,
} as const;
