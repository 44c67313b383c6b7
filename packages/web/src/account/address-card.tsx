import './styles.ts';
import { Button, Group, Skeleton, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAddresses } from './account-queries.ts';
import { addressesIn, addressFaultIn } from './address-text.ts';

type AddressCardProps = {
  /** What can be used from there: “The account”. */
  readonly what: string;
  /** Without it they are those of the account. */
  readonly addresses?: readonly string[];
  readonly setting: Setting;
};
type Setting = {
  mutate(all: readonly string[], options: { readonly onSuccess: () => void }): void;
  readonly isPending: boolean;
  readonly error: unknown;
};

/** From which addresses something can be used; from all where the list is empty. */
export function AddressCard({ what, addresses, setting }: AddressCardProps) {
  const { data, error, isPending, refetch } = useAddresses();
  const list = addresses ?? data?.addresses ?? [];
  return (
    <Card title="Address list">
      {isPending && <Skeleton height={96} radius="md" role="status" aria-label="Loading the address list" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && (
        <List key={list.join()} addresses={list} yours={data.yours} what={what} setting={setting} />
      )}
    </Card>
  );
}

type ListProps = {
  readonly addresses: readonly string[];
  readonly yours: string;
  readonly what: string;
  readonly setting: Setting;
};

function List({ addresses, yours, what, setting }: ListProps) {
  const me = useMe();
  const before = addresses.join('\n');
  const [text, setText] = useState(before);
  const toast = useToast();
  const fault = addressFaultIn(text);
  const wanted = addressesIn(text);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (fault !== undefined || setting.isPending) return;
    setting.mutate(wanted, { onSuccess: () => toast.say('The address list is saved.') });
  };
  return (
    <>
      <Text size="sm" className={classes.text}>
        {addresses.length === 0
          ? `${what} can be used from everywhere.`
          : `${what} can be used from the addresses on this list only, by people and by programs.`}{' '}
        Your address now is <strong>{yours}</strong>.
      </Text>
      {mayDo(me, 'address.set') ? (
        <form onSubmit={save} noValidate>
          <Textarea
            label="Addresses"
            description="One a line: an address, a network such as 192.0.2.0/24, or a range such as 192.0.2.10-192.0.2.20. Without any it is everywhere."
            autosize
            minRows={3}
            maxRows={12}
            autoComplete="off"
            spellCheck={false}
            value={text}
            error={fault}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          {setting.error !== null && <ProblemNotice error={setting.error} />}
          <Group gap="xs" mt="sm">
            <Button
              type="submit"
              className={classes.target}
              disabled={wanted.join('\n') === before}
              loading={setting.isPending}
            >
              Save the list
            </Button>
            <Button
              variant="default"
              className={classes.target}
              disabled={wanted.includes(yours)}
              onClick={() => setText([...wanted, yours].join('\n'))}
            >
              Put your address in
            </Button>
          </Group>
        </form>
      ) : (
        addresses.length > 0 && (
          <ul className={classes.rows} aria-label="Addresses">
            {addresses.map((address) => (
              <li key={address}>
                <div>{address}</div>
              </li>
            ))}
          </ul>
        )
      )}
    </>
  );
}
