import '@mantine/core/styles/List.css';
import { Button, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useMe } from '../app/session.ts';
import { formatCount } from '../ui/amounts.ts';
import { Page } from '../ui/page.tsx';
import { DropZone } from './choose/drop-zone.tsx';
import type { Interrupted } from './reload-note.ts';
import { ChoosingView } from './show/choosing-view.tsx';
import { EndedView } from './show/ended-view.tsx';
import { Note } from './show/note.tsx';
import { SendingView } from './show/sending-view.tsx';
import { dismissInterrupted, forgetUpload } from './upload-actions.ts';
import { useUpload } from './upload-store.ts';

/** From a disc, a folder or a zip to the exchange: choose, see what was found, send, know what became of it. */
export function UploadPage() {
  const { userId } = useMe();
  const state = useUpload();
  const foreign = state.userId !== undefined && state.userId !== userId;
  // Another person signed in here: what the last one chose is not theirs to see.
  useEffect(() => {
    if (foreign) forgetUpload();
  }, [foreign]);
  if (foreign) return <Page title="Upload">{null}</Page>;
  return (
    <Page title="Upload">
      <Stack gap="md">
        {state.broken && <Broken />}
        {state.interrupted !== undefined && state.stage !== 'sending' && <InterruptedNotice was={state.interrupted} />}
        {state.stage === 'empty' && <DropZone userId={userId} small={false} />}
        {state.stage === 'choosing' && <ChoosingView state={state} userId={userId} />}
        {state.stage === 'sending' && <SendingView state={state} />}
        {state.stage === 'ended' && state.end !== undefined && <EndedView state={state} end={state.end} />}
      </Stack>
    </Page>
  );
}

function InterruptedNotice({ was: { images, ofImages } }: { readonly was: Interrupted }) {
  return (
    <Note
      color="blue"
      role="status"
      icon={<IconInfoCircle aria-hidden />}
      title={`An upload was interrupted: ${formatCount(images)} of ${formatCount(ofImages, 'image')} had arrived`}
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={dismissInterrupted}
    >
      <Text size="sm">Choose the same folder or files again. What arrived is not sent again.</Text>
    </Note>
  );
}

function Broken() {
  return (
    <Note
      color="red"
      role="alert"
      icon={<IconInfoCircle aria-hidden />}
      title="The upload stopped because of a mistake of this page"
    >
      <Text size="sm">What arrived is kept. Start again and choose the same files: they are not sent twice.</Text>
      <Button mt="sm" size="xs" variant="default" onClick={forgetUpload}>
        Start again
      </Button>
    </Note>
  );
}
