import { context, openCell, sealCell } from '@symbolon/vault';
import { derive, type KeyChains, nodePrimitives, type StudyPlace } from '../keys/index.ts';
import { type Attributes, PacksError } from '../packs/index.ts';

export type PatientCell = { readonly version: 1; readonly attributes: Attributes };
/** `others` are the patients that later instances of the study named: it is found under each (design of the patient). */
export type StudyCell = {
  readonly version: 1;
  readonly attributes: Attributes;
  readonly others: readonly Attributes[];
};
export type SeriesCell = { readonly version: 1; readonly attributes: Attributes };

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const encode = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** @throws PacksError PACK_VERSION_UNKNOWN  a later version wrote it */
function decode(bytes: Uint8Array): unknown {
  const cell = JSON.parse(decoder.decode(bytes)) as { version?: unknown };
  if (cell.version !== 1) throw new PacksError('PACK_VERSION_UNKNOWN', 'a cell has another version than 1');
  return cell;
}

/** Held as long as the key that they are derived from, which is held briefly: a page asks for each again. */
const cellKeys = new WeakMap<Uint8Array, Promise<Uint8Array>>();

/** Under which the cell of a study or of a patient is sealed, whose own key this is. */
function cellKeyOf(key: Uint8Array): Promise<Uint8Array> {
  const derived = cellKeys.get(key) ?? derive(key, 'cell');
  cellKeys.set(key, derived);
  return derived;
}

/** The identity columns: JSON sealed under keys of the identity chain, each bound to its own row. */
export class StudyCells {
  readonly #chains: KeyChains;
  constructor(chains: KeyChains) {
    this.#chains = chains;
  }

  async sealPatient(accountId: string, patientId: string, cell: PatientCell): Promise<Uint8Array> {
    const key = await cellKeyOf(await this.#chains.patient('identity', accountId, patientId));
    return sealCell(nodePrimitives, key, encode(cell), context('patient', accountId, patientId));
  }

  async openPatient(accountId: string, patientId: string, sealed: Uint8Array): Promise<PatientCell> {
    const key = await cellKeyOf(await this.#chains.patient('identity', accountId, patientId));
    return decode(await openCell(nodePrimitives, key, sealed, context('patient', accountId, patientId))) as PatientCell;
  }

  async sealStudy(place: StudyPlace, cell: StudyCell): Promise<Uint8Array> {
    const key = await cellKeyOf(await this.#chains.study('identity', place));
    return sealCell(nodePrimitives, key, encode(cell), context('study', place.accountId, place.studyId));
  }

  async openStudy(place: StudyPlace, sealed: Uint8Array): Promise<StudyCell> {
    const key = await cellKeyOf(await this.#chains.study('identity', place));
    return decode(
      await openCell(nodePrimitives, key, sealed, context('study', place.accountId, place.studyId)),
    ) as StudyCell;
  }

  async sealSeries(place: StudyPlace, seriesId: string, cell: SeriesCell): Promise<Uint8Array> {
    const key = await derive(await this.#chains.series('identity', place, seriesId), 'cell');
    return sealCell(nodePrimitives, key, encode(cell), context('series', place.accountId, place.studyId, seriesId));
  }

  async openSeries(place: StudyPlace, seriesId: string, sealed: Uint8Array): Promise<SeriesCell> {
    const key = await derive(await this.#chains.series('identity', place, seriesId), 'cell');
    const where = context('series', place.accountId, place.studyId, seriesId);
    return decode(await openCell(nodePrimitives, key, sealed, where)) as SeriesCell;
  }
}
