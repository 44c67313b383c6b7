import type { WorklistAnswer, WorklistQuery } from '@symbolon/contract';
import { matches } from '@symbolon/dicom';
import { type Reach, reachOf, type SignedIn } from '../access/index.ts';
import { blindTerms, type Looks } from '../audit/index.ts';
import { valuesOf } from './attributes.ts';
import { candidates, type FoundStudy, maxCandidates, openFound } from './candidates.ts';
import { marksOfDateKey } from './date-marks.ts';
import { fewFor, pageByDate, undatedSince } from './date-order.ts';
import { hasTypedWords, marksOfTypedWords, typedWords } from './name-marks.ts';
import { pseudonymised } from './pseudonyms.ts';
import { countedFor, identified, type StudiesDeps } from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import { StudyCells } from './study-cells.ts';
import { shownStudy } from './study-facts.ts';
import { dateFilter } from './study-filter.ts';
import { countStudies, type StudyFilter, searchStudies } from './study-search.store.ts';
import { inOrder } from './worklist-order.ts';

export type WorklistDeps = StudiesDeps & { readonly looks: Looks };

/** What is asked of the sealed attributes; undefined where nothing is. */
type Wanted = { readonly words: readonly string[]; readonly id: string; readonly dates: string | undefined };

function wantedBy({ name = '', id = '', from, to }: WorklistQuery): Wanted {
  const dicomDay = (day = ''): string => day.replaceAll('-', '');
  const dates = from === undefined && to === undefined ? undefined : `${dicomDay(from)}-${dicomDay(to)}`;
  return { words: typedWords(name), id, dates };
}

function filterFor(tokens: SearchTokens, { words, id }: Wanted, modality: string | undefined): StudyFilter {
  const anyOf: bigint[][] = [];
  if (id !== '') anyOf.push([tokens.token('patientId', id), tokens.token('accession', id)]);
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

/** As somebody is shown it who may not see whom it is of, or as it is. */
const named = (actor: SignedIn, study: FoundStudy): FoundStudy =>
  identified(actor, study) ? study : pseudonymised(study);

/** Who sees pseudonyms must not find out by asking, either. */
function mayBeFound(actor: SignedIn, study: FoundStudy, wanted: Wanted): boolean {
  const asksWho = wanted.words.length > 0 || wanted.id !== '';
  return (!asksWho || identified(actor, study)) && isWanted(study, wanted);
}

const tooMany = (most: number): string =>
  `There are more studies than can be sorted at once: only the ${most.toLocaleString('en')} that arrived last were looked at. Narrow the search, for example by a study date.`;

const tooFar = (most: number): string =>
  `This page lies behind more studies than can be looked at in one go (${most.toLocaleString('en')}). Narrow the search, for example by a study date.`;

/** A search with what the index says of its dates; `total` is null where more were counted than are opened. */
type DatedSearch = {
  readonly tokens: SearchTokens;
  readonly filter: StudyFilter & { readonly reach: Reach };
  readonly marks: readonly string[] | undefined;
  readonly total: number | null;
};

/** Whether it asks for what only the opened cell tells. */
const isSealed = ({ words, id, dates }: Wanted): boolean => words.length > 0 || id !== '' || dates !== undefined;

/** Everything that is wanted, in the order that is asked for, and whether there may be more. */
async function sortedInMemory(
  deps: StudiesDeps,
  actor: SignedIn,
  filter: StudyFilter,
  wanted: Wanted,
  query: WorklistQuery,
  most: number,
): Promise<WorklistAnswer> {
  const found: FoundStudy[] = [];
  const looking = candidates(deps, actor.accountId, filter, { most });
  let next = await looking.next();
  for (; !next.done; next = await looking.next())
    if (mayBeFound(actor, next.value, wanted)) found.push(named(actor, next.value));
  const from = (query.page - 1) * query.size;
  const page = inOrder(found, query).slice(from, from + query.size);
  const studies = (await countedFor(deps, actor, page, wanted.id !== '')).map(shownStudy);
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
  const opened = await Promise.all(rows.map((row) => openFound(cells, row)));
  const found = await countedFor(
    deps,
    actor,
    opened.map((study) => named(actor, study)),
  );
  return { studies: found.map(shownStudy), total: counted > most ? null : counted, warning: null };
}

/** A page by study date, walked from day to day: opened are those of the days that it shows, and those that are not wanted after all. */
async function byDate(
  deps: StudiesDeps,
  actor: SignedIn,
  { tokens, filter, marks, total }: DatedSearch,
  wanted: Wanted,
  query: WorklistQuery,
  most: number,
): Promise<WorklistAnswer> {
  const order = { filter, marks, ascending: query.order === 'asc' };
  const page = { limit: query.size, offset: (query.page - 1) * query.size };
  const accept = isSealed(wanted)
    ? async (study: FoundStudy): Promise<boolean> => mayBeFound(actor, study, wanted)
    : undefined;
  const { found, cut } = await pageByDate(deps, actor.accountId, tokens, order, page, { accept, most });
  const shown = await countedFor(
    deps,
    actor,
    found.map((study) => named(actor, study)),
    wanted.id !== '',
  );
  return { studies: shown.map(shownStudy), total, warning: cut ? tooFar(most) : null };
}

async function ordered(
  deps: StudiesDeps,
  actor: SignedIn,
  search: Omit<DatedSearch, 'total'>,
  wanted: Wanted,
  query: WorklistQuery,
  most: number,
): Promise<WorklistAnswer> {
  const { tokens, filter, marks } = search;
  const sealed = isSealed(wanted);
  if (!sealed && query.sort === 'arrived') return byArrival(deps, actor, filter, query, most);
  const dated = dateFilter(tokens, filter, marks);
  if (query.sort === 'date' && tokens.version >= undatedSince) {
    const counted = await countStudies(deps.database, actor.accountId, dated, most + 1);
    // All that is sealed is opened where it can be, for the total.
    const walked = counted > (sealed ? most : fewFor(filter.reach));
    if (walked) return byDate(deps, actor, { ...search, total: counted > most ? null : counted }, wanted, query, most);
  }
  return sortedInMemory(deps, actor, dated, wanted, query, most);
}

/**
 * A page of the account's studies. The index nominates, the opened cell decides; what the page shows of whom is recorded.
 *
 * Cost    by arrival, and by modality: one page. By name, id or date, or sorted by name: the candidates of the index are
 *         opened, at most 10,000. Sorted by date, of more than that, or of all: the days that are shown. Nothing opened is kept for the next request: it could outlive what allowed it.
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
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const filter = { ...filterFor(tokens, wanted, query.modality), reach, awaiting: query.awaiting };
  const marks = wanted.dates === undefined ? undefined : marksOfDateKey(wanted.dates);
  const answer = await ordered(deps, actor, { tokens, filter, marks }, wanted, query, most);
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
