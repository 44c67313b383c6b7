import { reachOf, type SignedIn } from '../access/index.ts';
import { countedFor, identified, type StudiesDeps } from './search-studies.ts';
import { studiesOfPatients } from './study.store.ts';
import { type SearchQuery, type WalkEnd, type WalkedStudy, walkStudies } from './study-walk.ts';

/** What a patient has that somebody reaches. */
export type PatientCounts = { readonly studies: number; readonly series: number; readonly instances: number };

export type FoundPatient = { readonly study: WalkedStudy; readonly counts: PatientCounts | undefined };

export type PatientPage = {
  readonly found: readonly FoundPatient[];
  readonly total?: number;
  readonly more: boolean;
  readonly cut?: Required<Pick<WalkEnd, 'indexed'>>;
};

/** Studies of the patients of one page, read at most to count them. */
const mostCounted = 10_000;

/** Under a pseudonym somebody is another patient in each namespace. */
const whoseOf = ({ row, pseudonymous }: Pick<WalkedStudy, 'row' | 'pseudonymous'>): string =>
  pseudonymous ? `${row.patientId} ${row.namespaceId}` : row.patientId;

/**
 * What each of these patients has, counted as far as somebody reaches it, and in its own namespace where they are shown by
 * pseudonyms; undefined where that is too much to be counted. `exact`: they were found by their PatientID.
 */
export async function countsOfPatients(
  deps: StudiesDeps,
  actor: SignedIn,
  patients: readonly Pick<WalkedStudy, 'row' | 'cell' | 'pseudonymous'>[],
  exact: boolean,
): Promise<(PatientCounts | undefined)[] | undefined> {
  const reach = reachOf(actor, 'study.search', { exact });
  const ids = [...new Set(patients.map(({ row }) => row.patientId))];
  const rows = await studiesOfPatients(deps.database, actor.accountId, ids, reach, mostCounted + 1);
  if (rows.length > mostCounted) return undefined;
  const counted = new Map<string, PatientCounts>();
  // The counts of a row need nothing opened.
  const { cell } = patients[0] as WalkedStudy;
  const studies = rows.map((row) => ({ row, cell }));
  for (const [at, study] of (await countedFor(deps, actor, studies, exact)).entries()) {
    const whose = whoseOf({ row: study.row, pseudonymous: !identified(actor, studies[at] as WalkedStudy) });
    const { studies: few, series, instances } = counted.get(whose) ?? { studies: 0, series: 0, instances: 0 };
    const { seriesCount, instanceCount } = study.row;
    counted.set(whose, { studies: few + 1, series: series + seriesCount, instances: instances + instanceCount });
  }
  return patients.map((patient) => counted.get(whoseOf(patient)));
}

/**
 * Patients of whom somebody reaches a study that matches, in the order of their newest; what is said of each is what that study
 * says.
 *
 * Cost  the studies of the walk up to the last patient of the page, at most 10,000; and the rows of the page's patients
 */
export async function findPatients(
  deps: StudiesDeps,
  actor: SignedIn,
  query: SearchQuery,
  page: { readonly limit: number; readonly offset: number; readonly counted: boolean; readonly exact: boolean },
): Promise<PatientPage> {
  const { limit, offset, counted, exact } = page;
  const seen = new Set<string>();
  const found: WalkedStudy[] = [];
  const studies = walkStudies(deps, actor, query);
  let end: WalkEnd = { indexed: true };
  for (let next = await studies.next(); ; next = await studies.next()) {
    if (next.done) {
      end = next.value;
      break;
    }
    const whose = whoseOf(next.value);
    if (seen.has(whose)) continue;
    seen.add(whose);
    if (seen.size > offset && found.length < limit) found.push(next.value);
    if (seen.size > offset + limit && !counted) {
      await studies.return(end);
      break;
    }
  }
  const counts = found.length === 0 ? undefined : await countsOfPatients(deps, actor, found, exact);
  return {
    found: found.map((study, at) => ({ study, counts: counts?.[at] })),
    ...(counted && !end.cut && { total: seen.size }),
    more: seen.size > offset + limit,
    ...(end.cut && { cut: { indexed: end.indexed } }),
  };
}
