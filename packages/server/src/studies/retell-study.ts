import { setImmediate } from 'node:timers/promises';
import { DicomError, type DicomFile, parseIdentityHalf } from '@symbolon/dicom';
import type { KeyChains, StudyPlace } from '../keys/index.ts';
import { currentIn, type Manifest, type ManifestInstance, type PackReader, walkPacks } from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { inflating } from '../platform/inflate.ts';
import { firstValue, patientTags, pickAttributes, seriesTags, studyTags } from './attributes.ts';
import {
  type Belonging,
  maxOtherPatients,
  patientTokens,
  plainModality,
  samePatient,
  studyTokens,
} from './place-series.ts';
import type { SearchTokens } from './search-tokens.ts';
import { recountSeries, rewriteStudy, seriesOf, studyById } from './study.store.ts';
import { StudyCells } from './study-cells.ts';

export type RetellDeps = { readonly chains: KeyChains; readonly tokens: SearchTokens; readonly reader: PackReader };

/** A data set deflated whole may become this much to be told from; a larger one keeps what was told before. Bytes. */
const maxInflatedBytes = 64 * 1024 * 1024;

/**
 * Makes a study say what its current instances say: whom and what it is found by, and how many they are. For when a
 * choice turned some over; the same instances give the same study, so that undoing gives back what was. The bucket of
 * the study must be locked.
 *
 * Cost    every header of the study is read and parsed once, a pack at a time.
 */
export async function retellStudy(trx: Trx, deps: RetellDeps, place: StudyPlace): Promise<void> {
  const { accountId, studyId } = place;
  const cells = new StudyCells(deps.chains);
  const row = await studyById(trx, accountId, studyId);
  if (!row) return;
  const before = await cells.openStudy(place, row.cell);
  const uid = firstValue(before.attributes, '0020000D');
  /** By its first current instance a series, and a study, says what it is. */
  const ofSeries = new Map<string, Belonging>();
  const counts = new Map<string, number>();
  const patients: Belonging[] = [];
  let instanceCount = 0;
  let bytes = 0;
  for await (const { seriesId, instance, half } of currentHeaders(trx, deps, place)) {
    instanceCount += 1;
    bytes += instance.bytes;
    counts.set(seriesId, (counts.get(seriesId) ?? 0) + 1);
    const belonging = belongingOf(half, instance, uid);
    if (belonging === undefined) continue;
    if (!ofSeries.has(seriesId)) ofSeries.set(seriesId, belonging);
    const known = patients.some(({ patient }) => samePatient(patient, belonging.patient));
    if (!known && patients.length <= maxOtherPatients) patients.push(belonging);
  }
  for (const { id, modality } of await seriesOf(trx, studyId)) {
    const told = ofSeries.get(id);
    const cell = told && (await cells.sealSeries(place, id, { version: 1, attributes: told.series }));
    const now = { instanceCount: counts.get(id) ?? 0, modality: told ? plainModality(told.series) : modality };
    await recountSeries(trx, id, { ...now, cell });
  }
  const [first, ...others] = patients;
  const cell = first && {
    version: 1 as const,
    attributes: { ...first.patient, ...first.study },
    others: others.map(({ patient }) => patient),
  };
  await rewriteStudy(trx, studyId, {
    instanceCount,
    bytes,
    told: cell && {
      cell: await cells.sealStudy(place, cell),
      misidentified: others.length > 0,
      tokens: [
        ...new Set([
          ...studyTokens(deps.tokens, first as Belonging),
          ...others.flatMap(({ patient }) => patientTokens(deps.tokens, patient)),
        ]),
      ],
    },
  });
}

async function* currentHeaders(
  trx: Trx,
  { reader: anywhere }: RetellDeps,
  { accountId, studyId }: StudyPlace,
): AsyncGenerator<{ seriesId: string; instance: ManifestInstance; half: Uint8Array }> {
  const reader = anywhere.within(trx);
  for await (const packs of walkPacks(trx, accountId, { studyId })) {
    for (const pack of packs) {
      const [manifest] = (await reader.manifests([pack])) as [Manifest];
      const [halves] = (await reader.identityHalves([pack])) as [Uint8Array];
      for (const { instance } of currentIn(pack, manifest)) {
        const half = halves.subarray(instance.identityAt, instance.identityAt + instance.identityBytes);
        yield { seriesId: pack.seriesId, instance, half };
      }
      await setImmediate();
    }
  }
}

/** Undefined where the header cannot be read any more, or only at a price that this is not worth. */
function belongingOf(half: Uint8Array, { cuts }: ManifestInstance, studyInstanceUid: string): Belonging | undefined {
  let file: DicomFile;
  try {
    file = parseIdentityHalf(half, { ...inflating, cuts, maxInflatedBytes });
  } catch (error) {
    if (error instanceof DicomError) return undefined;
    throw error;
  }
  const series = pickAttributes(file.dataset, seriesTags);
  return {
    studyInstanceUid,
    seriesInstanceUid: firstValue(series, '0020000E'),
    patient: pickAttributes(file.dataset, patientTags),
    study: pickAttributes(file.dataset, studyTags),
    series,
  };
}
