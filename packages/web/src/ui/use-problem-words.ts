import { useEffect, useState } from 'react';
import { isRefusal, type ProblemWords, type RefusalWords, wordsOf } from './problem-words.ts';

let loaded: RefusalWords | undefined;

/**
 * What an error is called; undefined until the words for refusals are there. They are asked for where the exchange has just
 * answered, so they come; should they not, because another release is served by now, its own sentence is shown.
 */
export function useProblemWords(error: unknown): ProblemWords | undefined {
  const [refusals, setRefusals] = useState(loaded);
  const [failed, setFailed] = useState(false);
  const needed = isRefusal(error) && refusals === undefined && !failed;
  useEffect(() => {
    if (!needed) return;
    let gone = false;
    import('./refusal-words.ts').then(
      ({ refusalWords }) => {
        loaded = refusalWords;
        if (!gone) setRefusals(refusalWords);
      },
      () => {
        if (!gone) setFailed(true);
      },
    );
    return () => {
      gone = true;
    };
  }, [needed]);
  return needed ? undefined : wordsOf(error, refusals);
}
