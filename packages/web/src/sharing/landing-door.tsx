import './styles.ts';
import { Alert, Button, Paper, PasswordInput, Stack, Text, ThemeIcon } from '@mantine/core';
import { openLink } from '@symbolon/client';
import type { LookAtLinkAnswer } from '@symbolon/contract';
import { IconClock, IconEye, IconShieldLock } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useRef, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { useWaitingTime } from '../people/waiting-time.ts';
import { Page } from '../ui/page.tsx';
import classes from './landing.module.css';
import { Countdown, LandingTrouble } from './landing-notices.tsx';
import { type Trouble, troubleOf, troubleWords } from './landing-trouble.ts';
import { fromNow, longMoment } from './moments.ts';
import { senderOf } from './sender.ts';

type LandingDoorProps = {
  readonly linkId: string;
  readonly secret: string;
  readonly look: LookAtLinkAnswer;
  readonly onOpened: (answer: LookAtLinkAnswer) => void;
};

/** Those after which another password may open it; all others end the road. */
const passing: ReadonlySet<Trouble> = new Set(['password wrong', 'too many tries', 'out of reach', 'failed']);

/** Who shares what until when, and the way in. Nothing is opened before somebody says so: mail programs look at links too. */
export function LandingDoor({ linkId, secret, look, onOpened }: LandingDoorProps) {
  const [password, setPassword] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const problemId = useId();
  const opening = useMutation({
    mutationFn: () => {
      const given = look.needsPassword ? { password: password.trim() } : {};
      return openLink(exchange, linkId, { secret, ...given });
    },
    gcTime: 0,
    onSuccess: onOpened,
    onError: () => field.current?.select(),
  });
  const trouble = opening.error === null ? null : troubleOf(opening.error);
  const waitMs = useWaitingTime(opening.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!opening.isPending && waitMs === 0) opening.mutate();
  };
  return (
    <Page title="Shared study" width="narrow" hiddenTitle>
      {trouble !== null && !passing.has(trouble) ? (
        <LandingTrouble trouble={trouble} error={opening.error} />
      ) : (
        <Paper withBorder className={classes.card}>
          <Stack gap="lg">
            <Stack gap="sm">
              <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
                <IconShieldLock size={28} />
              </ThemeIcon>
              <h2 className={classes.heading}>{senderOf(look)} shares a study with you</h2>
            </Stack>
            <ul className={classes.points}>
              <li>
                <IconClock size={22} aria-hidden />
                <span>
                  Open until <strong>{longMoment(look.expiresAt)}</strong> ({fromNow(look.expiresAt, Date.now())})
                </span>
              </li>
              <li>
                <IconEye size={22} aria-hidden />
                <span>
                  {look.download ? 'You can look at the images and download them' : 'You can look at the images'}
                </span>
              </li>
            </ul>
            <form onSubmit={submit}>
              <Stack gap="md">
                {look.needsPassword && (
                  <PasswordInput
                    ref={field}
                    label="Password"
                    description="The sender gives it to you separately, for example by telephone."
                    size="lg"
                    required
                    withAsterisk={false}
                    autoComplete="off"
                    autoCapitalize="none"
                    autoCorrect="off"
                    spellCheck={false}
                    value={password}
                    error={trouble === 'password wrong'}
                    aria-describedby={trouble === null ? undefined : problemId}
                    classNames={{ visibilityToggle: classes.eye ?? '' }}
                    visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
                    onChange={({ currentTarget }) => setPassword(currentTarget.value)}
                  />
                )}
                {trouble !== null && (
                  <Alert
                    id={problemId}
                    role="alert"
                    color="red"
                    classNames={{ title: classes.plain ?? '' }}
                    title={troubleWords[trouble].title}
                  >
                    {troubleWords[trouble].text}
                  </Alert>
                )}
                {waitMs > 0 && <Countdown waitMs={waitMs} />}
                <Button type="submit" size="lg" fullWidth loading={opening.isPending} disabled={waitMs > 0}>
                  Open the study
                </Button>
              </Stack>
            </form>
            <Text size="sm" c="dimmed">
              The sender can see when the study is opened. No account is needed: a cookie on this device lets you in for
              some hours.
            </Text>
          </Stack>
        </Paper>
      )}
    </Page>
  );
}
