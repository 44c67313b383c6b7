import { type PasswordPolicy, passwordRules } from '@symbolon/contract';
import { IconCheck, IconCircleDashed } from '@tabler/icons-react';
import classes from './people.module.css';

type Typed = Readonly<Record<'password' | 'email', string>> & { readonly rules?: PasswordPolicy | undefined };

/** What a password still lacks, while it is typed: below its field, and what a screen reader says of the field. */
export const withPasswordHints = (typed: Typed) => ({
  description: <PasswordHints {...typed} />,
  // A list may not stand in a paragraph.
  descriptionProps: { component: 'div', className: classes.hints },
  inputWrapperOrder: ['label' as const, 'input' as const, 'error' as const, 'description' as const],
});

function PasswordHints({ password, email, rules }: Typed) {
  return (
    <ul className={classes.rules} aria-label="What a password needs">
      {passwordRules(password, email, rules).map(({ text, kept }) => (
        <li key={text} data-kept={kept === true}>
          {kept ? (
            <IconCheck size={16} role="img" aria-label="Done:" />
          ) : (
            <IconCircleDashed
              size={16}
              role="img"
              aria-label={kept === null ? 'Looked at when it is sent:' : 'Still needed:'}
            />
          )}
          {text}
        </li>
      ))}
    </ul>
  );
}
