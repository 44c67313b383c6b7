import { Button } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { useFact } from './use-facts.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';

const troubles = {
  away: 'The exchange does not answer; trying again …',
  busy: 'The exchange is busy; trying again …',
} as const;

/** What stands in the picture's place, or says why it takes its time. */
export function Notices({ viewport }: { readonly viewport: Viewport }) {
  const refusal = useFact(viewport, (facts) => facts.refusal);
  const trouble = useFact(viewport, (facts) => facts.trouble);
  const loading = useFact(viewport, (facts) => facts.loading);
  const first = useFact(viewport, (facts) => facts.shown === null);
  return (
    <>
      <div className={classes.refusal} role="status" hidden={refusal === null}>
        {refusal !== null && (
          <>
            <IconPhotoOff size={40} aria-hidden />
            <p>This image cannot be shown here: {refusal.reason} Download the study to look at it elsewhere.</p>
            {refusal.again && (
              <Button size="xs" variant="default" onClick={() => viewport.again()}>
                Try again
              </Button>
            )}
          </>
        )}
      </div>
      <div className={classes.away} role="status">
        {trouble === null ? '' : troubles[trouble]}
      </div>
      {loading && <div className={classes.loading} data-first={first} aria-hidden />}
    </>
  );
}
