import { Button, Text } from '@mantine/core';
import type { Erasure } from '@symbolon/contract';
import { useState } from 'react';
import { Card } from '../ui/card.tsx';
import { EraseForm } from './erase-form.tsx';
import classes from './erasure.module.css';

/** Everything that the account holds, erased and the account closed: at the bottom, and behind its name. */
export function AccountCard({ accountName }: { readonly accountName: string }) {
  const [state, setState] = useState<'closed' | 'asking' | Erasure>('closed');
  return (
    <Card title="The whole account">
      <Text size="sm" className={classes.text}>
        Everything that the account holds can be erased at once. The account is closed with it and takes nothing new.
      </Text>
      {state === 'closed' && (
        <div>
          <Button variant="default" className={classes.target} onClick={() => setState('asking')}>
            Erase the whole account …
          </Button>
        </div>
      )}
      {state === 'asking' && (
        <>
          <EraseForm target={{ what: 'account', accountName }} name={accountName} onBegun={setState} />
          <div>
            <Button variant="default" className={classes.target} onClick={() => setState('closed')} autoFocus>
              Keep the account
            </Button>
          </div>
        </>
      )}
      {typeof state === 'object' && (
        <Text size="sm" role="status">
          The account is being erased. The list above says how far it is; get the certificate when it is there.
        </Text>
      )}
    </Card>
  );
}
