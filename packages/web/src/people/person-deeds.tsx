import { Button, Group, Text } from '@mantine/core';
import { pages, type UserCard } from '@symbolon/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { mayDo, sessionQuery, useMe } from '../app/session.ts';
import { longMoment } from '../sharing/moments.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { ForgottenPassword } from './forgotten-password.tsx';
import { InvitationResult } from './invitation-result.tsx';
import { useInviteAgain, useLetIn, useRemove, useRequirePassword, useSuspend } from './user-queries.ts';
import { type Deed, deedsFor, deedWords, mailText, whyNothing } from './user-words.ts';

type PersonDeedsProps = { readonly card: UserCard; readonly isMe: boolean };

/** Whether somebody is let in: their invitation, suspending, letting in again, removing. */
export function PersonDeeds({ card, isMe }: PersonDeedsProps) {
  const me = useMe();
  const [asking, setAsking] = useState<Deed>();
  const may = {
    suspend: mayDo(me, 'user.suspend'),
    remove: mayDo(me, 'user.remove'),
    password: mayDo(me, 'password.require'),
  };
  const deeds = deedsFor(card, isMe, may);
  const { user } = card;
  const invited = user.state === 'invited';
  const reason = whyNothing(card);
  const mayReset =
    !isMe && card.withinReach && user.kind === 'person' && user.state === 'active' && mayDo(me, 'user.reset');
  if (deeds.length === 0 && !invited && !mayReset && (reason === undefined || !(may.suspend || may.remove)))
    return null;
  return (
    <Card title="Access">
      {invited && <OpenInvitation card={card} />}
      {card.passwordMustChange && (
        <Text size="sm">A new password is asked for before anything else opens for them.</Text>
      )}
      {mayReset && <ForgottenPassword user={user} />}
      {asking === undefined ? (
        <Group gap="xs">
          {deeds.map((deed) => (
            <Button
              key={deed}
              className={classes.target}
              variant={deed === 'let in' ? 'filled' : 'default'}
              onClick={() => setAsking(deed)}
            >
              {deedWords(deed, user).button}
            </Button>
          ))}
        </Group>
      ) : (
        <ConfirmDeed deed={asking} card={card} onDone={() => setAsking(undefined)} />
      )}
      {deeds.length === 0 && !isMe && reason !== undefined && <Text size="sm">{reason}</Text>}
    </Card>
  );
}

function ConfirmDeed({ deed, card: { user }, onDone }: { deed: Deed; card: UserCard; onDone: () => void }) {
  const suspending = useSuspend(user.id);
  const lettingIn = useLetIn(user.id);
  const removing = useRemove(user.id);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const asking = useRequirePassword(user.id);
  const doing = { 'new password': asking, suspend: suspending, 'let in': lettingIn, remove: removing, leave: removing }[
    deed
  ];
  const { title, says, button, done } = deedWords(deed, user);
  const go = () =>
    doing.mutate(undefined, {
      onSuccess: () => {
        toast.say(done);
        onDone();
        if (deed === 'remove') void navigate({ to: pages.people });
        if (deed === 'leave') void queries.invalidateQueries(sessionQuery);
      },
    });
  return (
    <Confirm
      title={title}
      yes={button}
      no="Leave it as it is"
      grave={deed !== 'let in' && deed !== 'new password'}
      pending={doing.isPending}
      error={doing.error}
      onYes={go}
      onNo={onDone}
    >
      {says}
    </Confirm>
  );
}

function OpenInvitation({ card: { user, invitation, invitationMail, withinReach } }: { readonly card: UserCard }) {
  const me = useMe();
  const inviting = useInviteAgain(user.id);
  if (inviting.data !== undefined)
    return <InvitationResult invited={inviting.data} onCopied={() => {}} onDone={() => inviting.reset()} />;
  return (
    <>
      <Text size="sm" className={classes.text}>
        {invitationMail !== null
          ? mailText(invitationMail)
          : invitation === null
            ? 'The invitation has ended. Without a new one they cannot come in.'
            : `${invitation.createdBy} invited them; the invitation can be taken up until ${longMoment(invitation.expiresAt)}.`}
      </Text>
      {inviting.error !== null && <ProblemNotice error={inviting.error} />}
      {mayDo(me, 'user.create') && withinReach && (
        <div>
          <Button className={classes.target} loading={inviting.isPending} onClick={() => inviting.mutate()}>
            Make a new invitation
          </Button>
        </div>
      )}
    </>
  );
}
