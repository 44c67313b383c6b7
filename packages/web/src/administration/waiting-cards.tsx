import './styles.ts';
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

/** In place of cards that are still to come. */
export function WaitingCards({ what, count }: { readonly what: string; readonly count: number }) {
  return (
    <Stack gap="sm" role="status">
      <VisuallyHidden>{what}</VisuallyHidden>
      {Array.from({ length: count }, (_, at) => at).map((at) => (
        <Skeleton key={at} height={160} radius="md" />
      ))}
    </Stack>
  );
}
