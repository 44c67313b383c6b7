import type { Action, SeriesRow as ShownSeries, StudyRow as ShownStudy, StudyAnswer } from '@symbolon/contract';
import { may, type StudyReader } from '../access/index.ts';
import { openAside } from '../packs/index.ts';
import type { Database } from '../platform/db/database.ts';
import type { FoundStudy } from './candidates.ts';
import { shown } from './display.ts';
import { type OpenSeries, type OpenStudy, seriesIn } from './find-in-study.ts';
import { identifies } from './open-study.ts';
import type { StudiesDeps } from './search-studies.ts';
import { bytesOfSeries, type StudyRow, seriesOf } from './study.store.ts';
import { type Extent, extentOf, thingOf } from './thing.ts';

/** A study as a list for people shows it. */
export function shownStudy({ row, cell: { attributes } }: FoundStudy): ShownStudy {
  return {
    id: row.id,
    patient: {
      name: shown.name(attributes, '00100010'),
      id: shown.line(attributes, '00100020'),
      birthDate: shown.day(attributes, '00100030'),
      sex: shown.line(attributes, '00100040'),
    },
    date: shown.day(attributes, '00080020'),
    time: shown.time(attributes, '00080030'),
    description: shown.line(attributes, '00081030'),
    accession: shown.line(attributes, '00080050'),
    modalities: [...row.modalities],
    seriesCount: row.seriesCount,
    instanceCount: row.instanceCount,
    bytes: row.bytes,
    arrivedAt: row.arrivedAt.toISOString(),
    misidentified: row.misidentified,
    unapproved: row.unapproved,
  };
}

function shownSeries({ row, cell: { attributes } }: OpenSeries): ShownSeries {
  return {
    id: row.id,
    number: shown.number(attributes, '00200011'),
    modality: row.modality,
    description: shown.line(attributes, '0008103E'),
    bodyPart: shown.line(attributes, '00180015'),
    date: shown.day(attributes, '00080021'),
    instanceCount: row.instanceCount,
  };
}

/** Series as people count them: by number, those without one last, and as they arrived. */
export function inOrder(series: readonly OpenSeries[]): OpenSeries[] {
  const place = ({ cell }: OpenSeries): number => shown.number(cell.attributes, '00200011') ?? Number.POSITIVE_INFINITY;
  return series.toSorted((a, b) => {
    const [left, right] = [place(a), place(b)];
    return left === right ? a.row.ordinal - b.row.ordinal : left - right;
  });
}

/** How much of a study somebody is told of who reaches only these series. */
function countsOf(
  series: readonly Pick<ShownSeries, 'instanceCount' | 'modality'>[],
): Pick<ShownStudy, 'seriesCount' | 'instanceCount' | 'modalities' | 'misidentified'> {
  return {
    seriesCount: series.length,
    instanceCount: series.reduce((sum, { instanceCount }) => sum + instanceCount, 0),
    // Of whom the images are, the study tells as a whole: not which of its series say otherwise.
    misidentified: false,
    modalities: [...new Set(series.map(({ modality }) => modality).filter((modality) => modality !== ''))],
  };
}

/** The row of a study as somebody is told of it who reaches this much: what is in series that they do not reach is not counted. */
export async function rowWithin(database: Database, row: StudyRow, extent: Extent): Promise<StudyRow> {
  if (extent === 'whole' || extent === undefined) return row;
  const series = (await seriesOf(database, row.id)).filter(
    ({ id, instanceCount }) => instanceCount > 0 && extent.has(id),
  );
  return { ...row, ...countsOf(series), bytes: await bytesOfSeries(database, [...extent]) };
}

/** One study with its series, and what the asker may do with it. */
export async function studyFacts(deps: StudiesDeps, actor: StudyReader, study: OpenStudy): Promise<StudyAnswer> {
  const thing = thingOf(study.row, actor);
  const { accountId, id } = study.row;
  const identity = identifies(actor, study.row);
  const whole = study.only === undefined;
  const wholly = (action: Action): boolean => extentOf(actor, action, study.row) === 'whole';
  const series = inOrder(await seriesIn(deps, study)).map(shownSeries);
  return {
    ...shownStudy({ ...study, row: await rowWithin(deps.database, study.row, study.only ?? 'whole') }),
    referringPhysician: shown.name(study.cell.attributes, '00080090'),
    series,
    keptAside: may(actor, 'conflict.read', thing) ? await openAside(deps.database, accountId, id) : 0,
    may: {
      download: identity && may(actor, 'study.download', thing),
      share: whole && identity && may(actor, 'link.create', thing),
      grant: wholly('grant.list') || wholly('grant.create'),
      approve: wholly('study.approve'),
      audit: may(actor, 'audit.view', { accountId }),
    },
  };
}
