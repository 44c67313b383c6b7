import { Command, Option } from 'commander';
import { environment } from '../config.ts';
import { exitCodesHelp } from '../exit-codes.ts';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export function serveCommand(finish: (code: number) => void): Command {
  return new Command('serve')
    .summary('run the exchange')
    .addOption(new Option('--log-level <level>', 'how much the log says').choices(levels).default('warn'))
    .action(async ({ logLevel }: { logLevel: (typeof levels)[number] }) => {
      // Loaded here only: the exchange is large, and the other commands should start at once.
      const [{ serve }, { buildPages }] = await Promise.all([import('@symbolon/server'), import('@symbolon/web')]);
      finish((await serve({ env: environment, logLevel, pages: buildPages })) ?? 0);
    })
    .addHelpText('after', exitCodesHelp);
}

/** The settings' help comes from the exchange itself, so that there is one list of them. */
export async function addSettingsHelp(program: Command): Promise<void> {
  const { settingsHelp } = await import('@symbolon/server');
  const serve = program.commands.find((command) => command.name() === 'serve');
  serve?.addHelpText('after', `\n${settingsHelp}\n\nExample:\n  SYMBOLON_LISTEN=0.0.0.0:443 symbolon serve`);
}
