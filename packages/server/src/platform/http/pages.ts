import type { FastifyInstance } from 'fastify';

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/plain.css">
</head>
<body><main>${body}</main></body>
</html>
`;

const home = page(
  'Symbolon',
  `<h1>Symbolon</h1>
<p>This exchange for medical images is running. It is used from the command line and by any DICOMweb client at
<code>/dicomweb</code>.</p>
<pre>npx symbolon send FOLDER --to ADDRESS --token-file FILE
npx symbolon fetch --study UID --out FOLDER --from ADDRESS --token-file FILE</pre>
<p><code>npx symbolon --help</code> says the rest.</p>`,
);

const setup = page(
  'Set up Symbolon',
  `<h1>Set up this exchange</h1>
<p>Make the first account and its owner in the shell of the machine where the exchange runs:</p>
<pre>npx symbolon setup --to ADDRESS --account NAME --email YOU@EXAMPLE.ORG \\
  --password-file FILE --token-out FILE</pre>
<p>It reads the one-time set-up secret from the data folder. From another machine, put what stands behind the
<code>#</code> of this page's address into a file and give it as <code>--secret-file</code>.</p>`,
);

const css = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 4rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; }
`;

/** Two plain pages without any script, so that a person who opens the printed links finds out how to go on. */
export function pages(app: FastifyInstance): void {
  const config = { action: 'exchange.look' } as const;
  const policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  for (const [path, html] of [
    ['/', home],
    ['/setup', setup],
  ] as const) {
    app.get(path, { config }, async (_, reply) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(html),
    );
  }
  app.get('/plain.css', { config }, async (_, reply) => reply.type('text/css; charset=utf-8').send(css));
}
