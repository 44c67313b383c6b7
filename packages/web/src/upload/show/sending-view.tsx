import { Anchor, Button, Stack, Text } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatBytes, formatCount } from '../../ui/amounts.ts';
import type { HaltReason, SendFacts } from '../messages.ts';
import classes from '../upload.module.css';
import { tell } from '../upload-actions.ts';
import type { UploadState } from '../upload-state.ts';
import { Note } from './note.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { percent, rateText, stateText, timeLeft } from './progress-words.ts';
import { StudiesAndLeft } from './studies-and-left.tsx';

const starting: SendFacts = {
  state: { kind: 'sending' },
  images: 0,
  ofImages: 0,
  doneBytes: 0,
  movedBytes: 0,
  ofBytes: 0,
  bytesPerSecond: undefined,
  leftMs: undefined,
};

export function SendingView({ state }: { readonly state: UploadState }) {
  const send = state.send ?? starting;
  const { kind } = send.state;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (kind !== 'waiting') return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [kind]);
  const done = `${formatCount(send.images)} of ${formatCount(send.ofImages, 'image')}`;
  const moved = `${formatBytes(send.movedBytes)} of ${formatBytes(send.ofBytes)}`;
  const title = stateText(send, now);
  const stopped = kind === 'paused' || kind === 'halted';
  return (
    <Stack gap="md">
      <Stack gap={6}>
        <Text fw={600}>{title}</Text>
        <p className={classes.heard} role="status">
          {kind === 'waiting' ? 'Waiting for the exchange; it goes on by itself' : title}
        </p>
        <ProgressBar
          label="Upload"
          text={[`${percent(send)} %`, done, timeLeft(send)].filter(Boolean).join(', ')}
          percent={percent(send)}
          paused={kind !== 'sending'}
        />
        <div className={classes.numbers}>
          <Text size="sm">{done}</Text>
          <Text size="sm">{moved}</Text>
          <Text size="sm">{rateText(send)}</Text>
          <Text size="sm">{timeLeft(send)}</Text>
        </div>
      </Stack>
      {send.state.kind === 'halted' && <Halted why={send.state.why} code={send.state.code} />}
      {kind === 'waiting' && (
        <Text size="sm">
          The network or the exchange is away. Nothing is lost: it goes on by itself when both are back, and nothing is
          sent twice.
        </Text>
      )}
      <div className={classes.buttons} data-start>
        {stopped && <Button onClick={() => tell('go on')}>Go on</Button>}
        {stopped && (
          <Button variant="default" onClick={() => tell('finish')}>
            End here
          </Button>
        )}
        {kind === 'waiting' && <Button onClick={() => tell('try now')}>Try now</Button>}
        {!stopped && (
          <Button variant="default" disabled={kind === 'pausing'} onClick={() => tell('pause')}>
            Pause
          </Button>
        )}
      </div>
      <Text size="sm" c="dimmed">
        Keep this window open. You can look at other pages of Symbolon meanwhile.
      </Text>
      <StudiesAndLeft state={state} leftTitle="Not sent" />
    </Stack>
  );
}

const halts: Readonly<Record<HaltReason, { readonly title: string; readonly text: string }>> = {
  'signed out': {
    title: 'You were signed out',
    text: 'Everything you chose is still here. Sign in in another tab, then come back and press “Go on”.',
  },
  'somebody else': {
    title: 'Somebody else is signed in now',
    text: 'These images are sent only for the person who began. Sign in as that person, then press “Go on”; or end it here.',
  },
  'not allowed': {
    title: 'You may not upload any more',
    text: 'Your role was changed meanwhile. Ask an administrator of your account, then press “Go on”.',
  },
  failed: {
    title: 'The exchange could not go on',
    text: 'Everything you chose is still here. Press “Go on” to try again; what arrived is not sent twice.',
  },
};

function Halted({ why, code }: { readonly why: HaltReason; readonly code: string }) {
  const { title, text } = halts[why];
  return (
    <Note color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={title}>
      <Text size="sm">{text}</Text>
      {(why === 'signed out' || why === 'somebody else') && (
        <Anchor href={pages.signIn} target="_blank" rel="noopener" size="sm">
          Sign in in another tab
        </Anchor>
      )}
      {why === 'failed' && (
        <Text size="xs" c="dimmed">
          {code}
        </Text>
      )}
    </Note>
  );
}
