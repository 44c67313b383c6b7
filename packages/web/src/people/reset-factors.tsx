import { Button, Text } from '@mantine/core';
import type { UserCard } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { Card } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import { useResetFactors } from './user-queries.ts';

/** For who lost theirs. */
export function ResetFactors({ card: { user, withinReach } }: { readonly card: UserCard }) {
  const [asking, setAsking] = useState(false);
  const resetting = useResetFactors(user.id);
  const toast = useToast();
  return (
    <Card title="Second factor">
      <Text size="sm" className={classes.text}>
        {withinReach
          ? 'They have one. If they have lost it, and their recovery codes, you can take it away.'
          : 'They have one. They may more than you, so it is not yours to take away.'}
      </Text>
      {withinReach && !asking && (
        <div>
          <Button
            className={classes.target}
            variant="default"
            onClick={() => {
              resetting.reset();
              setAsking(true);
            }}
          >
            Take their second factor away …
          </Button>
        </div>
      )}
      {asking && (
        <Confirm
          title={`Take the second factor of ${user.name} away?`}
          yes="Take it away"
          no="Leave it as it is"
          grave
          pending={resetting.isPending}
          error={resetting.error}
          onYes={() =>
            resetting.mutate(undefined, {
              onSuccess: () => {
                setAsking(false);
                toast.say(`${user.name} signs in with the password alone now.`);
              },
            })
          }
          onNo={() => setAsking(false)}
        >
          Make sure that it is they who ask. All their passkeys, their authenticator app and their recovery codes go,
          and they are signed out everywhere. Their password alone signs them in, until they set up another.
        </Confirm>
      )}
    </Card>
  );
}
