import type { DicomJson } from '@symbolon/dicom';
import type { FastifyRequest } from 'fastify';
import { mayIdentify, type SignedIn, signedIn, whileAllowed } from '../access/index.ts';
import {
  countsOfPatients,
  extentOf,
  firstInstanceIn,
  instancesIn,
  type Match,
  type OpenInstance,
  type OpenStudy,
  type PatientCounts,
  type ReadingDeps,
  seriesIn,
  stillWhole,
  thingOf,
} from '../studies/index.ts';
import { fromFile, mostPacks, mostSealedBytes, type Wanted } from './included.ts';
import { itemOf, putPatientCounts, putSopClasses, rootOf, type Shape } from './search-answer.ts';

/** Instances whose manifests are read to tell the SOP classes of the studies of one page. */
const mostClassed = 20_000;

/** What is read of a page before its first byte goes out: where the files are that are asked, what is counted, and what is left out. */
export type PreparedPage = {
  readonly items: AsyncIterable<DicomJson>;
  readonly warnings: readonly string[];
};

/** Whether somebody may have more of this study than a search shows: what its files say, and of whom it is. */
function mayLookInto(actor: SignedIn, study: OpenStudy, seriesId: string | undefined): boolean {
  if (study.pseudonymous || !mayIdentify(actor, 'study.view', thingOf(study.row, actor))) return false;
  const extent = extentOf(actor, 'study.view', study.row);
  return extent === 'whole' || (extent !== undefined && seriesId !== undefined && extent.has(seriesId));
}

/** The instance that tells what is asked of a match: its own, or the first of its series or of its study. */
async function tellerOf(deps: ReadingDeps, { study, series, instance }: Match): Promise<OpenInstance | undefined> {
  if (instance) return instance;
  const [first] = series ? [series] : await seriesIn(deps, study);
  return first && firstInstanceIn(deps, study, first);
}

/** Each match with the instance that tells more of it, as far as somebody may have that and it is not too much. */
async function tellersOf(
  deps: ReadingDeps,
  actor: SignedIn,
  found: readonly Match[],
): Promise<{ tellers: Map<Match, OpenInstance>; warnings: string[] }> {
  const tellers = new Map<Match, OpenInstance>();
  const warnings: string[] = [];
  const packs = new Set<string>();
  let sealed = 0;
  for (const match of found) {
    if (packs.size >= mostPacks || sealed >= mostSealedBytes) {
      warnings.push('what only the files say was included for the first matches of the page alone; ask for fewer');
      break;
    }
    const teller = await tellerOf(deps, match);
    if (teller === undefined) continue;
    if (!mayLookInto(actor, match.study, teller.series.row.id)) {
      warnings.push('what only the files say was not included where you may not see it');
      continue;
    }
    if (!packs.has(teller.pack.packId)) sealed += teller.pack.identitySealedBytes;
    packs.add(teller.pack.packId);
    tellers.set(match, teller);
  }
  return { tellers, warnings };
}

/** The SOP classes of what somebody reaches of a study. */
async function sopClassesOf(deps: ReadingDeps, study: OpenStudy): Promise<string[]> {
  const classes = new Set<string>();
  for await (const { instance } of instancesIn(deps, study)) {
    const [uid] = instance.attributes['00080016']?.Value ?? [];
    if (typeof uid === 'string') classes.add(uid);
  }
  return [...classes];
}

async function classesOf(
  deps: ReadingDeps,
  studies: readonly OpenStudy[],
): Promise<{ classes: Map<string, string[]>; warnings: string[] }> {
  const classes = new Map<string, string[]>();
  let left = mostClassed;
  for (const study of studies) {
    left -= study.row.instanceCount;
    if (left < 0 && classes.size > 0)
      return {
        classes,
        warnings: ['SOPClassesInStudy was included for the first studies of the page alone; ask for fewer'],
      };
    classes.set(study.row.id, await sopClassesOf(deps, study));
  }
  return { classes, warnings: [] };
}

/**
 * The items of a page of matches, which come as they are read. What the files say is recorded as seen before the first byte, and
 * goes out only as long as it may be.
 */
export async function preparePage(
  deps: ReadingDeps,
  request: FastifyRequest,
  found: readonly Match[],
  { shape, wanted, exact }: { readonly shape: Shape; readonly wanted: Wanted; readonly exact: boolean },
): Promise<PreparedPage> {
  const actor = signedIn(request);
  const root = rootOf(deps.publicUrl);
  const studies = [...new Map(found.map(({ study }) => [study.row.id, study])).values()];
  const warnings: string[] = [];

  let counts = new Map<string, PatientCounts>();
  if (wanted.patientCounts && studies.length > 0) {
    const patients = studies.map((study) => ({ ...study, pseudonymous: study.pseudonymous ?? false }));
    const of = await countsOfPatients(deps, actor, patients, exact);
    if (of === undefined) warnings.push('what the patients have is too much to be counted here; ask for fewer');
    counts = new Map(studies.flatMap(({ row }, at) => (of?.[at] ? [[row.id, of[at]] as const] : [])));
  }
  let classes: ReadonlyMap<string, string[]> = new Map();
  if (wanted.sopClasses) {
    const told = await classesOf(deps, studies);
    classes = told.classes;
    warnings.push(...told.warnings);
  }
  let tellers: ReadonlyMap<Match, OpenInstance> = new Map();
  if (wanted.inFiles.length > 0) {
    const told = await tellersOf(deps, actor, found);
    tellers = told.tellers;
    warnings.push(...told.warnings);
  }
  const read = Map.groupBy(tellers, ([{ study }]) => study);
  for (const [study, of] of read)
    await deps.reads.opening(
      actor,
      'study.view',
      study.place,
      of.map(([, { instance }]) => instance.sopInstanceUid),
    );

  async function* items(): AsyncGenerator<DicomJson> {
    for (const match of found) {
      const item = itemOf(root, match, shape, wanted.kept);
      const { id } = match.study.row;
      const [counted, classed, teller] = [counts.get(id), classes.get(id), tellers.get(match)];
      if (counted) putPatientCounts(item, counted);
      if (classed) putSopClasses(item, classed);
      if (teller) Object.assign(item, await fromFile(deps, teller, wanted.inFiles));
      yield item;
    }
  }
  if (read.size === 0) return { items: items(), warnings };
  const stillSeen = async (now: Parameters<Parameters<typeof whileAllowed>[2]>[0]): Promise<void> => {
    for (const study of read.keys()) await stillWhole(deps, signedIn({ actor: now }), 'study.view', study);
  };
  return { items: whileAllowed(request, items(), stillSeen), warnings };
}
