import { TextInput } from '@mantine/core';

type CodeFieldProps = {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly autoFocus?: boolean;
};

/** Six digits, however an app groups them. Phones and password managers fill it in. */
export function CodeField({ value, onChange, autoFocus = false }: CodeFieldProps) {
  return (
    <TextInput
      label="Code"
      description="The six digits that your authenticator app shows now."
      name="code"
      autoComplete="one-time-code"
      inputMode="numeric"
      spellCheck={false}
      required
      withAsterisk={false}
      autoFocus={autoFocus}
      maxLength={12}
      size="md"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

export const isCode = (text: string): boolean => /^\d{6}$/.test(text.replace(/\s/g, ''));
