/** Pure decisions: `decide` answers a command with drafts of facts, `evolve` folds a fact into the state. */
export interface Decider<Command, State, Event, Draft extends Event = Event> {
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (command: Command, state: State) => readonly Draft[];
}
