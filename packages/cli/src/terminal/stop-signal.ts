import { exitCodes } from '../exit-codes.ts';

/** Aborted by the first Ctrl-C or SIGTERM, so that work ends at a clean point; the second ends at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.stopped);
      controller.abort();
    });
  }
  return controller.signal;
}
