/** An error in words for a person at a terminal: its message and those of its causes, without stacks. */
export function readableCause(error: unknown): string {
  const words: string[] = [];
  for (let at: unknown = error; at !== undefined && words.length < 4; at = at instanceof Error ? at.cause : undefined) {
    const text =
      at instanceof AggregateError
        ? at.errors.map(readableCause).join('; ')
        : at instanceof Error
          ? at.message
          : String(at);
    if (text !== '' && !words.includes(text)) words.push(text);
  }
  return words.join(' - ');
}
