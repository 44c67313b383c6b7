import { Button, Group, Text } from '@mantine/core';
import type { ConflictChoice } from '@symbolon/contract';
import { useId, useState } from 'react';
import { formatCount } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useChoose } from './conflict-queries.ts';
import classes from './conflicts.module.css';

export type ChoosingProps = { readonly studyId: string; readonly until: string; readonly may: boolean };

type ChooseProps = ChoosingProps & {
  readonly amount: number;
  /** Only these; otherwise all of the study that are open. */
  readonly instances?: readonly string[];
  /** Some of them have nothing beside them that they could take the place of: they can only be left aside. */
  readonly onlyAside?: boolean;
};

const words = {
  new: {
    button: (amount: number) => (amount === 1 ? 'Take the new image' : `Take the ${formatCount(amount)} new images`),
    question: (amount: number) =>
      amount === 1 ? 'Take the new image?' : `Take the ${formatCount(amount)} new images?`,
    means:
      'From now on the new content is shown, found, shared and downloaded. What is held now is kept aside. You can undo this.',
    done: 'The new images are current now.',
  },
  held: {
    button: (amount: number) => (amount === 1 ? 'Keep the held image' : `Keep the ${formatCount(amount)} held images`),
    question: (amount: number) =>
      amount === 1 ? 'Keep the held image?' : `Keep the ${formatCount(amount)} held images?`,
    means: 'Everything stays as it is. What came later stays aside and is no longer asked about. You can undo this.',
    done: 'What was held stays.',
  },
} as const;

/** Where nothing is held that they could replace. */
const leftAside = {
  button: (amount: number) => (amount === 1 ? 'Leave the image aside' : `Leave the ${formatCount(amount)} aside`),
  question: (amount: number) => (amount === 1 ? 'Leave the image aside?' : `Leave the ${formatCount(amount)} aside?`),
  means: 'It stays aside and is no longer asked about. You can undo this.',
  done: 'Nothing is asked about it any more.',
} as const;

/** Both ways to choose; each asks once more, in place. */
export function Choose({ studyId, until, may, amount, instances, onlyAside = false }: ChooseProps) {
  const [asking, setAsking] = useState<ConflictChoice>();
  const toast = useToast();
  const choosing = useChoose(studyId);
  const headingId = useId();
  const ways: readonly ConflictChoice[] = onlyAside ? ['held'] : ['new', 'held'];
  const wordsOf = (choice: ConflictChoice) => (onlyAside ? leftAside : words[choice]);
  if (!may) {
    return instances === undefined ? (
      <Text size="sm" c="dimmed">
        An administrator of your account can choose between the two.
      </Text>
    ) : null;
  }
  if (asking === undefined) {
    return (
      <Group gap="xs">
        {ways.map((choice) => (
          <Button
            key={choice}
            className={classes.target}
            variant={instances === undefined && choice === 'new' ? 'filled' : 'default'}
            size={instances === undefined ? 'sm' : 'xs'}
            onClick={() => setAsking(choice)}
          >
            {wordsOf(choice).button(amount)}
          </Button>
        ))}
      </Group>
    );
  }
  const stop = () => {
    choosing.reset();
    setAsking(undefined);
  };
  const choose = () =>
    choosing.mutate(
      { choice: asking, until, ...(instances && { instances: [...instances] }) },
      {
        onSuccess: () => {
          toast.say(wordsOf(asking).done);
          stop();
        },
      },
    );
  return (
    <div
      className={classes.confirm}
      role="alertdialog"
      aria-labelledby={headingId}
      onKeyDown={({ key }) => key === 'Escape' && stop()}
    >
      <Text fw={600} id={headingId}>
        {wordsOf(asking).question(amount)}
      </Text>
      <Text size="sm" mt={4}>
        {wordsOf(asking).means}
      </Text>
      {choosing.error !== null && <ProblemNotice error={choosing.error} />}
      <Group mt="sm" gap="xs">
        <Button className={classes.target} size="xs" loading={choosing.isPending} onClick={choose}>
          {wordsOf(asking).button(amount)}
        </Button>
        <Button className={classes.target} variant="default" size="xs" onClick={stop} autoFocus>
          Back
        </Button>
      </Group>
    </div>
  );
}
