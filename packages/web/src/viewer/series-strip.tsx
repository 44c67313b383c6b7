import { type StudyRoad, thumbnailPath } from '@symbolon/client';
import type { SeriesRow } from '@symbolon/contract';
import { IconPhotoOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { seriesName } from './series-words.ts';
import classes from './viewer.module.css';

type SeriesStripProps = {
  readonly road: StudyRoad;
  readonly series: readonly SeriesRow[];
  readonly current: string | undefined;
  onChoose(id: string): void;
};

export function SeriesStrip({ road, series, current, onChoose }: SeriesStripProps) {
  return (
    <nav className={classes.strip} aria-label="Series">
      <ul>
        {series.map((one, index) => (
          <li key={one.id}>
            <SeriesButton
              road={road}
              series={one}
              name={seriesName(one, index)}
              current={one.id === current}
              onChoose={() => onChoose(one.id)}
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}

type SeriesButtonProps = {
  readonly road: StudyRoad;
  readonly series: SeriesRow;
  readonly name: string;
  readonly current: boolean;
  onChoose(): void;
};

function SeriesButton({ road, series, name, current, onChoose }: SeriesButtonProps) {
  const [broken, setBroken] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) ref.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <button ref={ref} type="button" className={classes.series} aria-current={current} onClick={onChoose}>
      <span className={classes.thumbnail}>
        {broken ? (
          <IconPhotoOff role="img" aria-label={name} size={28} />
        ) : (
          <img
            src={thumbnailPath(road, series.id)}
            alt={name}
            loading="lazy"
            decoding="async"
            draggable={false}
            onError={() => setBroken(true)}
          />
        )}
        <span className={classes.count} aria-hidden>
          {series.modality} {series.instanceCount}
        </span>
      </span>
      <span className={classes.about}>
        {series.number === null ? '' : `${series.number} · `}
        {series.description || series.bodyPart || 'No description'}
      </span>
    </button>
  );
}
