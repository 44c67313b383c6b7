import { expect } from 'vitest';
import type { SyntheticFile } from '../../../packages/testbed/src/index.ts';
import type { Answer } from '../dicomweb-client.ts';
import { type Check, type Clause, check, unlike } from './check.ts';
import { furthest, greys, kindOf, pictureOf } from './pictures.ts';
import type { Root } from './root.ts';
import { dataSetOf, type Sent, syntaxOf } from './sent.ts';

const named = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: SyntheticFile): Record<string, string> => ({
  requestType: 'WADO',
  studyUID: studyInstanceUid,
  seriesUID: seriesInstanceUid,
  objectUID: sopInstanceUid,
});

const ask = (root: Root, file: SyntheticFile, query = '', accept = '*/*'): Promise<Answer> =>
  root.ask(`${root.uriUrl}?${new URLSearchParams(named(file))}${query === '' ? '' : `&${query}`}`, accept);

/** Without one of the parameters, or with it otherwise. */
const but = (
  root: Root,
  file: SyntheticFile,
  changed: Readonly<Record<string, string | undefined>>,
): Promise<Answer> => {
  const all = Object.entries({ ...named(file), ...changed }).filter((pair): pair is [string, string] => !!pair[1]);
  return root.ask(`${root.uriUrl}?${new URLSearchParams(all)}`, '*/*');
};

const absent = '2.25.999999999999999999999999999999999997';

const refused = (says: string, query: string, of: (sent: Sent) => SyntheticFile = ({ ct }) => ct[0]!): Check =>
  check(`${says} is 400: ${query.replaceAll(absent, '…')}`, async (root, sent) => {
    expect((await ask(root, of(sent), query)).status).toBe(400);
  });

const missing = (name: string): Check =>
  check(`a request without ${name} is 400`, async (root, { ct }) => {
    expect((await but(root, ct[0]!, { [name]: undefined })).status).toBe(400);
  });

const notThere = (name: string): Check =>
  check(`404: ${name} of what is not there`, async (root, { ct }) => {
    expect((await but(root, ct[0]!, { [name]: absent })).status).toBe(404);
  });

const sized = (says: string, query: string, size: readonly [number, number]): Check =>
  check(`${says}: ${query}`, async (root, { ct }) => {
    const { width, height } = pictureOf(await ask(root, ct[0]!, query));
    expect([width, height]).toEqual(size);
  });

const png = 'contentType=image/png';
const file = 'contentType=application/dicom';

export const uri: Clause = {
  clause: '9',
  title: 'WADO-URI',
  checks: [
    missing('requestType'),
    missing('studyUID'),
    missing('seriesUID'),
    missing('objectUID'),
    check('another requestType is 400', async (root, { ct }) =>
      expect((await but(root, ct[0]!, { requestType: 'QIDO' })).status).toBe(400),
    ),
    notThere('studyUID'),
    notThere('seriesUID'),
    notThere('objectUID'),
    check('parameters that nobody knows are ignored', async (root, { ct }) => {
      expect(pictureOf(await ask(root, ct[0]!, 'colour=blue')).kind).toBe('jpeg');
    }),

    check('without contentType, for */*, an image comes as image/jpeg', async (root, { ct }) => {
      expect(kindOf(await ask(root, ct[0]!))).toBe('jpeg');
    }),
    sized('an image has as many pixels as it is stored with', 'contentType=image/jpeg', [24, 20]),
    check('image/png in Accept, without contentType', async (root, { ct }) => {
      expect(kindOf(await ask(root, ct[0]!, '', 'image/png'))).toBe('png');
    }),
    check('contentType=image/jpeg', async (root, { ct }) => {
      expect(kindOf(await ask(root, ct[0]!, 'contentType=image/jpeg'))).toBe('jpeg');
    }),
    check('contentType=image/png', async (root, { ct }) => {
      expect(kindOf(await ask(root, ct[0]!, png))).toBe('png');
    }),
    check('contentType=application/dicom is the file, its data set as it was stored', async (root, { ct }) => {
      const answer = await ask(root, ct[0]!, file);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/dicom(;|$)/);
      expect(dataSetOf(answer.body).equals(dataSetOf(ct[0]!.bytes))).toBe(true);
    }),
    check('application/dicom in Accept, without contentType', async (root, { ct }) => {
      const answer = await ask(root, ct[0]!, '', 'application/dicom');
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/dicom(;|$)/);
    }),
    check('what an instance cannot be is 406: contentType=text/html of an image', async (root, { ct }) =>
      expect((await ask(root, ct[0]!, 'contentType=text/html')).status).toBe(406),
    ),
    check('a picture and a file have a Content-Length', async (root, { ct }) => {
      for (const query of ['contentType=image/jpeg', file]) {
        const { headers, body } = await ask(root, ct[0]!, query);
        expect(headers['content-length']).toBe(String(body.length));
      }
    }),

    check('transferSyntax gives the file in Explicit VR Little Endian', async (root, { ct }) => {
      const { body } = await ask(root, ct[0]!, `${file}&transferSyntax=1.2.840.10008.1.2.1`);
      expect(syntaxOf(body)).toBe('1.2.840.10008.1.2.1');
    }),
    check('transferSyntax gives the file in JPEG-LS lossless', async (root, { ct }) => {
      const { body } = await ask(root, ct[0]!, `${file}&transferSyntax=1.2.840.10008.1.2.4.80`);
      expect(syntaxOf(body)).toBe('1.2.840.10008.1.2.4.80');
    }),
    unlike(
      'it comes as it was stored',
      check(
        'without transferSyntax a compressed file comes in Explicit VR Little Endian',
        async (root, { compressed }) => {
          expect(syntaxOf((await ask(root, compressed, file)).body)).toBe('1.2.840.10008.1.2.1');
        },
      ),
    ),
    check('a transfer syntax that cannot be made is 406', async (root, { ct }) =>
      expect((await ask(root, ct[0]!, `${file}&transferSyntax=1.2.840.10008.1.2.4.100`)).status).toBe(406),
    ),
    refused('a transferSyntax that is no UID', `${file}&transferSyntax=jpeg`),

    check('anonymize=yes gives another SOP Instance UID, or is refused', async (root, { ct }) => {
      const answer = await ask(root, ct[0]!, `${file}&anonymize=yes`);
      if (answer.status === 200) expect(answer.body.includes(ct[0]!.sopInstanceUid)).toBe(false);
      else expect(answer.status).toBeLessThan(500);
    }),
    refused('an anonymize other than yes', `${file}&anonymize=perhaps`),

    check('frameNumber names one of several frames', async (root, { cine }) => {
      const frames = [1, 2, 3].map(async (frame) => {
        const { width, height, bytes } = pictureOf(await ask(root, cine, `${png}&frameNumber=${frame}`));
        expect([width, height]).toEqual([20, 16]);
        return bytes.toString('base64');
      });
      expect(new Set(await Promise.all(frames)).size).toBe(3);
    }),
    refused('a frame that there is none of', 'frameNumber=6', ({ cine }) => cine),
    refused('a frame of an image that has but one', 'frameNumber=1'),
    refused('frame 0', 'frameNumber=0', ({ cine }) => cine),
    refused('a frame that is no number', 'frameNumber=first', ({ cine }) => cine),
    refused('two frames', 'frameNumber=1&frameNumber=2', ({ cine }) => cine),

    sized('rows and columns are as large as it may be', 'rows=10&columns=100', [12, 10]),
    sized('rows alone keeps the shape of the image', 'rows=10', [12, 10]),
    sized('columns alone keeps the shape of the image', 'columns=12', [12, 10]),
    refused('rows of nothing', 'rows=0&columns=10'),
    refused('columns that are no number', 'rows=10&columns=all'),

    check('region=xmin,ymin,xmax,ymax shows that part, pixel by pixel', async (root, { ct }) => {
      const all = greys(await ask(root, ct[0]!, png));
      const part = greys(await ask(root, ct[0]!, `${png}&region=0.5,0.25,1,0.75`));
      expect([part.width, part.height]).toEqual([12, 10]);
      expect(part.levels).toEqual(
        Array.from({ length: 120 }, (_, at) => all.levels[(5 + Math.floor(at / 12)) * 24 + 12 + (at % 12)]),
      );
    }),
    sized('a region is made as large as fits', 'region=0.5,0.25,1,0.75&rows=40&columns=24', [24, 20]),
    refused('a region of three values', 'region=0,0,1'),
    refused('a region that ends before it begins', 'region=0.5,0,0.1,1'),
    refused('a region beyond the image', 'region=0,0,2,1'),
    refused('a region of no numbers', 'region=a,b,c,d'),

    check('windowCenter and windowWidth show those values', async (root, { ct }) => {
      const bare = greys(await ask(root, ct[0]!, png));
      const window = greys(await ask(root, ct[0]!, `${png}&windowCenter=300&windowWidth=900`));
      expect(furthest(bare.levels, window.levels)).toBeGreaterThan(30);
    }),
    refused('a windowCenter alone', 'windowCenter=40'),
    refused('a windowWidth alone', 'windowWidth=400'),
    refused('a window of no numbers', 'windowCenter=soft&windowWidth=tissue'),
    refused('a window of a file', `${file}&windowCenter=40&windowWidth=400`),

    check('imageQuality=10 is smaller than imageQuality=95', async (root, { cine }) => {
      const [low, high] = await Promise.all(
        [10, 95].map(async (quality) => pictureOf(await ask(root, cine, `frameNumber=1&imageQuality=${quality}`))),
      );
      expect(low!.bytes.length).toBeLessThan(high!.bytes.length);
    }),
    refused('an imageQuality of 0', 'imageQuality=0'),
    refused('an imageQuality of 101', 'imageQuality=101'),
    check('annotation=patient writes upon the picture', async (root, { ct }) => {
      const bare = greys(await ask(root, ct[0]!, `${png}&rows=400&columns=480`));
      const written = greys(await ask(root, ct[0]!, `${png}&rows=400&columns=480&annotation=patient`));
      expect(written.levels).not.toEqual(bare.levels);
    }),
    check('charset=UTF-8 is taken', async (root, { ct }) => {
      expect(pictureOf(await ask(root, ct[0]!, 'charset=UTF-8')).kind).toBe('jpeg');
    }),

    refused('a presentationUID without its series', `presentationUID=${absent}`),
    refused('a presentation state that is not there', `presentationSeriesUID=${absent}&presentationUID=${absent}`),
    refused(
      'a presentation state beside a window',
      `presentationSeriesUID=${absent}&presentationUID=${absent}&windowCenter=40&windowWidth=400`,
    ),
  ],
};
