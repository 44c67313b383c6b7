import type { ErasureTarget, Exchange } from '@symbolon/client';
import { oneStudy } from './one-study.ts';

export type StudyTarget = {
  readonly study: string;
  readonly series?: readonly string[];
  readonly instance?: readonly string[];
};

/** The study, or those parts of it that are named. */
export async function studyTarget(exchange: Exchange, flags: StudyTarget): Promise<ErasureTarget> {
  const studyId = await oneStudy(exchange, flags.study);
  if (flags.series === undefined && flags.instance === undefined) return { what: 'study', studyId };
  const only = { seriesInstanceUids: [...(flags.series ?? [])], sopInstanceUids: [...(flags.instance ?? [])] };
  return { what: 'study', studyId, only };
}
