import { Agent, request } from 'node:https';
import { percentile } from './measure.ts';

type Root = { readonly url: string; readonly headers: readonly Readonly<Record<string, string>>[] };

/** One connection to a DICOMweb root, as a viewer keeps one. Whose certificate it has is no matter on a loopback. */
function viewer(url: string, headers: Readonly<Record<string, string>>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const get = (path: string, accept: string): Promise<Buffer> =>
    new Promise((done, failed) => {
      const asking = request(url + path, { agent, headers: { ...headers, accept } }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.once('error', failed);
        answer.once('end', () =>
          answer.statusCode === 200
            ? done(Buffer.concat(pieces))
            : failed(new Error(`${path} answered ${answer.statusCode}`)),
        );
      });
      asking.once('error', failed);
      asking.end();
    });
  return { get, close: () => agent.destroy() };
}

/** Scrolls through a patient's first series with as many viewers as there are headers, half of them over the same images; milliseconds a picture, and pictures a second. */
export async function scrolling(
  { url, headers }: Root,
  patient: string,
  scrolled: number,
): Promise<Readonly<Record<'p50' | 'p95' | 'rate', number>>> {
  const first = viewer(url, headers[0] ?? {});
  const found = async (path: string, tag: string): Promise<string[]> =>
    (
      JSON.parse((await first.get(path, 'application/dicom+json')).toString()) as Record<string, { Value: string[] }>[]
    ).map((one) => one[tag]?.Value[0] as string);
  const [study] = await found(`/studies?PatientID=${patient}`, '0020000D');
  const [series] = await found(`/studies/${study}/series`, '0020000E');
  const path = `/studies/${study}/series/${series}`;
  const images = await found(`${path}/instances?limit=1000`, '00080018');
  const viewers = headers.map((own) => viewer(url, own));
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(
    viewers.map(async ({ get }, at) => {
      const start = at % 2 === 0 ? 0 : at * 5;
      for (let n = 0; n < scrolled; n += 1) {
        const asked = performance.now();
        const picture = await get(
          `${path}/instances/${images[(start + n) % images.length]}/frames/1/rendered`,
          'image/jpeg',
        );
        if (picture.readUInt16BE(0) !== 0xffd8) throw new Error('no JPEG');
        times.push(performance.now() - asked);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const { close } of [first, ...viewers]) close();
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), rate: times.length / seconds };
}
