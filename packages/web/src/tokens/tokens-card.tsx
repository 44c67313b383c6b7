import './styles.ts';
import { Button, Switch, Text } from '@mantine/core';
import type { UserRow } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { LongList } from '../administration/long-list.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { Card } from '../ui/card.tsx';
import { IssueToken } from './issue-token.tsx';
import { TokenItem } from './token-item.tsx';
import { useTokens } from './token-queries.ts';

type Holder = Pick<UserRow, 'id' | 'name' | 'kind' | 'state'>;
/** `of`: whose; without it those of everybody in the account. */
type TokensCardProps = { readonly of?: Holder };

/** API tokens, and where one may, a new one. */
export function TokensCard({ of }: TokensCardProps) {
  const me = useMe();
  const [over, setOver] = useState(false);
  const [making, setMaking] = useState(false);
  const isMe = of?.id === me.userId;
  // A person makes their own; who may makes those of programs.
  const mayMake =
    of !== undefined && of.state === 'active' && (isMe || of.kind === 'service') && mayDo(me, 'token.issue');
  const title = of === undefined ? 'Tokens of the account' : isMe ? 'Your tokens' : 'API tokens';
  return (
    <Card title={title}>
      <LongList
        found={useTokens(of?.id, over)}
        itemsOf={({ tokens }) => tokens}
        waiting="Loading the tokens"
        empty={<Text size="sm">{over ? 'There was never one.' : 'There is none that opens anything.'}</Text>}
      >
        {(tokens) => (
          <ul className={classes.rows} aria-label={title}>
            {tokens.map((token) => (
              <TokenItem key={token.id} token={token} withHolder={of === undefined} />
            ))}
          </ul>
        )}
      </LongList>
      <div className={classes.foot}>
        {mayMake && (
          <Button className={classes.target} onClick={() => setMaking(true)}>
            Make a token …
          </Button>
        )}
        <Switch
          className={classes.switch ?? ''}
          label="Also those that are over"
          checked={over}
          onChange={({ currentTarget }) => setOver(currentTarget.checked)}
        />
      </div>
      {of !== undefined && (
        <Dialog title="Make an API token" opened={making} onClose={() => setMaking(false)}>
          {making && <IssueToken holder={of} isMe={isMe} onDone={() => setMaking(false)} />}
        </Dialog>
      )}
    </Card>
  );
}
