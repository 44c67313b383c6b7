import { matches } from '@symbolon/dicom';
import type { SignedIn } from '../access/index.ts';
import type { KeyChains } from '../keys/index.ts';
import type { Attributes, PackReader } from '../packs/index.ts';
import type { Database } from '../platform/db/database.ts';
import { patientTags, studyTags, valuesOf } from './attributes.ts';
import type { Query } from './query.ts';
import { SearchTokens } from './search-tokens.ts';
import { type StudyRow, searchStudies } from './study.store.ts';
import { type StudyCell, StudyCells } from './study-cells.ts';
import { studyFilter } from './study-filter.ts';

export type StudiesDeps = {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly reader: PackReader;
  readonly publicUrl: string;
};

export type FoundStudy = { readonly row: StudyRow; readonly cell: StudyCell };
export type Found<T> = { readonly found: readonly T[]; readonly warnings: readonly string[] };

/** The keys a search for studies can match. Source: PS3.18 Table 10.6.1-5. */
export const studyKeys = [...patientTags, ...studyTags, '00080061'];

/** What is opened and compared at most; past it the answer says that it is not complete. */
const maxCandidates = 10_000;

/** Whether the study matches, under its own patient or under another that its instances name. */
function studyMatches({ row, cell }: FoundStudy, query: Query): boolean {
  return [cell.attributes, ...cell.others].some((patient) =>
    query.keys.every(({ tag, vr, value }) => {
      if (tag === '00080061') return matches(vr, row.modalities, value);
      const from: Attributes = (patientTags as readonly string[]).includes(tag) ? patient : cell.attributes;
      return matches(vr, valuesOf(from, tag), value);
    }),
  );
}

/**
 * Studies that match, newest arrival first. The index nominates; what it nominates is opened and compared by DICOM's
 * own rules, so the answer is exact.
 *
 * Cost    without keys: one page. With keys: the candidates of the index, at most 10,000.
 */
export async function findStudies(deps: StudiesDeps, actor: SignedIn, query: Query): Promise<Found<FoundStudy>> {
  const { accountId } = actor;
  const cells = new StudyCells(deps.chains);
  const open = async (row: StudyRow): Promise<FoundStudy> => ({
    row,
    cell: await cells.openStudy({ accountId, patientId: row.patientId, studyId: row.id }, row.cell),
  });
  const { filter, indexed } = studyFilter(await SearchTokens.of(deps.chains, accountId), query.keys);
  if (query.limit === 0) return { found: [], warnings: query.warnings };
  if (query.keys.length === 0) {
    const rows = await searchStudies(deps.database, accountId, filter, query);
    return { found: await Promise.all(rows.map(open)), warnings: query.warnings };
  }
  const found: FoundStudy[] = [];
  const batch = 500;
  for (let offset = 0; offset < maxCandidates; offset += batch) {
    const rows = await searchStudies(deps.database, accountId, filter, { limit: batch, offset });
    for (const row of rows) {
      const study = await open(row);
      if (studyMatches(study, query)) found.push(study);
      if (found.length >= query.offset + query.limit)
        return { found: found.slice(query.offset), warnings: query.warnings };
    }
    if (rows.length < batch) return { found: found.slice(query.offset), warnings: query.warnings };
  }
  const why = indexed ? 'narrow the search' : 'add a key that has an index, such as a name, an id or a date';
  return {
    found: found.slice(query.offset),
    warnings: [...query.warnings, `the newest ${maxCandidates} candidates were looked at; ${why}`],
  };
}
