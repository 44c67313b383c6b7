import { Anchor, Button, Text } from '@mantine/core';
import { type OpeningRow, pages, pathOf } from '@symbolon/contract';
import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { mayDo, useMe } from '../app/session.ts';
import { formatMoment } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useReview } from './opening-queries.ts';
import { isOpen, kindLabels, lastsText, studyText } from './opening-words.ts';
import classes from './openings.module.css';

/** One opening: who, which study, why, what came of it. */
export function OpeningItem({ opening, now }: { readonly opening: OpeningRow; readonly now: number }) {
  const { kind, who, study, reason, openedAt, reviewedBy, reviewedAt } = opening;
  return (
    <li className={classes.item} data-waits={reviewedAt === null}>
      <div className={classes.head}>
        <Text fw={600}>{who.name}</Text>
        <span className={classes.state} data-kind={kind}>
          {kindLabels[kind]}
        </span>
      </div>
      <Anchor
        size="sm"
        underline="always"
        renderRoot={(props) => <Link {...props} to={pathOf(pages.study, { studyId: study.id })} />}
      >
        {studyText(study)}
      </Anchor>
      <Text component="blockquote" size="sm" className={classes.quote}>
        {reason === '' ? 'The reason cannot be read any more.' : reason}
      </Text>
      <Text size="xs" c="dimmed">
        {formatMoment(openedAt)}, {lastsText(opening, now)}
      </Text>
      {reviewedAt !== null && (
        <Text size="xs" c="dimmed">
          <IconCircleCheck size={14} aria-hidden style={{ verticalAlign: '-2px' }} /> reviewed by {reviewedBy},{' '}
          {formatMoment(reviewedAt)}
        </Text>
      )}
      <Actions opening={opening} now={now} />
    </li>
  );
}

function Actions({ opening, now }: { readonly opening: OpeningRow; readonly now: number }) {
  const me = useMe();
  const toast = useToast();
  const reviewing = useReview(opening.id);
  const { who, study, reviewedAt } = opening;
  const mayReview = mayDo(me, 'emergency.review') && who.id !== me.userId;
  const open = isOpen(opening, now);
  const review = (end: boolean) =>
    reviewing.mutate(end, { onSuccess: () => toast.say(end ? 'Reviewed, and ended.' : 'Reviewed.') });
  return (
    <>
      <div className={classes.actions}>
        {mayDo(me, 'audit.view') && (
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props) => (
              <Link {...props} to={pages.audit} search={{ study: study.id, user: who.id } as never} />
            )}
          >
            What they looked at
          </Anchor>
        )}
        {mayReview && reviewedAt === null && (
          <Button
            size="xs"
            variant="default"
            className={classes.target}
            loading={reviewing.isPending}
            onClick={() => review(false)}
          >
            Mark as reviewed
          </Button>
        )}
        {mayReview && open && (
          <Button
            size="xs"
            variant="light"
            color="red"
            className={classes.target}
            loading={reviewing.isPending}
            onClick={() => review(true)}
          >
            End it now
          </Button>
        )}
        {who.id === me.userId && reviewedAt === null && (
          <Text size="xs" c="dimmed">
            Somebody else reviews what you opened.
          </Text>
        )}
      </div>
      {reviewing.error !== null && <ProblemNotice error={reviewing.error} />}
    </>
  );
}
