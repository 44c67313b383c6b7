import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { CopyField } from './copy-field.tsx';
import { longMoment } from './moments.ts';
import classes from './sharing.module.css';

/** A link that was just made. The exchange keeps no copy of the address or the password. */
export type MadeLink = { readonly address: string; readonly password: string | null; readonly expiresAt: string };

type ShareResultProps = {
  readonly made: MadeLink;
  /** Somebody wanted to close the dialog before the address was copied. */
  readonly warned: boolean;
  readonly onCopied: () => void;
  readonly onDone: () => void;
  readonly onAnother: () => void;
};

export function ShareResult({ made, warned, onCopied, onDone, onAnother }: ShareResultProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Stack gap="md">
      <Group gap="xs" wrap="nowrap">
        <IconCircleCheck size={24} aria-hidden color="var(--mantine-color-teal-6)" />
        <h3 ref={heading} tabIndex={-1} className={classes.heading}>
          The link is ready
        </h3>
      </Group>
      <CopyField
        label="Address"
        value={made.address}
        description="This address is shown once. Copy it now and send it to the reader."
        onCopied={onCopied}
      />
      {made.password !== null && (
        <CopyField
          label="Password"
          value={made.password}
          description="Send it another way, by telephone or text message, so that no single message opens the study."
        />
      )}
      <Text size="sm" c="dimmed">
        The link is open until {longMoment(made.expiresAt)}. You can revoke it below at any time.
      </Text>
      {warned && (
        <Alert
          color="yellow"
          classNames={{ title: classes.plain ?? '' }}
          role="alert"
          title="You have not copied the address yet"
        >
          It is not shown again. Copy it first, or choose “Done” once more to go without it: the link can then only be
          revoked.
        </Alert>
      )}
      <Group gap="xs">
        <Button className={classes.target} onClick={onDone}>
          Done
        </Button>
        <Button className={classes.target} variant="default" onClick={onAnother}>
          Make another link
        </Button>
      </Group>
    </Stack>
  );
}
