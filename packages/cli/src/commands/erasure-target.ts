import { type ErasureTarget, type Exchange, seriesInstanceUids } from '@symbolon/client';
import { CliError } from '../errors.ts';
import { oneStudy } from './one-study.ts';

export type StudyTarget = {
  readonly study: string;
  readonly series?: readonly string[];
  readonly instance?: readonly string[];
};

/** The study or those parts of it that are named. Parts that are not there are a mistake, before anything is asked. */
export async function studyTarget(exchange: Exchange, flags: StudyTarget): Promise<ErasureTarget> {
  const studyId = await oneStudy(exchange, flags.study);
  if (flags.series === undefined && flags.instance === undefined) return { what: 'study', studyId };
  const sopInstanceUids = [...(flags.instance ?? [])];
  for (const series of flags.series ?? []) {
    const found = await seriesInstanceUids(exchange, flags.study, series);
    if (found.length === 0) throw new CliError('OPTION_WRONG', 'the study has no such series as --series names');
    sopInstanceUids.push(...found);
  }
  return { what: 'study', studyId, only: { sopInstanceUids: [...new Set(sopInstanceUids)] } };
}
