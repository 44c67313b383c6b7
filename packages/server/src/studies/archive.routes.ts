import { paths, studyPaths } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Actor, ofAccount, type Routed, studyReader, whileAllowed } from '../access/index.ts';
import { joinHalves } from '../packs/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { type ZipEntry, zipped } from '../platform/http/zipped.ts';
import { instancesIn, type OpenStudy } from './find-in-study.ts';
import { requireIdentity, stillWhole, studyForReader } from './open-study.ts';
import { safePreamble } from './safe-preamble.ts';
import type { ReadingDeps } from './search-studies.ts';
import { seriesInOrder } from './study-facts.ts';

type ArchiveDeps = ReadingDeps & { readonly now: () => Date };

const numbered = (word: string, number: number, digits: number): string =>
  `${word}-${String(number).padStart(digits, '0')}`;

/** What lies beside the images; it names nobody, since it is what people pass on without looking. */
const readme = (publicUrl: string, now: Date): string =>
  `The DICOM files of one study, taken from the Symbolon exchange at
${publicUrl}
on ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC.

Each folder is a series. Open the whole folder with a DICOM viewer. The files are byte for byte as they were sent to the
exchange, but for one thing: where the first 128 bytes of a file could have made it a program, they are zero here.
The files say inside whose they are. Keep them as you keep a patient's record.
`.replaceAll('\n', '\r\n');

/** The files of a study, their names made of numbers alone. */
async function* filesOf(deps: ArchiveDeps, study: OpenStudy): AsyncGenerator<ZipEntry> {
  const text = Buffer.from(readme(deps.publicUrl, deps.now()));
  yield { name: 'README.txt', bytes: text.length, pieces: piecesOf(text) };
  let seriesCount = 0;
  for (const series of await seriesInOrder(deps, study)) {
    seriesCount += 1;
    let imageCount = 0;
    for await (const { pack, instance } of instancesIn(deps, study, [series])) {
      imageCount += 1;
      const name = `${numbered('series', seriesCount, 3)}/${numbered('image', imageCount, 4)}.dcm`;
      yield { name, bytes: instance.bytes, pieces: safePreamble(joinHalves(deps.reader, pack, instance, true)) };
    }
  }
}

async function* piecesOf(text: Uint8Array): AsyncGenerator<Uint8Array> {
  yield text;
}

/** A study as one zip, for people and for whoever came by a link that lets the files be taken. */
export function archiveRoutes(app: FastifyInstance, routed: Routed<ArchiveDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  const archive = async (request: FastifyRequest, reply: FastifyReply, studyId: string | undefined) => {
    const deps = ofAccount(routed, request);
    const actor = studyReader(request);
    const study = await studyForReader(deps, actor, 'study.download', studyId);
    requireIdentity(actor, study.row);
    await deps.reads.opening(actor, 'study.download', study.place);
    const stillReached = (now: Actor) => stillWhole(deps, studyReader({ actor: now }), 'study.download', study);
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="study.zip"',
    };
    return sendPieces(
      request,
      reply,
      headers,
      whileAllowed(request, zipped(filesOf(deps, study), deps.now()), stillReached),
    );
  };

  routes.get(
    paths.study + studyPaths.archive,
    { config: { action: 'study.download' }, schema: { params: z.object({ studyId: z.uuid() }) } },
    (request, reply) => archive(request, reply, request.params.studyId),
  );
  routes.get(
    paths.sharedStudy + studyPaths.archive,
    { config: { action: 'study.download', by: 'link' }, schema: { params: z.object({ linkId: z.uuid() }) } },
    (request, reply) => archive(request, reply, undefined),
  );
}
