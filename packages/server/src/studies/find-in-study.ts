import type { SignedIn } from '../access/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import {
  currentIn,
  type Manifest,
  type ManifestInstance,
  packsOf,
  type StoredPack,
  walkPacks,
} from '../packs/index.ts';
import { firstValue } from './attributes.ts';
import { notFound } from './errors.ts';
import { identifies } from './open-study.ts';
import { pseudonymised, withoutWords } from './pseudonyms.ts';
import type { StudiesDeps } from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import { type SeriesRow, type StudyRow, seriesOf, studiesWithTokens } from './study.store.ts';
import { type SeriesCell, type StudyCell, StudyCells } from './study-cells.ts';
import { extentOf } from './thing.ts';

export type OpenStudy = {
  readonly row: StudyRow;
  readonly cell: StudyCell;
  readonly place: StudyPlace;
  /** The series that are reached, where it is not all of them. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether who it is of is not shown. */
  readonly pseudonymous?: boolean;
};
export type OpenSeries = { readonly row: SeriesRow; readonly cell: SeriesCell };
export type OpenInstance = {
  readonly pack: StoredPack;
  readonly instance: ManifestInstance;
  readonly series: OpenSeries;
};

/** Of several studies under one UID somebody's own comes first, then their groups', then the oldest: nobody else gets in its way. */
const nearness = ({ namespaceId, rights }: SignedIn, row: StudyRow): number => {
  if (row.namespaceId === namespaceId) return 0;
  return rights.groups.has(row.namespaceId) ? 1 : 2;
};

/** The studies behind a UID, for someone who may do this with them, the nearest first. @throws StudiesError STUDY_NOT_FOUND */
export async function studiesByUid(
  deps: StudiesDeps,
  actor: SignedIn,
  action: 'study.view' | 'study.search' | 'study.download' | 'study.erase',
  uid: string,
): Promise<OpenStudy[]> {
  const { accountId } = actor;
  const found: OpenStudy[] = [];
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const cells = new StudyCells(deps.chains);
  for (const row of await studiesWithTokens(deps.database, accountId, [tokens.token('studyUid', uid)])) {
    const extent = row.instanceCount > 0 ? extentOf(actor, action, row, { exact: true }) : undefined;
    // Before it is opened: what another holds under this UID takes no longer than what nobody holds.
    if (extent === undefined) continue;
    const place = { accountId, patientId: row.patientId, studyId: row.id, keyId: row.keyId };
    const cell = await cells.openStudy(place, row.cell);
    if (firstValue(cell.attributes, '0020000D') !== uid) continue;
    const study = { row, cell, place, only: extent === 'whole' ? undefined : extent };
    found.push(identifies(actor, row) ? study : { ...pseudonymised(study), pseudonymous: true });
  }
  if (found.length === 0) throw notFound();
  return found.sort((a, b) => nearness(actor, a.row) - nearness(actor, b.row));
}

/** A study with those of its series that are meant. */
export type Part = { readonly study: OpenStudy; readonly series: readonly OpenSeries[] };

/** What several studies under one UID have together, as one study: of a series that two of them have, the nearer one's. */
export async function seriesOfStudies(deps: StudiesDeps, studies: readonly OpenStudy[]): Promise<Part[]> {
  const taken = new Set<string>();
  const parts: Part[] = [];
  for (const study of studies) {
    const of = (await seriesIn(deps, study)).map((one) => ({ one, uid: firstValue(one.cell.attributes, '0020000E') }));
    const series = of.filter(({ uid }) => !taken.has(uid)).map(({ one }) => one);
    for (const { uid } of of) taken.add(uid);
    if (series.length > 0) parts.push({ study, series });
  }
  return parts;
}

/** The part that is one series. @throws StudiesError STUDY_NOT_FOUND */
export async function partByUid(deps: StudiesDeps, studies: readonly OpenStudy[], seriesUid: string): Promise<Part> {
  for (const { study, series } of await seriesOfStudies(deps, studies)) {
    const found = series.find(({ cell }) => firstValue(cell.attributes, '0020000E') === seriesUid);
    if (found) return { study, series: [found] };
  }
  throw notFound();
}

/** The series of a study that hold something, in the order of their arrival; out of `read`, where its rows were read already. */
export async function seriesIn(
  deps: StudiesDeps,
  study: OpenStudy,
  read?: readonly SeriesRow[],
): Promise<OpenSeries[]> {
  const cells = new StudyCells(deps.chains);
  const reached = (id: string): boolean => study.only === undefined || study.only.has(id);
  const all = read ?? (await seriesOf(deps.database, study.row.id));
  const rows = all.filter((row) => row.instanceCount > 0 && reached(row.id));
  const shown = (cell: SeriesCell): SeriesCell => (study.pseudonymous ? withoutWords(cell) : cell);
  return Promise.all(
    rows.map(async (row) => {
      // The study may have been sealed anew since it was read.
      const place = { ...study.place, keyId: row.keyId };
      return { row, cell: shown(await cells.openSeries(place, row.id, row.cell)) };
    }),
  );
}

/** Walks the instances of a study, or of some of its series, pack by pack; holds one page of packs at a time. */
export async function* instancesIn(
  deps: StudiesDeps,
  study: OpenStudy,
  only?: readonly OpenSeries[],
): AsyncGenerator<OpenInstance> {
  const series = new Map((only ?? (await seriesIn(deps, study))).map((one) => [one.row.id, one]));
  const [first] = series.keys();
  const where = { studyId: study.row.id, ...(series.size === 1 && { seriesId: first as string }) };
  for await (const packs of walkPacks(deps.database, study.place.accountId, where)) {
    const manifests = await deps.reader.manifests(packs);
    for (const [at, pack] of packs.entries()) {
      const of = series.get(pack.seriesId);
      if (!of) continue;
      for (const { instance } of currentIn(pack, manifests[at] as Manifest)) yield { pack, instance, series: of };
    }
  }
}

/** The same of several studies, one after another. */
export async function* instancesOf(deps: StudiesDeps, parts: readonly Part[]): AsyncGenerator<OpenInstance> {
  for (const { study, series } of parts) yield* instancesIn(deps, study, series);
}

/** The instance of a study, or of one of its series, that came first: what it says of them, they all say. */
export async function firstInstanceIn(deps: StudiesDeps, study: OpenStudy, series: OpenSeries): Promise<OpenInstance> {
  const where = { studyId: study.row.id, seriesId: series.row.id };
  const [pack] = await packsOf(deps.database, study.place.accountId, where, { after: -1, limit: 1 });
  const [first] = pack ? currentIn(pack, await deps.reader.manifest(pack)) : [];
  if (pack === undefined || first === undefined) throw notFound();
  return { pack, instance: first.instance, series };
}
