import { setImmediate } from 'node:timers/promises';
import { VaultError } from '@symbolon/vault';
import type { Audit, Itself } from '../audit/index.ts';
import { type KeyChains, KeysError } from '../keys/index.ts';
import {
  allPackIdsOf,
  type PackReader,
  PacksError,
  packsToRead,
  tokensOfPack,
  writePackTokens,
} from '../packs/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { firstValue } from './attributes.ts';
import { StudiesError } from './errors.ts';
import { lockStudies } from './lock-studies.ts';
import { placeOf } from './open-study.ts';
import { patientName, patientTokens, studyTokens } from './place-series.ts';
import {
  formatVersion,
  type IndexPhase,
  type IndexState,
  indexedUpTo,
  indexesToDo,
  indexState,
  nextPhase,
  type SearchIndex,
  studiesToIndex,
  withoutWaitingForTheDisk,
  writeTokens,
} from './search-index.store.ts';
import { SearchTokens } from './search-tokens.ts';
import { patientById, seriesOf, studyById } from './study.store.ts';
import { StudyCells } from './study-cells.ts';

export type ReindexDeps = {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly reader: PackReader;
  readonly audit: Audit;
  /** So long at least the tokens before stay for searches that began with them. Seconds. */
  readonly restSeconds: number;
  /** Waits after each handful of studies, which took so long: others have their turn. */
  readonly rest: (tookMs: number) => Promise<void>;
  /** Hears of a study of which something does not open: what it was found by stays. */
  readonly left: (studyId: string, error: unknown) => void;
};

const studiesAtOnce = 25;
const packsAtOnce = 32;
const itself: Itself = { kind: 'exchange', address: null };

/** So long at least what was asked for stays, once it is not any more: longer than any search takes that began with it. */
export const usualRestSeconds = 600;

/** Until when at least the tokens before stay; null where none rest. */
export const restsUntil = ({ phase, since }: Pick<IndexState, 'phase' | 'since'>): Date | null =>
  phase === 'resting' && since ? new Date(since.getTime() + usualRestSeconds * 1000) : null;

/**
 * Has all tokens of an account made anew under new keys.
 *
 * @throws StudiesError REINDEX_UNDER_WAY  they are being made anew: who asks because a key was seen since then would wait in vain
 */
export async function beginReindex(trx: Trx, accountId: string): Promise<void> {
  const { asked, version } = await indexState(trx, accountId);
  const to = { asked, written: [asked, asked + 1], version, phase: 'adding' } as const;
  if (await nextPhase(trx, accountId, 'whole', to)) return;
  const state = await indexState(trx, accountId);
  const [begun, until] = [state.begunAt, restsUntil(state)].map((at) => at && minuteOf(at));
  const kept = until ? `, and what was before is kept until ${until}` : '';
  throw new StudiesError(
    'REINDEX_UNDER_WAY',
    `What studies are found by is being made anew since ${begun}${kept}. Nothing was begun; ask again when that is done.`,
  );
}

const minuteOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/**
 * Makes the tokens of every account anew that waits for it, or that an older version of the format indexed. True where something
 * rests that has to be gone on with later.
 *
 * Law   every search finds what it would find without, at every moment: rows have the tokens of the next generation before it is
 *       asked for, and those of the last one until nobody asks for them; whatever ends this between, the next call goes on.
 *
 * @throws  where the database, the store or the keys are away, of one account at least: after all others had their turn
 */
export async function reindexDue(deps: ReindexDeps, stopped: () => boolean): Promise<void> {
  const { database } = deps;
  const failures: unknown[] = [];
  for (const accountId of await indexesToDo(database)) {
    try {
      while (!stopped() && (await goOn(deps, accountId, stopped)));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** One phase, or a part of it. False where it is done, or must rest. */
async function goOn(deps: ReindexDeps, accountId: string, stopped: () => boolean): Promise<boolean> {
  const { database, audit, restSeconds } = deps;
  const state = await indexState(database, accountId);
  const { phase, asked, written, version } = state;
  const newest = Math.max(...written);
  const to = async (next: IndexPhase, index: SearchIndex): Promise<boolean> =>
    database.transaction().execute(async (trx) => {
      const gone = await nextPhase(trx, accountId, phase, { ...index, phase: next });
      const outcome = state.damaged > 0 ? 'failure' : 'success';
      if (gone && next === 'whole')
        await audit.record(trx, [
          {
            actor: itself,
            accountId,
            action: 'key.rotate',
            kind: 'update',
            outcome,
            detail: { search: true, generation: asked, studies: state.done, damaged: state.damaged },
          },
        ]);
      return gone;
    });
  if (phase === 'whole')
    return version < formatVersion && (await to('adding', { asked, written: [asked, asked + 1], version }));
  if (phase === 'resting') {
    if (state.forSeconds < restSeconds) return false;
    return to('removing', { asked, written: [asked], version });
  }
  if (!(await everyStudy(deps, accountId, stopped))) return false;
  // Those who ask by the older one are under way; those who come from now on ask by the newer.
  if (phase === 'adding') return to('resting', { asked: newest, written, version: formatVersion });
  await to('whole', { asked, written, version: formatVersion });
  return false;
}

/** False where it was stopped. */
async function everyStudy(deps: ReindexDeps, accountId: string, stopped: () => boolean): Promise<boolean> {
  for (;;) {
    if (stopped()) return false;
    const begun = performance.now();
    const ids = await studiesToIndex(deps.database, accountId, studiesAtOnce);
    if (ids.length === 0) return true;
    await deps.database.transaction().execute((trx) => indexStudies(deps, trx, accountId, ids));
    await deps.rest(performance.now() - begun);
  }
}

async function indexStudies(deps: ReindexDeps, trx: Trx, accountId: string, ids: readonly string[]): Promise<void> {
  await withoutWaitingForTheDisk(trx);
  const tokens = await SearchTokens.of(deps.chains, accountId, await searchIndexNow(trx, accountId));
  const there = await lockStudies(trx, { chains: deps.chains, tokens }, accountId, ids, { patients: true });
  let damaged = 0;
  for (const { studyId } of there) {
    damaged += (await indexStudy(deps, trx, tokens, accountId, studyId)) ? 0 : 1;
    await setImmediate();
  }
  const last = ids.findLast((id) => there.some(({ studyId }) => studyId === id));
  // Erased meanwhile, all of them: then the next look finds others.
  if (last) await indexedUpTo(trx, accountId, last, { done: there.length, damaged });
}

const searchIndexNow = async (trx: Trx, accountId: string): Promise<SearchIndex> => indexState(trx, accountId);

/** False where something of it does not open. */
async function indexStudy(
  deps: ReindexDeps,
  trx: Trx,
  tokens: SearchTokens,
  accountId: string,
  studyId: string,
): Promise<boolean> {
  const row = await studyById(trx, accountId, studyId);
  if (!row) return true;
  const cells = new StudyCells(deps.chains);
  const place = placeOf(row);
  let whole = true;
  /** What opens is indexed, whatever beside it does not. */
  const opened = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!isLost(error)) throw error;
      whole = false;
      deps.left(studyId, error);
      return undefined;
    }
  };
  const study = await opened(() => cells.openStudy(place, row.cell));
  const studies = study
    ? [
        {
          id: studyId,
          tokens: [
            ...new Set([
              ...tokensOf(tokens, study.attributes),
              ...study.others.flatMap((one) => patientTokens(tokens, one)),
            ]),
          ],
        },
      ]
    : [];
  const series = [];
  for (const { id, cell } of await seriesOf(trx, studyId)) {
    const one = await opened(() => cells.openSeries(place, id, cell));
    if (one) series.push({ id, tokens: tokens.written('seriesUid', firstValue(one.attributes, '0020000E')) });
  }
  const patients = [];
  const patient = await patientById(trx, accountId, row.patientId);
  const named = patient && (await opened(() => cells.openPatient(accountId, patient.id, patient.cell)));
  if (patient && named) {
    const name = patientName({ patient: named.attributes });
    patients.push({ id: patient.id, tokens: name === undefined ? [] : tokens.written('patient', name) });
  }
  await writeTokens(trx, { patients, studies, series });
  const reader = deps.reader.within(trx);
  const packIds = await allPackIdsOf(trx, studyId);
  for (let at = 0; at < packIds.length; at += packsAtOnce) {
    const made = [];
    for (const pack of await packsToRead(trx as never, accountId, packIds.slice(at, at + packsAtOnce))) {
      const manifest = await opened(() => reader.manifest(pack));
      if (manifest) made.push({ packId: pack.packId, tokens: tokensOfPack(tokens, manifest.instances) });
    }
    await writePackTokens(trx, made);
  }
  return whole;
}

const tokensOf = (tokens: SearchTokens, attributes: Parameters<typeof patientTokens>[1]): bigint[] =>
  studyTokens(tokens, {
    studyInstanceUid: firstValue(attributes, '0020000D'),
    seriesInstanceUid: '',
    patient: attributes,
    study: attributes,
    series: {},
  });

const lostKeys: readonly string[] = ['KEY_MISSING', 'KEY_DESTROYED'];

function isLost(error: unknown): boolean {
  if (error instanceof VaultError || error instanceof PacksError) return true;
  return error instanceof KeysError && lostKeys.includes(error.code);
}
