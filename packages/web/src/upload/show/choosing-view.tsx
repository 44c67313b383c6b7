import { Button, Stack, Text, Title } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { formatBytes, formatCount } from '../../ui/amounts.ts';
import { DropZone } from '../choose/drop-zone.tsx';
import type { ScanFacts } from '../messages.ts';
import classes from '../upload.module.css';
import { chooseStudies, forgetUpload, startSending, stopScan, tell } from '../upload-actions.ts';
import { choiceOf, chosenStudies, type UploadState } from '../upload-state.ts';
import { LeftList } from './left-list.tsx';
import { Note } from './note.tsx';
import { NothingFound } from './nothing-found.tsx';
import { countPatients } from './patients.ts';
import { ProgressBar } from './progress-bar.tsx';
import { StudyList } from './study-list.tsx';

const noProgress = new Map();

/** What was found, while it is being looked for and after, and what of it is to be sent. */
export function ChoosingView({ state, userId }: { readonly state: UploadState; readonly userId: string }) {
  const { scan, studies, unchosen, left } = state;
  const running = scan === undefined || scan.running;
  const patients = countPatients(
    chosenStudies(state)
      .filter(({ known }) => known)
      .map(({ patient }) => patient),
  );
  const images = studies.reduce((sum, study) => sum + study.images, 0);
  const found = `${formatCount(studies.length, 'study', 'studies')}, ${formatCount(images, 'image')}`;
  return (
    <Stack gap="md">
      <DropZone userId={userId} small />
      <p className={classes.heard} role="status">
        {running ? 'Looking at the files' : `Found ${found}`}
      </p>
      {running ? <Looking scan={scan} found={found} /> : <Looked scan={scan} />}
      {!running && studies.length === 0 && <NothingFound files={scan.files} />}
      {patients > 1 && (
        <Note
          color="orange"
          role="status"
          icon={<IconUsers aria-hidden />}
          title={`These are ${formatCount(patients)} patients: check before sending`}
        >
          <Text size="sm">Discs get mixed up. Take the tick from what you do not want to send.</Text>
        </Note>
      )}
      {studies.length > 0 && (
        <section aria-labelledby="found">
          <Title order={2} size="h5" id="found" mb="xs">
            {running ? 'Found so far' : 'Found'}
          </Title>
          <Stack gap="xs">
            <StudyList studies={studies} unchosen={unchosen} progress={noProgress} onChoose={chooseStudies} />
          </Stack>
        </section>
      )}
      {left.length > 0 && (
        <section aria-labelledby="not-sent">
          <Title order={2} size="h5" id="not-sent" mb="xs">
            Not sent
          </Title>
          <LeftList left={left} />
        </section>
      )}
      <SendBar state={state} running={running} />
    </Stack>
  );
}

function Looking({ scan, found }: { readonly scan: ScanFacts | undefined; readonly found: string }) {
  const { files = 0, ofFiles = 0, bytes = 0 } = scan ?? {};
  const text = `Looking at file ${formatCount(files)} of ${formatCount(ofFiles)}`;
  return (
    <Stack gap={6}>
      <ProgressBar
        label="Looking at the files"
        text={text}
        percent={ofFiles === 0 ? undefined : Math.floor((files / ofFiles) * 100)}
      />
      <div className={classes.numbers}>
        <Text size="sm">{text}</Text>
        <Text size="sm">{formatBytes(bytes)} read</Text>
        <Text size="sm">{found} so far</Text>
        <Button size="compact-sm" variant="subtle" onClick={stopScan}>
          Stop looking
        </Button>
      </div>
    </Stack>
  );
}

function Looked({ scan }: { readonly scan: ScanFacts }) {
  const { stopped, files, ofFiles, bytes, held } = scan;
  return (
    <div className={classes.numbers}>
      <Text size="sm" c="dimmed">
        {stopped
          ? `Stopped: ${formatCount(files)} of ${formatCount(ofFiles, 'file')} were looked at. Choose them again to look at the rest.`
          : `${formatCount(files, 'file')} looked at, ${formatBytes(bytes)}. Nothing has been sent yet.`}
      </Text>
      {held === 'asking' && (
        <Text size="sm" c="dimmed">
          Asking which of them are held already…
        </Text>
      )}
      {held === 'failed' && (
        <Text size="sm">
          The exchange could not be asked which of them are held already.{' '}
          <Button size="compact-xs" variant="default" onClick={() => tell('ask held')}>
            Ask again
          </Button>
        </Text>
      )}
    </div>
  );
}

function SendBar({ state, running }: { readonly state: UploadState; readonly running: boolean }) {
  const { studies, images, bytes, heldImages, heldBytes } = choiceOf(state);
  const open = images - heldImages;
  const allHeld = images > 0 && open === 0;
  return (
    <div className={classes.bar}>
      <Text size="sm">
        {images === 0
          ? 'No study is chosen.'
          : `${formatCount(studies, 'study', 'studies')}, ${formatCount(images, 'image')}, ${formatBytes(bytes)}.`}
        {heldImages > 0 && !allHeld && ` ${formatCount(heldImages)} are held already and are not sent again.`}
        {allHeld && ' All are held already: nothing needs to be sent. You can get a receipt for them.'}
      </Text>
      <div className={classes.buttons}>
        <Button variant="default" onClick={forgetUpload}>
          Start over
        </Button>
        <Button disabled={running || images === 0} onClick={startSending}>
          {allHeld
            ? 'Get a receipt'
            : `Send ${open > 0 ? `${formatCount(open, 'image')} (${formatBytes(bytes - heldBytes)})` : ''}`.trim()}
        </Button>
      </div>
    </div>
  );
}
