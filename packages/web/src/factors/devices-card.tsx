import './styles.ts';
import { Button, Group, Skeleton, Text } from '@mantine/core';
import type { OwnDevice } from '@symbolon/contract';
import { useRef } from 'react';
import classes from '../administration/administration.module.css';
import { StateMark } from '../administration/state-mark.tsx';
import { deviceText } from '../security/security-words.ts';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useForgetDevice, useOwnDevices } from './factor-queries.ts';

const title = 'Browsers that know you';

/** The browsers in which one signed in, whether or not one is signed in there now; and which of them are trusted. */
export function DevicesCard() {
  const { data, error, isPending, refetch } = useOwnDevices();
  const list = useRef<HTMLUListElement>(null);
  return (
    <Card title={title}>
      <Text size="sm" className={classes.text}>
        You have signed in here before. In one that you trust, your second factor is not asked for.
      </Text>
      {isPending && <Skeleton height={72} radius="md" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <ul ref={list} tabIndex={-1} className={classes.rows} aria-label={title}>
          {data.devices.map((device) => (
            <DeviceItem key={device.id} device={device} onForgotten={() => list.current?.focus()} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function DeviceItem({ device, onForgotten }: { readonly device: OwnDevice; readonly onForgotten: () => void }) {
  const forgetting = useForgetDevice();
  const toast = useToast();
  const name = deviceText(device);
  const { trustedUntil } = device;
  return (
    <li className={classes.tall}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <span className={`${classes.name} ${classes.grow}`}>{name}</span>
        {device.current && <StateMark tone="good">This one</StateMark>}
      </Group>
      <Facts>
        <Fact label="Address">{device.address}</Fact>
        <Fact label="Last sign-in">{formatMoment(device.seenAt)}</Fact>
        <Fact label="Trusted">{trustedUntil === null ? 'No' : `Until ${formatMoment(trustedUntil)}`}</Fact>
      </Facts>
      {forgetting.isError && <ProblemNotice error={forgetting.error} />}
      <div>
        <Button
          className={classes.target}
          variant="light"
          size="xs"
          aria-label={`Forget ${name}, ${device.address}`}
          loading={forgetting.isPending}
          onClick={() =>
            forgetting.mutate(device.id, {
              onSuccess: () => {
                toast.say(`${name} is forgotten.`);
                onForgotten();
              },
            })
          }
        >
          Forget
        </Button>
      </div>
    </li>
  );
}
