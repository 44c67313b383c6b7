import { Button, Text, Title } from '@mantine/core';
import type { Difference, KeptInstance } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { type Alike, pictureWords, whichImages } from './alike.ts';
import { BothPictures } from './both-pictures.tsx';
import { Choose, type ChoosingProps } from './choose.tsx';
import classes from './conflicts.module.css';

/** So many differences are shown until somebody asks for all. */
const shownAtFirst = 8;

const states = { open: 'To look at', aside: 'What was held was kept', current: 'The new one was taken' } as const;

type AlikeCardProps = ChoosingProps & {
  readonly group: Alike;
  /** There is no other group: what is chosen for the study is chosen for this. */
  readonly alone: boolean;
};

/** Images that differ in the same way from those held, and how. */
export function AlikeCard({ group, alone, ...choosing }: AlikeCardProps) {
  const { instances, differences, moreDifferences, state } = group;
  const [all, setAll] = useState(false);
  const id = useId();
  const one = instances[0] as KeptInstance;
  const picture = pictureWords(one);
  const nothing = one.held === null;
  const shown = all ? differences : differences.slice(0, shownAtFirst);
  const senders = [...new Set(instances.map(({ sentBy }) => sentBy))].filter((name) => name !== '');
  return (
    <li className={classes.card} aria-labelledby={id}>
      <div className={classes.cardHead}>
        <Title order={3} size="h5" id={id}>
          {formatCount(instances.length, 'image')}
        </Title>
        {state !== 'open' && <span className={classes.state}>{states[state]}</span>}
      </div>
      {whichImages(instances).map((words) => (
        <Text size="sm" key={words}>
          {words}
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        Sent {senders.length > 0 && `by ${senders.join(', ')} `}on {formatMoment(one.sentAt)}
      </Text>
      <Text size="sm" mt="xs" className={picture.loud ? classes.loud : undefined}>
        {picture.loud && <IconAlertTriangle size={16} aria-hidden />} {picture.text}
      </Text>
      {one.pixels === 'different' && <BothPictures instance={one} of={instances.length} />}
      {nothing ? null : differences.length > 0 ? (
        <ul className={classes.differences} aria-label="Differences">
          {shown.map((difference) => (
            <DifferenceRow key={difference.path} difference={difference} taken={state === 'current'} />
          ))}
        </ul>
      ) : (
        <Text size="sm">{noneFound(one)}</Text>
      )}
      {differences.length > shownAtFirst && !all && (
        <Button className={classes.target} mt="xs" variant="default" size="xs" onClick={() => setAll(true)}>
          Show all {differences.length} differences
        </Button>
      )}
      {moreDifferences > 0 && (all || differences.length <= shownAtFirst) && (
        <Text size="sm">And {formatCount(moreDifferences, 'more difference')} that are not listed.</Text>
      )}
      {!alone && choosing.may && state === 'open' && (
        <div className={classes.ofGroup}>
          <Choose
            {...choosing}
            amount={instances.length}
            instances={instances.map((instance) => instance.id)}
            onlyAside={nothing}
          />
        </div>
      )}
    </li>
  );
}

function noneFound({ unreadable, pixels }: KeptInstance): string {
  if (unreadable) return 'The values cannot be compared: one of the two is too large to be looked at.';
  return pixels === 'same'
    ? 'All values are the same: the two are only written in different ways.'
    : 'All other values are the same.';
}

function DifferenceRow({ difference, taken }: { readonly difference: Difference; readonly taken: boolean }) {
  const { path, name, vr, held, sent } = difference;
  return (
    <li className={classes.difference}>
      <div className={classes.element}>
        {name} <span className={classes.path}>{tagWords(path)}</span> <span className={classes.path}>{vr}</span>
      </div>
      <dl className={classes.values}>
        <div>
          <dt>{taken ? 'Held before' : 'Held'}</dt>
          <dd>{valueWords(held)}</dd>
        </div>
        <div>
          <dt>{taken ? 'New, taken' : 'New'}</dt>
          <dd>{valueWords(sent)}</dd>
        </div>
      </dl>
    </li>
  );
}

/** `(0040,0275)[1](0040,0007)` of `00400275.1.00400007`. */
function tagWords(path: string): string {
  return path
    .split('.')
    .map((step, at) => (at % 2 === 0 ? `(${step.slice(0, 4)},${step.slice(4)})` : `[${step}]`))
    .join('');
}

function valueWords(value: string | null) {
  if (value === null) return <span className={classes.absent}>not there</span>;
  if (value === '') return <span className={classes.absent}>empty</span>;
  return <bdi>{value}</bdi>;
}
