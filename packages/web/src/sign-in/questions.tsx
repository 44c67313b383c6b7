import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { questions } from '../app/questions.ts';

const QuestionDialog = lazy(async () => ({ default: (await import('./question-dialog.tsx')).QuestionDialog }));

/** Heard before any dialog that lies below, since it listens from the start: Escape closes one at a time. */
function escaped(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing || questions.asked() === undefined) return;
  event.stopImmediatePropagation();
  questions.settle(false);
}

/** Shows what the exchange wants to know before it goes on; loaded with the first question. */
export function Questions() {
  const asked = useSyncExternalStore(questions.subscribe, questions.asked);
  useEffect(() => {
    window.addEventListener('keydown', escaped, true);
    return () => window.removeEventListener('keydown', escaped, true);
  }, []);
  if (asked === undefined) return null;
  return (
    <Suspense fallback={null}>
      <QuestionDialog key={asked} question={asked} />
    </Suspense>
  );
}
