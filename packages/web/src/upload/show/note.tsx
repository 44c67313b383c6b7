import { Alert, type AlertProps } from '@mantine/core';

/** An alert whose title can be read on every colour: Mantine's yellow and orange on their own tints cannot. */
export function Note({ children, ...props }: AlertProps & { readonly role: 'alert' | 'status' }) {
  return (
    <Alert variant="light" styles={{ label: { color: 'var(--mantine-color-text)' } }} {...props}>
      {children}
    </Alert>
  );
}
