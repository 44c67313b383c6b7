/** What the exchange may want of a person before it does what was asked: a proof that it is them, or their second password. */
export type Question = 'proof' | 'identities';

type Asked = { readonly question: Question; readonly answered: Promise<boolean>; settle(done: boolean): void };

let asked: Asked | undefined;
/** How many places can show a question: none on pages for who is not signed in. */
let shown = 0;
const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};

/**
 * Asks a person, and says whether they gave what was asked for. Calls that are refused for one reason at the same time are one
 * question; another one waits for its turn.
 */
export async function askPerson(question: Question): Promise<boolean> {
  if (shown === 0) return false;
  while (asked !== undefined && asked.question !== question) await asked.answered;
  if (asked === undefined) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = (done: boolean): void => {
      asked = undefined;
      resolve(done);
      tell();
    };
    asked = { question, answered: promise, settle };
    tell();
  }
  return (asked as Asked).answered;
}

export const questions = {
  asked: (): Question | undefined => asked?.question,
  settle: (done: boolean): void => asked?.settle(done),
  /** For the place that shows them. Where it goes, nobody answers any more. */
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    shown += 1;
    return () => {
      listeners.delete(listener);
      shown -= 1;
      if (shown === 0) asked?.settle(false);
    };
  },
};
