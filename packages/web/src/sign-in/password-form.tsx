import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import type { SessionAnswer } from '@symbolon/contract';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatDuration } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';

type PasswordFormProps = {
  readonly label: string;
  readonly button: string;
  /** Under whose address password managers file it; the second password is filed under none. */
  readonly email?: string | undefined;
  readonly give: (password: string) => Promise<SessionAnswer>;
  readonly onDone: (answer: SessionAnswer) => void;
  readonly onFailed?: (error: unknown) => void;
  /** What else can be done, beside the button. */
  readonly children?: ReactNode;
};

const isWrong = (error: unknown): boolean =>
  error instanceof ClientError &&
  (error.problemCode === 'PASSWORD_WRONG' || error.problemCode === 'SECOND_PASSWORD_WRONG');

/** One field for a password that is there already. What is refused is said at the field, and typed again there. */
export function PasswordForm({ label, button, email, give, onDone, onFailed, children }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const giving = useMutation({
    mutationFn: () => give(password),
    // What was sent is a password: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: onDone,
    onError: (error) => {
      field.current?.select();
      onFailed?.(error);
    },
  });
  const waitMs = useWaitingTime(giving.error);
  const words = useProblemWords(giving.error);
  const wrong = isWrong(giving.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // A form within what a dialog shows is none of the page's behind it.
    event.stopPropagation();
    if (!giving.isPending && waitMs === 0) giving.mutate();
  };
  return (
    <form onSubmit={submit}>
      {email !== undefined && <input type="email" autoComplete="username" value={email} readOnly hidden />}
      <Stack gap="md">
        <PasswordInput
          ref={field}
          label={label}
          name={email === undefined ? 'second-password' : 'current-password'}
          autoComplete={email === undefined ? 'off' : 'current-password'}
          required
          withAsterisk={false}
          data-autofocus
          autoFocus
          size="md"
          maxLength={1024}
          value={password}
          error={wrong && words !== undefined ? words.happened : undefined}
          errorProps={{ role: 'alert' }}
          aria-invalid={wrong}
          onChange={({ currentTarget }) => {
            setPassword(currentTarget.value);
            if (wrong) giving.reset();
          }}
        />
        {giving.isError && !wrong && <ProblemNotice error={giving.error} />}
        <Group gap="xs">
          <Button type="submit" h={42} loading={giving.isPending} disabled={waitMs > 0}>
            {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : button}
          </Button>
          {children}
        </Group>
      </Stack>
    </form>
  );
}
