import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What befalls one request on its way, the next that `meets` lets it befall. */
export type Mishap =
  | { readonly what: 'answer'; readonly status: number; readonly code?: string }
  /** The request arrives, and its answer does not. */
  | { readonly what: 'lose the answer' }
  | { readonly what: 'say nothing' }
  /** One bit of what is sent is turned. */
  | { readonly what: 'flip a bit' }
  /** The connection breaks within the answer, after so many bytes. */
  | { readonly what: 'cut'; readonly after: number }
  /** The answer is whole, and not what was asked for. */
  | { readonly what: 'shorten'; readonly by: number }
  | { readonly what: 'forget the range' };

export type S3Road = {
  readonly endpoint: string;
  /** Befall the next requests of that method whose query has `word`, one after the other; one befalls `times` of them. */
  befall(mishaps: Mishap | readonly Mishap[], on?: { method?: string; word?: string; times?: number }): void;
  /** Whatever was still to befall somebody does not. */
  calm(): void;
  /** Methods of what came by, in order. */
  readonly seen: string[];
  close(): Promise<void>;
};

/** A road to a real S3 server, on which things happen that the server itself would not do. */
export async function s3Road(target: string): Promise<S3Road> {
  const { hostname, port } = new URL(target);
  let next: { mishaps: Mishap[]; method: string | undefined; word: string } | undefined;
  const seen: string[] = [];

  const mishapOf = ({ method = '', url = '' }: IncomingMessage): Mishap | undefined => {
    if (next === undefined || (next.method ?? method) !== method || !url.includes(next.word)) return undefined;
    return next.mishaps.shift();
  };

  const pass = (asked: IncomingMessage, answer: ServerResponse, mishap: Mishap | undefined): void => {
    const { method, url: path, rawHeaders } = asked;
    const given = Object.fromEntries(
      rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] as string]] : [])),
    );
    // It is not among the headers that are signed.
    if (mishap?.what === 'forget the range') for (const name of ['range', 'Range']) delete given[name];
    let answered = false;
    const onward = request({ hostname, port, method, path, headers: given, agent: false });
    // Swift sends a body with a HEAD that is answered 404, against RFC 9110 §9.3.2: Node drops such a connection.
    onward.on('error', () => answered || asked.socket.destroy());
    onward.once('response', (response) => {
      answered = true;
      void passBack(response, answer, mishap);
    });
    let first = true;
    asked.on('data', (chunk: Buffer) => {
      if (first && mishap?.what === 'flip a bit') chunk[0] = (chunk[0] as number) ^ 1;
      first = false;
      onward.write(chunk);
    });
    asked.on('end', () => onward.end());
    asked.on('close', () => asked.complete || onward.destroy());
  };

  const passBack = async (response: IncomingMessage, answer: ServerResponse, mishap?: Mishap): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (mishap?.what === 'lose the answer') return void answer.destroy();
    if (mishap?.what === 'shorten') {
      const left = body.subarray(0, body.length - mishap.by);
      return void answer
        .writeHead(response.statusCode ?? 0, { ...response.headers, 'content-length': left.length })
        .end(left);
    }
    answer.writeHead(response.statusCode ?? 0, response.headers);
    if (mishap?.what !== 'cut') return void answer.end(body);
    answer.write(body.subarray(0, mishap.after), () => answer.destroy());
  };

  const server = createServer((asked, answer) => {
    seen.push(asked.method ?? '');
    const mishap = mishapOf(asked);
    if (mishap?.what === 'say nothing') return void asked.resume();
    if (mishap?.what !== 'answer') return pass(asked, answer, mishap);
    asked.resume().on('end', () => {
      const { status, code } = mishap;
      const body =
        code === undefined ? '' : `<Error><Code>${code}</Code><Message>a fault of the test</Message></Error>`;
      answer.writeHead(status, { 'content-type': 'application/xml' }).end(body);
    });
  });
  // The server's answers say nothing of when we would hang up.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    befall: (mishaps, { method, word = '', times = 1 } = {}) => {
      next = { mishaps: 'what' in mishaps ? Array<Mishap>(times).fill(mishaps) : [...mishaps], method, word };
    },
    calm: () => {
      next = undefined;
    },
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
