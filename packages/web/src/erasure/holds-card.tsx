import { Anchor, Button, Text } from '@mantine/core';
import { type Hold, pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { LongList } from '../administration/long-list.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { formatMoment } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { Dialog } from './dialog.tsx';
import classes from './erasure.module.css';
import { useHolds } from './erasure-queries.ts';
import { HeldNotice } from './held-notice.tsx';
import { PlaceHold } from './place-hold.tsx';
import { ReleaseHold } from './release-hold.tsx';

/** What keeps things from being erased, and what did. */
export function HoldsCard() {
  const me = useMe();
  const [placing, setPlacing] = useState(false);
  return (
    <Card title="What is held">
      <LongList found={useHolds()} itemsOf={({ holds }) => holds} waiting="Loading what is held">
        {(holds) => <Holds holds={holds} />}
      </LongList>
      {mayDo(me, 'hold.place') && (
        <div>
          <Button variant="default" className={classes.target} onClick={() => setPlacing(true)}>
            Hold the whole account …
          </Button>
          <Dialog title="Hold the whole account" opened={placing} onClose={() => setPlacing(false)}>
            <PlaceHold onDone={() => setPlacing(false)} />
          </Dialog>
        </div>
      )}
    </Card>
  );
}

function Holds({ holds }: { readonly holds: readonly Hold[] }) {
  const me = useMe();
  const inForce = holds.filter(({ releasedAt }) => releasedAt === null);
  const released = holds.filter(({ releasedAt }) => releasedAt !== null);
  return (
    <>
      {inForce.length === 0 && (
        <Text size="sm" className={classes.text}>
          Nothing is held. A hold keeps a study, a patient or the account from being erased; one on a study or a patient
          is placed from the page of the study.
        </Text>
      )}
      <ul className={classes.list} aria-label="Holds in force">
        {inForce.map((hold) => (
          <li key={hold.id}>
            <HeldNotice hold={hold}>
              <OfStudy hold={hold} />
              {mayDo(me, 'hold.release') && <ReleaseHold holdId={hold.id} />}
            </HeldNotice>
          </li>
        ))}
      </ul>
      <ul className={classes.list} aria-label="Holds released">
        {released.map((hold) => (
          <li key={hold.id} className={classes.item}>
            <Text size="sm">{hold.reason}</Text>
            <Text size="xs" c="dimmed">
              {hold.placedBy}, {formatMoment(hold.placedAt)}; released by {hold.releasedBy ?? 'somebody'},{' '}
              {formatMoment(hold.releasedAt)}
            </Text>
          </li>
        ))}
      </ul>
    </>
  );
}

function OfStudy({ hold: { of, studyId } }: { readonly hold: Hold }) {
  if (studyId === null) return null;
  return (
    <Anchor
      size="sm"
      underline="always"
      c="inherit"
      renderRoot={(props) => <Link {...props} to={pathOf(pages.study, { studyId })} />}
    >
      {of === 'patient' ? 'Open a study of the patient' : 'Open the study'}
    </Anchor>
  );
}
