/** Pure decisions: `decide` answers a command with facts, `evolve` folds a fact into the state. */
export interface Decider<Command, State, Event> {
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (command: Command, state: State) => readonly Event[];
}
