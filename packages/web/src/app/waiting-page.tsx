import { Center, Loader } from '@mantine/core';

export function WaitingPage() {
  return (
    <Center mih="40vh" role="status" aria-label="Loading">
      <Loader size="sm" type="dots" />
    </Center>
  );
}
