import { passwordRules } from '@symbolon/contract';
import { IconCheck, IconCircleDashed } from '@tabler/icons-react';
import classes from './people.module.css';

/** What a password still lacks, while it is typed. */
export function PasswordHints({ id, password, email }: Readonly<Record<'id' | 'password' | 'email', string>>) {
  return (
    <ul id={id} className={classes.rules} aria-label="What a password needs">
      {passwordRules(password, email).map(({ text, kept }) => (
        <li key={text} data-kept={kept}>
          {kept ? (
            <IconCheck size={16} role="img" aria-label="Done:" />
          ) : (
            <IconCircleDashed size={16} role="img" aria-label="Still needed:" />
          )}
          {text}
        </li>
      ))}
    </ul>
  );
}
