import type { ReactNode } from 'react';
import classes from './administration.module.css';

type StateMarkProps = { readonly tone: 'good' | 'bad' | 'wait' | 'plain'; readonly children: ReactNode };

/** A word about how something is, on a field of a colour that says the same. */
export function StateMark({ tone, children }: StateMarkProps) {
  return (
    <span className={classes.state} data-tone={tone}>
      {children}
    </span>
  );
}
