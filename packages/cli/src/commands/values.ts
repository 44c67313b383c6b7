import { InvalidArgumentError, Option } from 'commander';

export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
  };
}

/** Seconds, or a number with s, min or h. Units: answers milliseconds. */
function duration(text: string): number {
  const found = /^(\d{1,6})\s*(s|min|h)?$/.exec(text.trim());
  if (found === null) throw new InvalidArgumentError('It is a time such as 90s, 10min or 2h.');
  return Number(found[1]) * { s: 1000, min: 60_000, h: 3_600_000 }[(found[2] ?? 's') as 's' | 'min' | 'h'];
}

/** The option that waiting commands share. */
export function giveUpAfter(): Option {
  return new Option('--give-up-after <time>', 'how long to wait for an exchange that does not answer')
    .argParser(duration)
    .default(600_000, '10min');
}
