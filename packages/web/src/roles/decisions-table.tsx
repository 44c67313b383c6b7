import type { Decisions, Permission } from '@symbolon/contract';
import { useId } from 'react';
import type { Section } from './catalogue.ts';
import { followsFrom, type Said, saidOf, saidWords } from './decision-words.ts';
import { PermissionTable } from './permission-table.tsx';
import classes from './roles.module.css';
import { SaidMark } from './said-mark.tsx';

type DecisionsTableProps = {
  readonly sections: readonly Section[];
  readonly decisions: Decisions;
  /** Without it the table is there to be read. */
  readonly onSay?: ((permission: Permission, said: Said) => void) | undefined;
};

const choices: readonly Said[] = ['permit', 'deny', 'unset'];

/** What a role says of every permission. Tab goes from permission to permission, the arrows between what is said of it. */
export function DecisionsTable({ sections, decisions, onSay }: DecisionsTableProps) {
  const group = useId();
  return (
    <PermissionTable
      caption="What the role permits and denies"
      sections={sections}
      columns={onSay === undefined ? ['The role says'] : choices.map((said) => saidWords[said])}
      noteOf={(row) => {
        const follows = followsFrom(decisions, row);
        return follows !== undefined && <span className={classes.note}>{follows}</span>;
      }}
      cellsOf={({ permission }) => {
        const now = saidOf(decisions, permission);
        if (onSay === undefined)
          return (
            <td>
              <SaidMark said={now} />
            </td>
          );
        return choices.map((said) => (
          <td key={said} className={classes.choice} data-said={said}>
            <label>
              <input
                type="radio"
                name={`${group}${permission}`}
                aria-label={`${saidWords[said]} ${permission}`}
                checked={said === now}
                onChange={() => onSay(permission, said)}
              />
            </label>
          </td>
        ));
      }}
    />
  );
}
