import { NativeSelect } from '@mantine/core';
import { pages, pathOf, type StudyRow } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { formatCount, formatDay, formatMoment } from '../ui/amounts.ts';
import { bornInWords, nameInWords } from './patient-words.ts';
import { AwaitsApproval, Misidentified, Modalities } from './study-marks.tsx';
import { StudyPicture } from './study-picture.tsx';
import classes from './worklist.module.css';
import type { Order, Search, Sort } from './worklist-search.ts';

type WorklistCardsProps = {
  readonly studies: readonly StudyRow[];
  readonly busy: boolean;
  readonly pictures: boolean;
};

/** The rows of the worklist where there is no room for columns. */
export function WorklistCards({ studies, busy, pictures }: WorklistCardsProps) {
  return (
    <ul className={classes.cards} aria-busy={busy} aria-label="Studies">
      {studies.map((study) => (
        <li key={study.id} className={classes.card}>
          {pictures && <StudyPicture studyId={study.id} />}
          <div className={classes.cardHead}>
            <Link to={pathOf(pages.study, { studyId: study.id })} className={classes.rowLink}>
              {nameInWords(study)}
            </Link>
            <span>
              <Modalities of={study.modalities} />
            </span>
          </div>
          {study.misidentified && (
            <div className={classes.above}>
              <Misidentified />
            </div>
          )}
          {study.unapproved && (
            <div className={classes.above}>
              <AwaitsApproval />
            </div>
          )}
          <div className={classes.faint}>
            {[study.patient.id, bornInWords(study, formatDay)].filter((part) => part !== '').join(' · ')}
          </div>
          <div>
            {[study.date === null ? '' : formatDay(study.date), study.time, study.description]
              .filter(Boolean)
              .join(' · ')}
          </div>
          <div className={classes.faint}>
            {formatCount(study.instanceCount, 'image')} in {formatCount(study.seriesCount, 'series', 'series')} ·
            arrived {formatMoment(study.arrivedAt)}
          </div>
        </li>
      ))}
    </ul>
  );
}

const orders: readonly { readonly value: `${Sort} ${Order}`; readonly label: string }[] = [
  { value: 'arrived desc', label: 'Arrived last first' },
  { value: 'arrived asc', label: 'Arrived first first' },
  { value: 'date desc', label: 'Newest study date first' },
  { value: 'date asc', label: 'Oldest study date first' },
  { value: 'name asc', label: 'Name, A to Z' },
  { value: 'name desc', label: 'Name, Z to A' },
];

/** Cards have no columns whose heads could be clicked. */
export function CardOrder({ search, onSort }: { readonly search: Search; onSort(search: Search): void }) {
  return (
    <NativeSelect
      className={classes.order}
      label="Order"
      data={[...orders]}
      value={`${search.sort} ${search.order}`}
      onChange={(event) => {
        const [sort, order] = event.currentTarget.value.split(' ') as [Sort, Order];
        onSort({ ...search, sort, order, page: 1 });
      }}
    />
  );
}
