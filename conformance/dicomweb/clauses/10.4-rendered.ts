import { expect } from 'vitest';
import type { SyntheticFile } from '../../../packages/testbed/src/index.ts';
import type { Answer } from '../dicomweb-client.ts';
import { type Check, type Clause, check } from './check.ts';
import { pictureIn, pictureOf, picturesOf } from './pictures.ts';
import type { Root } from './root.ts';
import { instanceOf, type Sent, seriesOf, studyOf } from './sent.ts';

const absent = '2.25.999999999999999999999999999999999998';
/** Where several are shown, some answer with one picture, some with a part for each. */
const png = 'multipart/related; type="image/png", image/png;q=0.9';

const levels: readonly (readonly [name: string, path: (file: SyntheticFile) => string])[] = [
  ['a study', studyOf],
  ['a series', seriesOf],
  ['an instance', instanceOf],
  ['a frame', (file) => `${instanceOf(file)}/frames/1`],
];

const absentAt = (path: string): string => path.replace(/[^/]+$/, absent);

const shows = (level: string, path: (sent: Sent) => string, count: number): Check =>
  check(`${level} shows all of it: ${count} ${count === 1 ? 'picture' : 'pictures'}`, async (root, sent) => {
    expect(picturesOf(await root.ask(`${path(sent)}/rendered`, png))).toHaveLength(count);
  });

/** A thumbnail may stand behind a redirection (§10.4.1.1.4). */
async function thumbnail(root: Root, path: string): Promise<Answer> {
  const answer = await root.ask(path, 'image/jpeg');
  return answer.status === 302 ? root.ask(answer.headers.location as string, 'image/jpeg') : answer;
}

export const renderedResources: Clause = {
  clause: '10.4.1.1.3',
  title: 'Rendered resources and thumbnails',
  checks: [
    ...levels.map(([name, path]) =>
      check(`${name} has a rendered resource`, async (root, { ct }) => {
        const answer = await root.ask(`${path(ct[0]!)}/rendered`, png);
        const either = answer.status === 200 ? answer : await root.ask(`${path(ct[0]!)}/rendered`, 'image/png');
        for (const { kind, width, height } of picturesOf(either))
          expect([kind, width, height]).toEqual(['png', 24, 20]);
      }),
    ),
    shows('a study', ({ ct }) => studyOf(ct[0]!), 6),
    shows('a series', ({ ct }) => seriesOf(ct[0]!), 3),
    shows('an instance of several frames', ({ cine }) => instanceOf(cine), 5),
    shows('a list of frames', ({ cine }) => `${instanceOf(cine)}/frames/2,4`, 2),
    check('each frame is a picture of its own', async (root, { cine }) => {
      const frames = [1, 2, 3].map(async (frame) => {
        const answer = await root.ask(`${instanceOf(cine)}/frames/${frame}/rendered`, 'image/png');
        const { width, height, bytes } = pictureOf(answer);
        expect([width, height]).toEqual([20, 16]);
        return bytes.toString('base64');
      });
      expect(new Set(await Promise.all(frames)).size).toBe(3);
    }),
    check('a picture of a study has the viewport that is asked for', async (root, { ct }) => {
      for (const { width } of picturesOf(await root.ask(`${studyOf(ct[0]!)}/rendered?viewport=12,10`, png)))
        expect(width).toBe(12);
    }),
    ...levels
      .slice(0, 3)
      .map(([name, path]) =>
        check(`404: the rendered resource of ${name} that is not there`, async (root, { ct }) =>
          expect((await root.ask(`${absentAt(path(ct[0]!))}/rendered`, png)).status).toBe(404),
        ),
      ),
    check('404: the rendered resource of a frame that is not there', async (root, { cine }) =>
      expect((await root.ask(`${instanceOf(cine)}/frames/6/rendered`, png)).status).toBe(404),
    ),
    check('400: the rendered resource of frame 0', async (root, { cine }) =>
      expect((await root.ask(`${instanceOf(cine)}/frames/0/rendered`, png)).status).toBe(400),
    ),
    check('what has no pictures is refused, and is no failure of the server', async (root, { document }) => {
      const { status } = await root.ask(`${instanceOf(document)}/rendered`, png);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }),

    ...levels.map(([name, path]) =>
      check(`${name} has a thumbnail, one small picture`, async (root, { ct }) => {
        const answer = await thumbnail(root, `${path(ct[0]!)}/thumbnail`);
        expect(answer.status).toBe(200);
        const { width, height } = pictureIn(answer.body);
        expect(Math.max(width, height)).toBeLessThanOrEqual(512);
      }),
    ),
    check('a thumbnail has the viewport that is asked for', async (root, { ct }) => {
      const { width, height } = pictureOf(await thumbnail(root, `${studyOf(ct[0]!)}/thumbnail?viewport=12,12`));
      expect([width, height]).toEqual([12, 10]);
    }),
    check('a thumbnail is of the whole image: a viewport with a region is 400', async (root, { ct }) =>
      expect((await root.ask(`${instanceOf(ct[0]!)}/thumbnail?viewport=12,10,0,0,4,4`, 'image/jpeg')).status).toBe(400),
    ),
    check('what fits nothing is 406: a thumbnail as text/html', async (root, { ct }) =>
      expect((await root.ask(`${seriesOf(ct[0]!)}/thumbnail`, 'text/html')).status).toBe(406),
    ),
  ],
};
