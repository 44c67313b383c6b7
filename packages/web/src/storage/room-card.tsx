import { Alert, Text } from '@mantine/core';
import type { StorageAnswer } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { formatBytes, formatCount, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { useUsage } from './storage-queries.ts';
import { placeNames, roomText, roomWarning } from './storage-words.ts';

/** How much there is, and how much room there is for more. */
export function RoomCard({ storage }: { readonly storage: StorageAnswer }) {
  const { data: usage } = useUsage();
  const warning = roomWarning(storage.state);
  return (
    <Card title="Room">
      {warning !== undefined && (
        <Alert
          color={storage.state === 'full' ? 'red' : 'yellow'}
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
        >
          {warning}
        </Alert>
      )}
      <Facts>
        {usage !== undefined && (
          <Fact label="Held by this account">
            {formatCount(usage.instances, 'image')}, {formatBytes(usage.bytes)}
            {usage.maxBytes !== null && ` of ${formatBytes(usage.maxBytes)}`}
          </Fact>
        )}
        {storage.places.map((place) => (
          <Fact key={place.name} label={placeNames[place.name]}>
            {roomText(place)}
          </Fact>
        ))}
      </Facts>
      <Text size="sm" c="dimmed">
        {storage.lastSweep === null
          ? 'What a crash leaves behind is removed once a day.'
          : `What a crash left behind was last removed ${formatMoment(storage.lastSweep.at)}: ${formatCount(storage.lastSweep.found.orphans.count, 'object')}.`}
      </Text>
    </Card>
  );
}
