import { Button, Group, Stack, Text } from '@mantine/core';
import type { InvitedAnswer } from '@symbolon/contract';
import { IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import classes from '../administration/administration.module.css';
import { CopyField } from '../sharing/copy-field.tsx';
import { longMoment } from '../sharing/moments.ts';

type InvitationResultProps = {
  readonly invited: { readonly user: { readonly name: string }; readonly invitation: InvitedAnswer['invitation'] };
  readonly onCopied: () => void;
  readonly onDone: () => void;
};

/** The address of an invitation, the one time that it is shown; or to which mailbox it is on its way. */
export function InvitationResult({ invited: { user, invitation }, onCopied, onDone }: InvitationResultProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Stack gap="md">
      <Group gap="xs" wrap="nowrap">
        <IconCircleCheck size={24} aria-hidden />
        <h3 ref={heading} tabIndex={-1} className={classes.result}>
          {user.name} is invited
        </h3>
      </Group>
      {'mailedTo' in invitation ? (
        <Text size="sm">
          A mail with the invitation is on its way to {invitation.mailedTo}. Only that mailbox gets the link: it works
          once, for seven days. Should it not arrive, this person’s page says why.
        </Text>
      ) : (
        <>
          <Text size="sm">
            Give them this address by a way that only they read. Whoever has it can take the invitation up, once, until{' '}
            {longMoment(invitation.expiresAt)}. It is shown only now; you can make a new one at any time, which ends
            this one.
          </Text>
          <CopyField
            label="Invitation"
            value={invitation.address}
            description="The exchange keeps no copy of it."
            onCopied={onCopied}
          />
        </>
      )}
      <div>
        <Button variant="default" className={classes.target} onClick={onDone}>
          Done
        </Button>
      </div>
    </Stack>
  );
}
