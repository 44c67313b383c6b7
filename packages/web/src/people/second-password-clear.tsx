import { Button, Text } from '@mantine/core';
import type { UserRow } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { Card } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import { useClearSecondPassword } from './user-queries.ts';

/** For who forgot their second password: they choose another, and see no identities until then. */
export function SecondPasswordClear({ user }: { readonly user: UserRow }) {
  const [asking, setAsking] = useState<boolean>();
  const clearing = useClearSecondPassword(user.id);
  const toast = useToast();
  const go = () => clearing.mutate(undefined, { onSuccess: () => toast.say('The second password is cleared.') });
  return (
    <Card title="Second password">
      <Text size="sm" className={classes.text}>
        {user.name} chose one, which opens identities where the account wants that.
      </Text>
      {asking ? (
        <Confirm
          title="Clear the second password?"
          yes="Clear it"
          no="Leave it as it is"
          grave
          pending={clearing.isPending}
          error={clearing.error}
          onYes={go}
          onNo={() => setAsking(false)}
        >
          Be sure that it is {user.name} who asks for it: whoever knows the first password chooses the next one. Until
          then no identities are shown to them.
        </Confirm>
      ) : (
        <div>
          <Button
            className={classes.target}
            variant="default"
            autoFocus={asking === false}
            onClick={() => setAsking(true)}
          >
            Clear it
          </Button>
        </div>
      )}
    </Card>
  );
}
