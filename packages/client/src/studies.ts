import { type FoundStudy, findStudiesAnswer, paths } from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** The studies with this UID that one may see; more than one where several namespaces hold it. The UID goes in the body, never in a URL. */
export async function findStudies(
  exchange: Exchange,
  studyInstanceUid: string,
  signal?: AbortSignal,
): Promise<readonly FoundStudy[]> {
  const answer = await call(exchange, {
    path: paths.findStudies,
    json: { studyInstanceUid },
    answer: findStudiesAnswer,
    signal,
  });
  return answer.studies;
}
