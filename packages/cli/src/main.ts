import { addSettingsHelp } from './commands/serve.ts';
import { debugging } from './config.ts';
import { failureOf } from './failures.ts';
import { program } from './program.ts';
import { safeText } from './terminal/safe-text.ts';

const symbolon = program((code) => {
  process.exitCode = code;
});

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const asksHelp = words[0] === 'help' || process.argv.some((word) => word === '--help' || word === '-h');

try {
  if (asksHelp && words.includes('serve')) await addSettingsHelp(symbolon);
  await symbolon.parseAsync();
} catch (error) {
  const { exit, text } = failureOf(error);
  process.stderr.write(`${safeText(text)}\n`);
  if (debugging()) console.error(error);
  process.exitCode = exit;
}
// Nothing is waited for any more: idle connections would hold the shell for seconds.
process.exit();
