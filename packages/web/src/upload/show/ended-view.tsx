import { Button, Stack, Text, Title } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatBytes, formatCount, formatDuration } from '../../ui/amounts.ts';
import { brokenIn, type EndFacts, harmless, type Receipts } from '../messages.ts';
import { saveFile } from '../save-file.ts';
import classes from '../upload.module.css';
import { forgetUpload, tell } from '../upload-actions.ts';
import type { UploadState } from '../upload-state.ts';
import { Note } from './note.tsx';
import { StudiesAndLeft } from './studies-and-left.tsx';

function titleOf({ taken, alreadyHeld, refused, notSent }: EndFacts, unread: number): string {
  if (notSent > 0) return 'Ended before everything was sent';
  if (refused > 0) return taken + alreadyHeld > 0 ? 'Done, but not all were taken' : 'Nothing was taken';
  if (unread > 0) return 'Done, but not everything could be read';
  return taken > 0 ? 'Done: everything arrived' : 'Done: everything was held already';
}

export function EndedView({ state, end }: { readonly state: UploadState; readonly end: EndFacts }) {
  const { taken, takenBytes, alreadyHeld, refused, notSent, elapsedMs } = end;
  // What was refused stands among the groups, too, and is said first.
  const unread = refused > 0 ? 0 : brokenIn(state.left);
  const good = refused === 0 && notSent === 0 && unread === 0;
  const lines = [
    taken > 0 &&
      `${formatCount(taken, 'image')} taken, ${formatBytes(takenBytes)}, in ${formatDuration(Math.max(1000, elapsedMs))}.`,
    alreadyHeld > 0 && `${formatCount(alreadyHeld, 'image was', 'images were')} held already, and not sent again.`,
    refused > 0 && `${formatCount(refused, 'image was', 'images were')} not taken; the reasons are below.`,
    unread > 0 &&
      `${formatCount(unread, 'file')} could not be read, and ${unread === 1 ? 'is' : 'are'} not there; see below.`,
    notSent > 0 &&
      `${formatCount(notSent, 'image was', 'images were')} not sent. Choose the same files again to send the rest.`,
  ].filter((line) => line !== false);
  const aside = state.left.some(({ group }) => group === 'conflict');
  const someRefused = state.left.some(({ group }) => !harmless.has(group));
  return (
    <Stack gap="md">
      <Note
        color={good ? 'green' : 'orange'}
        role="status"
        icon={good ? <IconCircleCheck aria-hidden /> : <IconInfoCircle aria-hidden />}
        title={titleOf(end, unread)}
      >
        {lines.map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))}
      </Note>
      <div className={classes.buttons} data-start>
        <Button component={Link} to={pages.worklist}>
          Show in studies
        </Button>
        <Button variant="default" onClick={forgetUpload}>
          Upload more
        </Button>
        {aside && (
          <Button component={Link} to={pages.conflicts} variant="default">
            Look at what was kept aside
          </Button>
        )}
        {someRefused && (
          <Button variant="default" onClick={() => tell('csv')}>
            Save list of what was not taken
          </Button>
        )}
      </div>
      {state.receipts !== undefined && <ReceiptPart receipts={state.receipts} />}
      <StudiesAndLeft state={state} leftTitle="Not taken" />
    </Stack>
  );
}

function ReceiptPart({ receipts }: { readonly receipts: Receipts }) {
  return (
    <section aria-labelledby="receipt">
      <Title order={2} size="h5" id="receipt" mb="xs">
        Receipt
      </Title>
      {receipts.kind === 'asking' && <Text size="sm">Asking the exchange to sign the receipt…</Text>}
      {receipts.kind === 'failed' && (
        <Stack gap="xs" align="start">
          <Text size="sm">The receipt could not be had ({receipts.code}). The images are there all the same.</Text>
          <Button size="xs" variant="default" onClick={() => tell('ask receipt')}>
            Ask again
          </Button>
        </Stack>
      )}
      {receipts.kind === 'ready' && (
        <Stack gap="xs" align="start">
          <Text size="sm">
            Signed by the exchange: it lists every file that is held, and proves it later, whatever anybody says.{' '}
            {receipts.verified
              ? 'The signature was checked here.'
              : 'This browser cannot check such signatures (Ed25519), so it is offered unchecked; “symbolon receipt verify” checks it.'}
          </Text>
          <div className={classes.buttons}>
            {receipts.files.map(({ name, file }) => (
              <Button key={name} variant="default" onClick={() => saveFile(name, file)}>
                {receipts.files.length === 1 ? 'Save receipt' : `Save ${name}`}
              </Button>
            ))}
          </div>
        </Stack>
      )}
    </section>
  );
}
