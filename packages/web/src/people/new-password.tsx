import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { isStrongEnough, type PasswordPolicy } from '@symbolon/contract';
import { type RefObject, useRef, useState } from 'react';
import { withPasswordHints } from './password-hints.tsx';

type Asked = {
  /** Whose it becomes: a password may not be their address. */
  readonly email: string;
  /** What it must keep; the standard where nothing is said. */
  readonly rules?: PasswordPolicy | undefined;
  /** What else is wrong with it, said at its field once somebody tried; undefined where nothing is. */
  readonly besides?: (password: string) => string | undefined;
};

/** Chooses a password, typed twice: what was typed, what is wrong with it, and whether it may be sent. */
export function useNewPassword({ email, rules, besides }: Asked) {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const weak = isStrongEnough(password, email, rules) ? besides?.(password) : 'This password is not strong enough yet.';
  const different = password !== again;
  const fields = {
    email,
    rules,
    password,
    again,
    refs: { first, second },
    faults: {
      password: tried ? weak : undefined,
      // The rest of a longer one may still come.
      again: (tried || again.length >= password.length) && again !== '' && different ? 'The two differ.' : undefined,
    },
    onPassword: setPassword,
    onAgain: setAgain,
  };
  return {
    password,
    setPassword,
    /** Goes to where it was refused. */
    goBack: (): void => {
      first.current?.focus();
      first.current?.select();
    },
    /** Whether it may be sent; where not, it says why at the field, and goes there. */
    mayBeSent(): boolean {
      setTried(true);
      const wrong = weak !== undefined ? first : different ? second : undefined;
      wrong?.current?.focus();
      wrong?.current?.select();
      return wrong === undefined;
    },
    clear(): void {
      setPassword('');
      setAgain('');
      setTried(false);
    },
    fields,
  };
}

type NewPasswordFieldsProps = ReturnType<typeof useNewPassword>['fields'] & {
  readonly label?: string;
  readonly labelAgain?: string;
  /** What the exchange said of it. */
  readonly refused?: string | undefined;
  readonly look?: Pick<PasswordInputProps, 'size' | 'classNames'>;
};

/** The two fields in which a new password is typed, alike wherever one is chosen. */
export function NewPasswordFields(props: NewPasswordFieldsProps) {
  const { label = 'Password', labelAgain = 'The password once more', email, rules, password, again } = props;
  const { refs, faults } = props;
  const field = (name: string, error: string | undefined, ref: RefObject<HTMLInputElement | null>) => ({
    ...props.look,
    ref,
    name,
    error,
    autoComplete: 'new-password',
    required: true,
    withAsterisk: false,
    maxLength: 1024,
    errorProps: { role: 'alert' },
    'aria-invalid': error !== undefined,
  });
  return (
    <>
      <PasswordInput
        {...field('new-password', faults.password ?? props.refused, refs.first)}
        {...withPasswordHints({ password, email, rules })}
        label={label}
        value={password}
        onChange={({ currentTarget }) => props.onPassword(currentTarget.value)}
      />
      <PasswordInput
        {...field('new-password-again', faults.again, refs.second)}
        label={labelAgain}
        value={again}
        onChange={({ currentTarget }) => props.onAgain(currentTarget.value)}
      />
    </>
  );
}
