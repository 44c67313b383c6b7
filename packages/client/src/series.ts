import { paths } from '@symbolon/contract';
import { ClientError } from './errors.ts';
import { type Exchange, readJson, refusal, request } from './exchange.ts';

const pageSize = 1000;
const sopInstanceUid = '00080018';

/** The SOP Instance UIDs of a series, by QIDO-RS; UIDs stand in addresses of DICOMweb only. Source: PS3.18 §10.6. */
export async function seriesInstanceUids(
  exchange: Exchange,
  studyInstanceUid: string,
  seriesInstanceUid: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const path = `${paths.dicomweb}/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances`;
  const uids: string[] = [];
  for (;;) {
    const answer = await request(exchange, `${path}?limit=${pageSize}&offset=${uids.length}`, {
      method: 'GET',
      headers: { accept: 'application/dicom+json' },
      signal,
    });
    if (answer.status === 204 || answer.status === 404) return uids;
    if (answer.status < 200 || answer.status > 299) throw await refusal(answer);
    const page = uidsIn(await readJson(answer));
    uids.push(...page);
    if (page.length < pageSize) return uids;
  }
}

function uidsIn(json: unknown): readonly string[] {
  const strange = () =>
    new ClientError('EXCHANGE_ANSWER_STRANGE', 'the exchange answered what this version does not understand');
  if (!Array.isArray(json)) throw strange();
  return json.map((item: { readonly [tag: string]: { readonly Value?: readonly unknown[] } } | null) => {
    const uid = item?.[sopInstanceUid]?.Value?.[0];
    if (typeof uid === 'string') return uid;
    throw strange();
  });
}
