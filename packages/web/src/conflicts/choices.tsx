import { Button, Text, Title } from '@mantine/core';
import type { ChoiceRow } from '@symbolon/contract';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useUndo } from './conflict-queries.ts';
import classes from './conflicts.module.css';

type ChoicesProps = { readonly studyId: string; readonly choices: readonly ChoiceRow[]; readonly may: boolean };

/** What was chosen, by whom, and how it is undone: the newest first, since a later choice can build on an earlier one. */
export function Choices({ studyId, choices, may }: ChoicesProps) {
  const undoing = useUndo(studyId);
  const toast = useToast();
  if (choices.length === 0) return null;
  const undo = (id: string) => undoing.mutate(id, { onSuccess: () => toast.say('Undone: everything is as before.') });
  return (
    <section aria-labelledby="choices">
      <Title order={2} size="h5" id="choices" mb="xs">
        What was chosen
      </Title>
      {undoing.error !== null && <ProblemNotice error={undoing.error} />}
      <ul className={classes.choices}>
        {choices.map(({ id, choice, instances, by, at, undoneBy, undoneAt }) => (
          <li key={id}>
            <div className={classes.grow}>
              <Text size="sm" td={undoneAt === null ? '' : 'line-through'}>
                {choice === 'new'
                  ? `The new content was taken for ${formatCount(instances, 'image')}`
                  : `What was held was kept for ${formatCount(instances, 'image')}`}
              </Text>
              <Text size="xs" c="dimmed">
                by {by}, {formatMoment(at)}
                {undoneAt !== null && `; undone by ${undoneBy}, ${formatMoment(undoneAt)}`}
              </Text>
            </div>
            {may && undoneAt === null && (
              <Button
                className={classes.target}
                variant="default"
                size="xs"
                loading={undoing.isPending && undoing.variables === id}
                onClick={() => undo(id)}
              >
                Undo
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
