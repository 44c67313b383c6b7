import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '../../ui/amounts.ts';
import type { StudyFacts, StudyProgress } from '../messages.ts';
import classes from '../upload.module.css';
import { StudyCard } from './study-card.tsx';

type StudyListProps = {
  readonly studies: readonly StudyFacts[];
  readonly unchosen: ReadonlySet<number>;
  readonly progress: ReadonlyMap<number, StudyProgress>;
  readonly onChoose?: ((keys: readonly number[], chosen: boolean) => void) | undefined;
};

/** A disc has a few studies, an archive ten thousand: so many are shown at once. */
const page = 50;

export function StudyList({ studies, unchosen, progress, onChoose }: StudyListProps) {
  const [shown, setShown] = useState(page);
  const all = studies.map(({ key }) => key);
  return (
    <>
      {onChoose !== undefined && studies.length > 1 && (
        <div className={classes.numbers}>
          <Button size="compact-sm" variant="subtle" onClick={() => onChoose(all, true)}>
            Choose all
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => onChoose(all, false)}>
            Choose none
          </Button>
        </div>
      )}
      <ul className={classes.list} aria-label="Studies found">
        {studies.slice(0, shown).map((study) => (
          <li key={study.key}>
            <StudyCard
              study={study}
              chosen={!unchosen.has(study.key)}
              progress={progress.get(study.key)}
              onChoose={onChoose === undefined ? undefined : (chosen) => onChoose([study.key], chosen)}
            />
          </li>
        ))}
      </ul>
      {studies.length > shown && (
        <div>
          <Text size="sm" c="dimmed">
            {formatCount(studies.length - shown, 'more study', 'more studies')}
          </Text>
          <Button variant="default" size="xs" onClick={() => setShown(shown + page)}>
            Show {formatCount(Math.min(page, studies.length - shown))} more
          </Button>
        </div>
      )}
    </>
  );
}
