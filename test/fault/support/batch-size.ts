/** Events in an append, by its number in its stream: `append-until-killed.ts`. */
export const batchSize = (round: number): number => 1 + (round % 3);

/** Whether a stream of so many events ends where an append ended. */
export function endsWithAnAppend(events: number): boolean {
  let whole = 0;
  for (let round = 0; whole < events; round++) whole += batchSize(round);
  return whole === events;
}
