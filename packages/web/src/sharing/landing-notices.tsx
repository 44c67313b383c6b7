import { Button, Center, Loader, Paper, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconClockX, IconLinkOff, IconPlugConnectedX } from '@tabler/icons-react';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatDuration } from '../ui/amounts.ts';
import classes from './landing.module.css';
import { type Trouble, troubleWords } from './landing-trouble.ts';

type LandingTroubleProps = {
  readonly trouble: Trouble;
  readonly error?: unknown;
  readonly onRetry?: () => void;
};

/** Why there is no study to see, and what its reader can do. */
export function LandingTrouble({ trouble, error, onRetry }: LandingTroubleProps) {
  const { title, text, retry } = troubleWords[trouble];
  const waitMs = useWaitingTime(error);
  return (
    <Paper withBorder className={classes.card} role="alert">
      <Stack gap="md" align="flex-start">
        <ThemeIcon size={52} radius="xl" variant="light" color={retry !== null ? 'yellow' : 'gray'} aria-hidden>
          <TroubleIcon trouble={trouble} />
        </ThemeIcon>
        <h2 className={classes.heading}>{title}</h2>
        <Text size="md">{text}</Text>
        {trouble === 'too many tries' && waitMs > 0 && <Countdown waitMs={waitMs} />}
        {onRetry !== undefined && retry !== null && waitMs === 0 && (
          <Button size="md" className={classes.wide} onClick={onRetry}>
            {retry}
          </Button>
        )}
      </Stack>
    </Paper>
  );
}

/** A timer is not read out each second; who listens hears it on asking. */
export function Countdown({ waitMs }: { readonly waitMs: number }) {
  return (
    <Text size="md" fw={600} role="timer">
      You can try again in {formatDuration(waitMs)}.
    </Text>
  );
}

function TroubleIcon({ trouble }: { readonly trouble: Trouble }) {
  if (trouble === 'out of reach' || trouble === 'failed') return <IconPlugConnectedX size={28} />;
  return trouble === 'expired' || trouble === 'visit over' || trouble === 'too many tries' ? (
    <IconClockX size={28} />
  ) : (
    <IconLinkOff size={28} />
  );
}

export function LandingWaiting() {
  return (
    <Center mih="50vh">
      <Loader role="status" aria-label="Opening the link" />
    </Center>
  );
}
