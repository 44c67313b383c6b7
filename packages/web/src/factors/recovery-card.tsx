import { Alert, Button, Text } from '@mantine/core';
import type { OwnFactorsAnswer } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { useRenewRecoveryCodes } from './factor-queries.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** So many are too few to wait any longer. */
const few = 2;

type RecoveryCardProps = {
  readonly codes: NonNullable<OwnFactorsAnswer['recoveryCodes']>;
  /** Whether the second factor is to be shown before there are new ones. */
  readonly toShow: boolean;
};

/** What is left of the recovery codes, and new ones. */
export function RecoveryCard({ codes, toShow }: RecoveryCardProps) {
  const [asking, setAsking] = useState(false);
  const renewing = useRenewRecoveryCodes();
  const { left, createdAt } = codes;
  if (renewing.data !== undefined)
    return (
      <Card title="Recovery codes">
        <RecoveryCodes codes={renewing.data.recoveryCodes} onDone={() => renewing.reset()} />
      </Card>
    );
  return (
    <Card title="Recovery codes">
      {left <= few && (
        <Alert color="yellow" title={left === 0 ? 'None is left.' : `Only ${left} left.`}>
          Get new ones while you can: without any of them, and without your second factor, only an administrator can let
          you in.
        </Alert>
      )}
      <Text size="sm" className={classes.text}>
        {left} of 10 can still be used; made {formatMoment(createdAt)}. Each signs you in once, when you have lost your
        second factor.
      </Text>
      {asking ? (
        <Confirm
          title="Get new recovery codes?"
          yes="Get new ones"
          no="Keep these"
          pending={renewing.isPending}
          error={renewing.error}
          onYes={() => renewing.mutate(undefined, { onSuccess: () => setAsking(false) })}
          onNo={() => setAsking(false)}
        >
          Those that you have are worth nothing from then on.
        </Confirm>
      ) : (
        !toShow && (
          <div>
            <Button className={classes.target} variant="default" onClick={() => setAsking(true)}>
              Get new ones …
            </Button>
          </div>
        )
      )}
    </Card>
  );
}
