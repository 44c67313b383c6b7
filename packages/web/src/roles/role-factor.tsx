import { Button, Text } from '@mantine/core';
import type { RoleAnswer } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { useSetRoleFactor } from './role-queries.ts';

/** Whether who has the role needs a second factor, and whom a change asks. */
export function RoleFactor({ role }: { readonly role: RoleAnswer }) {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const setting = useSetRoleFactor(role.id);
  const { secondFactor, withoutFactor } = role;
  const may = mayDo(me, 'role.change') && role.beyondYou.length === 0;
  const people = formatCount(withoutFactor, 'person', 'people');
  const effect =
    withoutFactor === 0
      ? 'Everybody with this role has one already.'
      : `${people} with this role ${withoutFactor === 1 ? 'has' : 'have'} none: from their next request on nothing opens for them until they have set one up. API tokens go on.`;
  return (
    <Card title="Second factor">
      <Text size="sm" className={classes.text}>
        {secondFactor
          ? 'Who has this role needs a second factor, whatever the account says.'
          : 'This role asks for no second factor; the account may.'}
        {secondFactor && withoutFactor > 0 && ` ${people} with it will be asked to set one up.`}
      </Text>
      {may && !asking && (
        <div>
          <Button
            className={classes.target}
            variant="default"
            onClick={() => {
              setting.reset();
              setAsking(true);
            }}
          >
            {secondFactor ? 'Ask for none any more …' : 'Ask for a second factor …'}
          </Button>
        </div>
      )}
      {asking && (
        <Confirm
          title={secondFactor ? 'Ask for none any more?' : 'Ask for a second factor?'}
          yes={secondFactor ? 'Ask for none' : 'Ask for it'}
          no="Leave it as it is"
          pending={setting.isPending}
          error={setting.error}
          onYes={() => setting.mutate(!secondFactor, { onSuccess: () => setAsking(false) })}
          onNo={() => setAsking(false)}
        >
          {secondFactor ? 'Who has one keeps it, and shows it when they sign in, until they remove it.' : effect}
        </Confirm>
      )}
    </Card>
  );
}
