import type { StudyRow as ShownStudy, WorklistAnswer, WorklistQuery } from '@symbolon/contract';
import { matches } from '@symbolon/dicom';
import { reachOf, type SignedIn } from '../access/index.ts';
import { blindTerms, type Looks } from '../audit/index.ts';
import { valuesOf } from './attributes.ts';
import { marksOfDateKey } from './date-marks.ts';
import { hasTypedWords, marksOfTypedWords, typedWords } from './name-marks.ts';
import { pseudonymised } from './pseudonyms.ts';
import {
  candidates,
  countedFor,
  type FoundStudy,
  identified,
  maxCandidates,
  openFound,
  type StudiesDeps,
} from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import { countStudies, type StudyFilter, searchStudies } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { shownStudy } from './study-facts.ts';
import { inOrder } from './worklist-order.ts';

export type WorklistDeps = StudiesDeps & { readonly looks: Looks };

/** What is asked of the sealed attributes; undefined where nothing is. */
type Wanted = { readonly words: readonly string[]; readonly id: string; readonly dates: string | undefined };

function wantedBy({ name = '', id = '', from, to }: WorklistQuery): Wanted {
  const dicomDay = (day = ''): string => day.replaceAll('-', '');
  const dates = from === undefined && to === undefined ? undefined : `${dicomDay(from)}-${dicomDay(to)}`;
  return { words: typedWords(name), id, dates };
}

function filterFor(tokens: SearchTokens, { words, id, dates }: Wanted, modality: string | undefined): StudyFilter {
  const anyOf: bigint[][] = [];
  if (id !== '') anyOf.push([tokens.token('patientId', id), tokens.token('accession', id)]);
  const days = dates === undefined ? undefined : marksOfDateKey(dates);
  if (days) anyOf.push(days.map((day) => tokens.token('date', day)));
  const all = marksOfTypedWords(words).map((mark) => tokens.token('name', mark));
  return { all, anyOf, modalities: modality === undefined ? [] : [modality.trim()] };
}

/** Whether the study is one that is wanted, under its own patient or under another that its instances name. */
function isWanted({ cell }: FoundStudy, { words, id, dates }: Wanted): boolean {
  if (dates !== undefined && !matches('DA', valuesOf(cell.attributes, '00080020'), dates)) return false;
  const accession = valuesOf(cell.attributes, '00080050').includes(id);
  return [cell.attributes, ...cell.others].some(
    (patient) =>
      hasTypedWords(valuesOf(patient, '00100010'), words) &&
      (id === '' || accession || valuesOf(patient, '00100020').includes(id)),
  );
}

const tooMany = (most: number): string =>
  `There are more studies than can be sorted at once: only the ${most.toLocaleString('en')} that arrived last were looked at. Narrow the search, for example by a study date.`;

/** Everything that is wanted, in the order that is asked for, and whether there may be more. */
async function sortedInMemory(
  deps: StudiesDeps,
  actor: SignedIn,
  filter: StudyFilter,
  wanted: Wanted,
  query: WorklistQuery,
  most: number,
): Promise<WorklistAnswer> {
  const found: ShownStudy[] = [];
  const looking = candidates(deps, actor.accountId, filter, most);
  // Who sees pseudonyms must not find out by asking, either.
  const asksWho = wanted.words.length > 0 || wanted.id !== '';
  let next = await looking.next();
  for (; !next.done; next = await looking.next()) {
    const seen = identified(actor, next.value);
    if ((seen || !asksWho) && isWanted(next.value, wanted)) {
      const [study = next.value] = await countedFor(deps, actor, [next.value], wanted.id !== '');
      found.push(shownStudy(seen ? study : pseudonymised(study)));
    }
  }
  const from = (query.page - 1) * query.size;
  const studies = inOrder(found, query).slice(from, from + query.size);
  return next.value
    ? { studies, total: null, warning: tooMany(most) }
    : { studies, total: found.length, warning: null };
}

/** One page straight from the index of arrivals: nothing is opened but what is shown. */
async function byArrival(
  deps: StudiesDeps,
  actor: SignedIn,
  filter: StudyFilter,
  query: WorklistQuery,
  most: number,
): Promise<WorklistAnswer> {
  const page = { limit: query.size, offset: (query.page - 1) * query.size, oldestFirst: query.order === 'asc' };
  const rows = await searchStudies(deps.database, actor.accountId, filter, page);
  const counted = await countStudies(deps.database, actor.accountId, filter, most + 1);
  const cells = new StudyCells(deps.chains);
  const found = await countedFor(deps, actor, await Promise.all(rows.map((row) => openFound(cells, row))));
  const studies = found.map((study) => shownStudy(identified(actor, study) ? study : pseudonymised(study)));
  return { studies, total: counted > most ? null : counted, warning: null };
}

/**
 * A page of the account's studies. The index nominates, the opened cell decides; what the page shows of whom is recorded.
 *
 * Cost    by arrival, and by modality: one page. By name, id or date, or sorted by them: the candidates of the index are
 *         opened, at most 10,000. Nothing opened is kept for the next request: it could outlive what allowed it.
 */
export async function worklist(
  deps: WorklistDeps,
  actor: SignedIn,
  query: WorklistQuery,
  most = maxCandidates,
): Promise<WorklistAnswer> {
  const { accountId } = actor;
  const wanted = wantedBy(query);
  const reach = reachOf(actor, 'study.search', { exact: wanted.id !== '' });
  const filter = {
    ...filterFor(await SearchTokens.of(deps.chains, accountId), wanted, query.modality),
    reach,
    awaiting: query.awaiting,
  };
  const sealed = wanted.words.length > 0 || wanted.id !== '' || wanted.dates !== undefined;
  const answer =
    sealed || query.sort !== 'arrived'
      ? await sortedInMemory(deps, actor, filter, wanted, query, most)
      : await byArrival(deps, actor, filter, query, most);
  const { name, id, from, to, modality, awaiting, sort, page } = query;
  await deps.looks.record({
    actor,
    action: 'study.search',
    kind: 'read',
    outcome: 'success',
    shown: answer.studies.map((study) => study.id),
    detail: {
      ...(await blindTerms(deps.chains, actor.accountId, { name, id })),
      from,
      to,
      modality,
      ...(awaiting && { awaiting }),
      sort,
      page,
      studies: answer.studies.length,
    },
  });
  return answer;
}
