import { createInterface } from 'node:readline/promises';
import { CliError } from '../errors.ts';

/** Asks at the terminal for one word before something that cannot be undone. Without a terminal nothing is taken for a yes. */
export async function confirmedByWord(word: string, question: string): Promise<boolean> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw new CliError('OPTION_WRONG', 'there is no terminal to ask at; --yes does it without asking');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(question)).trim() === word;
  } finally {
    lines.close();
  }
}
