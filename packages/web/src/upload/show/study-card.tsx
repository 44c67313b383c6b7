import { Text } from '@mantine/core';
import { formatBytes, formatCount, formatDay } from '../../ui/amounts.ts';
import type { StudyFacts, StudyProgress } from '../messages.ts';
import classes from '../upload.module.css';

type StudyCardProps = {
  readonly study: StudyFacts;
  readonly chosen: boolean;
  readonly progress: StudyProgress | undefined;
  readonly onChoose: ((chosen: boolean) => void) | undefined;
};

export function StudyCard({ study, chosen, progress, onChoose }: StudyCardProps) {
  const { known, patient, mixed, date, description, modalities, series, images, bytes } = study;
  const name = !known ? 'Images whose header can be read only by the exchange' : patient.name || 'No name';
  const who = [patient.id && `ID ${patient.id}`, patient.birthDate && `born ${formatDay(patient.birthDate)}`].filter(
    Boolean,
  );
  const what = [date ? formatDay(date) : known && 'No study date', description, modalities.join(', ')].filter(Boolean);
  const facts = (
    <>
      <div>
        <Text component="span" fw={600}>
          <bdi>{name}</bdi>
        </Text>
        {who.length > 0 && (
          <Text component="span" size="sm" c="dimmed">
            {' '}
            <bdi>{who.join(' · ')}</bdi>
          </Text>
        )}
        <Text size="sm">
          <bdi>{what.join(' · ')}</bdi>
        </Text>
        <Text size="sm" c="dimmed">
          {[known && formatCount(series, 'series', 'series'), formatCount(images, 'image'), formatBytes(bytes)]
            .filter(Boolean)
            .join(' · ')}
        </Text>
        {mixed && (
          <Text size="sm" c="var(--mantine-color-error)">
            Images of this study name different patients. Check that the right one is meant.
          </Text>
        )}
      </div>
      <StudyBadge study={study} progress={progress} />
    </>
  );
  if (onChoose === undefined) {
    return (
      <div className={classes.study}>
        <span />
        {facts}
      </div>
    );
  }
  return (
    <label className={classes.study} data-chosen={chosen}>
      <input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.currentTarget.checked)} />
      {facts}
    </label>
  );
}

function StudyBadge({ study, progress }: { readonly study: StudyFacts; readonly progress: StudyProgress | undefined }) {
  if (progress !== undefined) {
    const { images, ofImages, refused } = progress;
    const done = images + refused >= ofImages;
    return (
      <span className={classes.badge} data-good={done && refused === 0} data-bad={refused > 0}>
        {done && refused === 0 ? 'there' : `${formatCount(images)} of ${formatCount(ofImages)}`}
        {refused > 0 && `, ${formatCount(refused)} not taken`}
      </span>
    );
  }
  if (study.heldImages === 0) return <span />;
  return (
    <span className={classes.badge} data-good={study.heldImages === study.images}>
      {study.heldImages === study.images ? 'held already' : `${formatCount(study.heldImages)} held already`}
    </span>
  );
}
