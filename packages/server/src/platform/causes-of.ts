/** An error for the log: names, codes and stacks, but no message, which might quote a value that somebody sent. */
export function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < 5; at = at.cause) {
    const { name, code } = at as Error & { code?: unknown };
    const frames = (at.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    causes.push({ name, code, at: frames.slice(0, 6).map((frame) => frame.trim()) });
  }
  return causes;
}
