import { CliError } from '../errors.ts';

const [ctrlC, ctrlD, backspace, del] = ['\u0003', '\u0004', '\b', '\u007f'];

/** Asks for a line that is not shown as it is typed. */
export function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new CliError('OPTION_WRONG', 'there is no terminal to ask at; give the passphrase with --passphrase-file');
  // Before the question: who sees it may type at once.
  stdin.setEncoding('utf8').setRawMode(true).resume();
  stderr.write(question);
  return new Promise((done, failed) => {
    let typed: string[] = [];
    const end = (settle: () => void): void => {
      stdin.off('data', hear).off('end', none).setRawMode(false).pause();
      stderr.write('\n');
      settle();
    };
    const none = (): void => end(() => failed(new CliError('OPTION_WRONG', 'no passphrase was given')));
    const hear = (text: string): void => {
      for (const char of text) {
        if (char === '\r' || char === '\n') {
          end(() => done(typed.join('')));
          return;
        }
        if (char === ctrlC || char === ctrlD) {
          none();
          return;
        }
        typed = char === backspace || char === del ? typed.slice(0, -1) : [...typed, char];
      }
    };
    stdin.on('data', hear).on('end', none);
  });
}
