import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import { type Said, saidWords } from './decision-words.ts';
import classes from './roles.module.css';

const icons = { permit: IconCheck, deny: IconX, unset: IconMinus } as const;

/** What a role says of a permission, by word, sign and colour. */
export function SaidMark({ said }: { readonly said: Said }) {
  const Icon = icons[said];
  return (
    <span className={classes.said} data-said={said}>
      <Icon size={16} aria-hidden />
      {saidWords[said]}
    </span>
  );
}
