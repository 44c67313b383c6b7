import { pages, pathOf, type StudyRow } from '@symbolon/contract';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatCount, formatDay, formatMoment } from '../ui/amounts.ts';
import { bornInWords, nameInWords } from './patient-words.ts';
import { AwaitsApproval, Misidentified, Modalities } from './study-marks.tsx';
import { StudyPicture } from './study-picture.tsx';
import classes from './worklist.module.css';
import { type Search, type Sort, sortedBy } from './worklist-search.ts';

type WorklistTableProps = {
  readonly studies: readonly StudyRow[];
  readonly search: Search;
  readonly busy: boolean;
  readonly pictures: boolean;
  onSort(search: Search): void;
};

export function WorklistTable({ studies, search, busy, pictures, onSort }: WorklistTableProps) {
  return (
    <table className={classes.table} aria-busy={busy} aria-label="Studies">
      <WorklistHead search={search} onSort={onSort} />
      <tbody>
        {studies.map((study) => (
          <tr key={study.id}>
            <td>
              {pictures && <StudyPicture studyId={study.id} />}
              <Link to={pathOf(pages.study, { studyId: study.id })} className={classes.rowLink}>
                {nameInWords(study)}
              </Link>
              {study.misidentified && (
                <span className={classes.above}>
                  <Misidentified />
                </span>
              )}
              {study.unapproved && (
                <span className={classes.above}>
                  <AwaitsApproval />
                </span>
              )}
              <div className={classes.faint}>{bornInWords(study, formatDay)}</div>
            </td>
            <td>{study.patient.id}</td>
            <td>
              {formatDay(study.date)}
              <div className={classes.faint}>{study.time}</div>
            </td>
            <td>
              <Modalities of={study.modalities} />
            </td>
            <td>
              {study.description}
              {study.accession !== '' && <div className={classes.faint}>{study.accession}</div>}
            </td>
            <td>
              {formatCount(study.instanceCount, 'image')}
              <div className={classes.faint}>{formatCount(study.seriesCount, 'series', 'series')}</div>
            </td>
            <td>{formatMoment(study.arrivedAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const columns: readonly { readonly title: string; readonly sort?: Sort; readonly width: string }[] = [
  { title: 'Patient', sort: 'name', width: '22%' },
  { title: 'Patient ID', width: '12%' },
  { title: 'Study date', sort: 'date', width: '11%' },
  { title: 'Modality', width: '10%' },
  { title: 'Description', width: '20%' },
  { title: 'Images', width: '10%' },
  { title: 'Arrived', sort: 'arrived', width: '15%' },
];
export const columnCount = columns.length;

type WorklistHeadProps = Pick<WorklistTableProps, 'search' | 'onSort'>;

export function WorklistHead({ search, onSort }: WorklistHeadProps) {
  return (
    <thead>
      <tr>
        {columns.map(({ title, sort, width }) => {
          if (sort === undefined) {
            return (
              <th key={title} scope="col" style={{ width }}>
                {title}
              </th>
            );
          }
          const sorted = search.sort === sort;
          const Arrow = sorted ? (search.order === 'asc' ? IconArrowUp : IconArrowDown) : IconArrowsSort;
          return (
            <th
              key={title}
              scope="col"
              style={{ width }}
              aria-sort={sorted ? (search.order === 'asc' ? 'ascending' : 'descending') : 'none'}
            >
              <button type="button" className={classes.sort} onClick={() => onSort(sortedBy(search, sort))}>
                {title}
                <Arrow size={14} aria-hidden opacity={sorted ? 1 : 0.6} />
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
