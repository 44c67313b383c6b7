import type { Image } from '@symbolon/contract';
import { type Answer, type Site, startSite } from '../dicomweb/dicomweb-client.ts';

export type Series = { readonly path: string; readonly images: readonly Image[] };
export type Viewer = Site & {
  studyId(studyInstanceUid: string): Promise<string>;
  /** The series of a study, in the order of their arrival, each with all its images. */
  series(studyId: string): Promise<Series[]>;
  frame(studyId: string, image: Image, frame?: number, query?: string): Promise<Answer>;
};

/** An exchange as a viewer sees it. */
export async function startViewer(): Promise<Viewer> {
  const site = await startSite();
  const json = (answer: Answer) => JSON.parse(answer.body.toString('utf8'));
  return {
    ...site,
    async studyId(studyInstanceUid) {
      const body = Buffer.from(JSON.stringify({ studyInstanceUid }));
      const answer = await site.send('POST', '/api/v1/studies/find', { 'content-type': 'application/json' }, body);
      return json(answer).studies[0].id;
    },
    async series(studyId) {
      const ids = await site.sql<{ id: string }>('select id from series where study_id = $1 order by ordinal', [
        studyId,
      ]);
      return Promise.all(
        ids.map(async ({ id }) => {
          const path = `/api/v1/studies/${studyId}/series/${id}`;
          return { path, images: json(await site.get(`${path}/images`)).images };
        }),
      );
    },
    frame: (studyId, image, frame = 1, query = '') =>
      site.get(`/api/v1/studies/${studyId}/images/${image.id}/frames/${frame}${query}`),
  };
}
