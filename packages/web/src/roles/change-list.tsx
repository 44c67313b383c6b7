import { VisuallyHidden } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { Change } from './decision-words.ts';
import classes from './roles.module.css';
import { SaidMark } from './said-mark.tsx';

/** What is said otherwise than before. */
export function ChangeList({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <ul className={classes.changes} aria-label="Changes">
      {changes.map(({ permission, from, to }) => (
        <li key={permission}>
          <code>{permission}</code>
          <span className={classes.fromTo}>
            <SaidMark said={from} />
            <IconArrowRight size={16} aria-hidden />
            <VisuallyHidden>becomes</VisuallyHidden>
            <SaidMark said={to} />
          </span>
        </li>
      ))}
    </ul>
  );
}
