import './styles.ts';
import { Button, Group, Skeleton, Text } from '@mantine/core';
import type { FactorAnswer, OwnFactor, OwnFactorsAnswer } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { AddPasskey } from './add-passkey.tsx';
import { AddTotp } from './add-totp.tsx';
import { useFactorsChanged, useOwnFactors, useRemoveFactor } from './factor-queries.ts';
import { ShowFactor } from './factor-step.tsx';
import { passkeysAreHere } from './passkey-words.ts';
import { RecoveryCard } from './recovery-card.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

const kindText = { totp: 'Authenticator app', passkey: 'Passkey' } as const;

/** What one shows beside the password, and the codes for who has lost it. */
export function FactorCards() {
  const { data, error, isPending, refetch } = useOwnFactors();
  return (
    <>
      <Card title="Second factors">
        {isPending && <Skeleton height={72} radius="md" />}
        {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
        {data !== undefined && <Factors data={data} />}
      </Card>
      {data?.recoveryCodes && <RecoveryCard codes={data.recoveryCodes} toShow={data.toShow} />}
    </>
  );
}

function Factors({ data }: { readonly data: OwnFactorsAnswer }) {
  const { factors, required, passkeys, toShow } = data;
  const [adding, setAdding] = useState<'totp' | 'passkey'>();
  const [codes, setCodes] = useState<readonly string[]>();
  const changed = useFactorsChanged();
  const toast = useToast();
  const onAdded = ({ recoveryCodes }: FactorAnswer): void => {
    toast.say(adding === 'passkey' ? 'The passkey is added.' : 'The authenticator app is set up.');
    setAdding(undefined);
    setCodes(recoveryCodes ?? undefined);
    changed();
  };
  const cancel = () => setAdding(undefined);
  const hasApp = factors.some(({ kind }) => kind === 'totp');
  const can = passkeys && passkeysAreHere();
  return (
    <>
      {factors.length === 0 ? (
        <Text size="sm" className={classes.text}>
          You sign in with your password alone: whoever learns it is you. With a second factor it takes something that
          you have, too.
        </Text>
      ) : (
        <ul className={classes.rows} aria-label="Second factors">
          {factors.map((factor) => (
            <FactorItem
              key={factor.id}
              factor={factor}
              last={factors.length === 1}
              required={required}
              toShow={toShow}
            />
          ))}
        </ul>
      )}
      {codes !== undefined && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
      {adding === 'totp' && <AddTotp onAdded={onAdded} onCancel={cancel} />}
      {adding === 'passkey' && <AddPasskey onAdded={onAdded} onCancel={cancel} />}
      {toShow && <ToShow data={data} />}
      {!toShow && adding === undefined && codes === undefined && (
        <Group gap="xs">
          {can && (
            <Button className={classes.target} onClick={() => setAdding('passkey')}>
              Add a passkey
            </Button>
          )}
          <Button className={classes.target} variant={can ? 'default' : 'filled'} onClick={() => setAdding('totp')}>
            {hasApp ? 'Set up another app in its place' : 'Set up an authenticator app'}
          </Button>
        </Group>
      )}
      {!passkeys && (
        <Text size="sm" className={classes.text}>
          This exchange is reached by an IP address. Passkeys need a name: its administrator can give it one.
        </Text>
      )}
    </>
  );
}

/** In a browser that is trusted the password was enough to come here, and is not enough to change this. */
function ToShow({ data: { factors, recoveryCodes } }: { readonly data: OwnFactorsAnswer }) {
  const [showing, setShowing] = useState(false);
  const changed = useFactorsChanged();
  const has = (wanted: OwnFactor['kind']) => factors.some(({ kind }) => kind === wanted);
  const ways = { totp: has('totp'), passkey: has('passkey'), recoveryCodes: (recoveryCodes?.left ?? 0) > 0 };
  return (
    <>
      <Text size="sm" className={classes.text}>
        You trust this browser, so you were not asked for your second factor. Show it before you change anything here.
      </Text>
      {showing ? (
        <ShowFactor ways={{ ...ways, trustDays: 0 }} onShown={changed} />
      ) : (
        <div>
          <Button className={classes.target} onClick={() => setShowing(true)}>
            Show your second factor
          </Button>
        </div>
      )}
    </>
  );
}

type FactorItemProps = {
  readonly factor: OwnFactor;
  readonly last: boolean;
  readonly required: boolean;
  readonly toShow: boolean;
};

function FactorItem({ factor, last, required, toShow }: FactorItemProps) {
  const { id, kind, label, createdAt, usedAt, backedUp } = factor;
  const [asking, setAsking] = useState(false);
  const removing = useRemoveFactor();
  const toast = useToast();
  return (
    <li className={classes.tall}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <span className={`${classes.name} ${classes.grow}`}>{label}</span>
        {backedUp === true && <StateMark tone="plain">On several devices</StateMark>}
      </Group>
      <Facts>
        <Fact label="Kind">{kindText[kind]}</Fact>
        <Fact label="Added">{formatMoment(createdAt)}</Fact>
        <Fact label="Last used">{usedAt === null ? 'Not yet' : formatMoment(usedAt)}</Fact>
      </Facts>
      {last && required ? (
        <Text size="sm">Your account wants a second factor: add another one before you remove this.</Text>
      ) : (
        !asking &&
        !toShow && (
          <div>
            <Button
              className={classes.target}
              variant="light"
              color="red"
              size="xs"
              aria-label={`Remove ${label}`}
              onClick={() => {
                removing.reset();
                setAsking(true);
              }}
            >
              Remove
            </Button>
          </div>
        )
      )}
      {asking && (
        <Confirm
          title={`Remove ${label}?`}
          yes="Remove it"
          no="Keep it"
          grave
          pending={removing.isPending}
          error={removing.error}
          onYes={() => removing.mutate(id, { onSuccess: () => toast.say(`${label} is removed.`) })}
          onNo={() => setAsking(false)}
        >
          {last
            ? 'It is your last one: from then on your password alone signs you in, and your recovery codes are worth nothing.'
            : 'It signs you in no more. Browsers that you trust ask for a second factor again.'}
        </Confirm>
      )}
    </li>
  );
}
