/** What the form of a step is given. `hold(true)` keeps its page there though the session has gone on, until `hold(false)`. */
export type StepFormProps = { readonly hold: (held: boolean) => void };
