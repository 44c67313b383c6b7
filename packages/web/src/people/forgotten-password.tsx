import { Button, Stack, Text } from '@mantine/core';
import type { UserRow } from '@symbolon/contract';
import classes from '../administration/administration.module.css';
import { CopyField } from '../sharing/copy-field.tsx';
import { longMoment } from '../sharing/moments.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useMakeReset } from './user-queries.ts';

/** Has a link made for somebody who forgot their password: mailed to them, or given to who asks, the one time that it is shown. */
export function ForgottenPassword({ user }: { readonly user: Pick<UserRow, 'id' | 'name'> }) {
  const making = useMakeReset(user.id);
  const made = making.data;
  if (made === undefined)
    return (
      <Stack gap="xs">
        {making.error !== null && <ProblemNotice error={making.error} />}
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={making.isPending}
            onClick={() => making.mutate()}
          >
            Make a link for a new password
          </Button>
        </div>
      </Stack>
    );
  return (
    <Stack gap="xs" role="status">
      {'mailedTo' in made ? (
        <Text size="sm">A mail with a link for a new password is on its way to {made.mailedTo}.</Text>
      ) : (
        <>
          <Text size="sm">
            Give this address to {user.name} by a way that only they read. Whoever has it can set their password, once,
            until {longMoment(made.expiresAt)}; a second factor is still asked for.
          </Text>
          <CopyField
            label="Link for a new password"
            value={made.address}
            description="The exchange keeps no copy of it."
            onCopied={() => {}}
          />
        </>
      )}
      <div>
        <Button variant="default" className={classes.target} onClick={() => making.reset()}>
          Done
        </Button>
      </div>
    </Stack>
  );
}
