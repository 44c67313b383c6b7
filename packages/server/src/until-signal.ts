/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP. A terminal's Ctrl-C reaches the process twice when npm passes it on
 * as well, so further ones mean nothing for two seconds; after that they end the process at once.
 */
export function untilSignal(heard: (signal: string) => void): Promise<void> {
  return new Promise((done) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first === undefined) {
          first = performance.now();
          heard(signal);
          done();
        } else if (performance.now() - first > 2000) {
          process.stderr.write('Stopped at once; the next start puts things right.\n');
          process.exit(130);
        }
      });
    }
  });
}
